/** `placebo resume`: goes on with a trial, or with a run of `placebo train`. */
import { join } from "node:path";
import { InputError } from "../../errors.ts";
import { exists, parseInput, readJson } from "../../io/index.ts";
import { RUN_FILES, runSchema } from "../../records/index.ts";
import { openTrial } from "../../trial/index.ts";
import type { Action } from "../context.ts";
import { trainOptions, type ResumeOptions } from "../options.ts";
import { conductTrial } from "../trial-run.ts";

const resume: Action<ResumeOptions> = async ({ directory, workers, json }, context) => {
  const file = join(directory, RUN_FILES.run);
  if (await exists(file)) {
    if (workers !== undefined) {
      throw new InputError(`${directory} holds one training run: there is nothing to share out`, {
        code: "bad-flag",
        hint: "Leave --workers away.",
        field: "--workers",
        file,
      });
    }
    const { config } = await readJson(file, runSchema);
    const settings = parseInput(trainOptions, config, { file, field: ["config"] });
    const { default: train } = await import("./train.ts");
    await train({ ...settings, out: directory, json }, context);
    return;
  }
  const trial = await openTrial(directory);
  await conductTrial(trial, { out: directory, workers, json }, context);
};

export default resume;
