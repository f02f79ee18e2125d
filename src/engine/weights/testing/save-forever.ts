/** Saves two models in turn to one folder until it is killed: `node --import tsx save-forever.ts FROM_A FROM_B TO`. */
import { readModelConfig } from "../../model/config.ts";
import { allocateParameters, loadWeights, saveFolder } from "../index.ts";

const [, , fromA, fromB, to] = process.argv;
if (fromA === undefined || fromB === undefined || to === undefined) {
  throw new Error("needs three folders");
}
const config = await readModelConfig(fromA);
const models = await Promise.all(
  [fromA, fromB].map(async (from) => {
    const parameters = allocateParameters(config);
    await loadWeights(from, config, parameters);
    return { config, parameters };
  }),
);
for (;;) {
  for (const model of models) {
    await saveFolder(to, model, fromA);
    process.stdout.write("saved\n");
  }
}
