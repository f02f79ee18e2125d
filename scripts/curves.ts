/**
 * What evaluations measured during training, mean over seeds with Student's interval, by arm and step, in Markdown.
 *
 *     npx tsx scripts/curves.ts TRIAL [--value codeShare] [--protocol sampled]
 *
 * `--value` is a number of `evals.jsonl`: accuracy, codeShare, entropy, selfCertainty, lengthMean, truncated, …
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readJson, readJsonl } from "../src/io/index.ts";
import { evalSchema, RUN_FILES, TRIAL_FILES, trialRecordSchema } from "../src/records/index.ts";
import { pairedT } from "../src/statistics/index.ts";
import { decimal, hundredths, printTable, shareWithInterval, withInterval } from "./markdown.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    value: { type: "string", default: "codeShare" },
    protocol: { type: "string", default: "sampled" },
  },
});
const [trial] = positionals;
if (trial === undefined) throw new Error("name the folder of a trial");

const shares = new Set(["accuracy", "codeShare", "truncated", "extractionFailures"]);
const isShare = shares.has(values.value);
const show = isShare ? hundredths : (x: number) => decimal(x, 3);

/** value of each seed by step */
async function stepsOf(directories: readonly string[]): Promise<Map<number, number[]>> {
  const byStep = new Map<number, number[]>();
  for (const directory of directories) {
    for (const row of await readJsonl(join(trial ?? "", directory, RUN_FILES.evals), evalSchema)) {
      const value: unknown = Object.entries(row).find(([name]) => name === values.value)?.[1];
      if (row.protocol !== values.protocol || value === null) continue;
      if (typeof value !== "number") throw new Error(`${values.value} is no number of evaluations`);
      byStep.set(row.step, [...(byStep.get(row.step) ?? []), value]);
    }
  }
  return byStep;
}

function cell(values_S: readonly number[]): string {
  const [first] = values_S;
  // An arm with other steps, or evaluated at others, has nothing at this one.
  if (first === undefined) return "–";
  // Before training all seeds are one model.
  if (values_S.every((value) => value === first)) return show(first);
  const estimate = pairedT(values_S);
  return isShare ? shareWithInterval(estimate) : withInterval(estimate, show);
}

const { runs } = await readJson(join(trial, TRIAL_FILES.trial), trialRecordSchema);
for (const model of new Set(runs.map((run) => run.model))) {
  const rows: { arm: string; byStep: Map<number, number[]> }[] = [];
  for (const arm of new Set(runs.map((run) => run.arm))) {
    const own = runs.filter((run) => run.model === model && run.arm === arm);
    if (own.length === 0) continue;
    rows.push({ arm, byStep: await stepsOf(own.map(({ directory }) => directory)) });
  }
  const steps = [...new Set(rows.flatMap(({ byStep }) => [...byStep.keys()]))].sort(
    (a, b) => a - b,
  );
  const heads = [`${model}: ${values.value}`, ...steps.map((step) => `step ${step}`)];
  printTable(
    heads,
    rows.map(({ arm, byStep }) => [arm, ...steps.map((step) => cell(byStep.get(step) ?? []))]),
  );
}
