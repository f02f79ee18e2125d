/**
 * Whether rewards tell right answers from wrong ones while training goes on, and how many runs collapse, in Markdown:
 * rank-biserial correlation of reward and rightness over a step's rollouts (arXiv 2505.19590, Fig. 8), mean over seeds with
 * Student's interval; collapses as of `collapses`, over the sampled evaluations.
 *
 *     npx tsx scripts/separation.ts TRIAL [--steps 1,4,12]
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { collapses, separation } from "../src/analysis/index.ts";
import { readJson, readJsonl } from "../src/io/index.ts";
import {
  evalSchema,
  rolloutSchema,
  RUN_FILES,
  TRIAL_FILES,
  trialRecordSchema,
} from "../src/records/index.ts";
import { pairedT } from "../src/statistics/index.ts";
import { decimal, printTable, withInterval } from "./markdown.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { steps: { type: "string", default: "1,4,12" } },
});
const [trial] = positionals;
if (trial === undefined) throw new Error("name the folder of a trial");
const steps = values.steps.split(",").map(Number);

/** Correlation at each of the steps; null where a step has no right or no wrong answer. */
async function correlations(directory: string): Promise<(number | null)[]> {
  const rollouts = await readJsonl(join(trial ?? "", directory, RUN_FILES.rollouts), rolloutSchema);
  return steps.map((step) => {
    const answers = rollouts.flatMap(({ step: at, reward, correct }) =>
      at === step && reward !== null ? [{ score: reward, correct }] : [],
    );
    return separation(answers)?.rankBiserial ?? null;
  });
}

/** The kinds of collapse of a run, with the step of each. */
async function collapsesOf(directory: string): Promise<string[]> {
  const rows = await readJsonl(join(trial ?? "", directory, RUN_FILES.evals), evalSchema);
  return collapses(rows.filter(({ protocol }) => protocol === "sampled")).map(({ kind }) => kind);
}

function cell(values_S: readonly (number | null)[]): string {
  const defined = values_S.filter((value) => value !== null);
  const show = (value: number) => decimal(value, 2);
  const missing = defined.length < values_S.length ? ` (${defined.length} seeds)` : "";
  if (defined.length < 2) return defined.map(show).join() || "–";
  return withInterval(pairedT(defined), show) + missing;
}

const { runs } = await readJson(join(trial, TRIAL_FILES.trial), trialRecordSchema);
for (const model of new Set(runs.map((run) => run.model))) {
  const own = runs.filter((run) => run.model === model);
  const rows: string[][] = [];
  for (const arm of new Set(own.map((run) => run.arm))) {
    const directories = own.filter((run) => run.arm === arm).map((run) => run.directory);
    const r_ST = await Promise.all(directories.map(correlations));
    const kinds = (await Promise.all(directories.map(collapsesOf))).flat();
    const counts = [...new Set(kinds)].map(
      (kind) => `${kind} ${kinds.filter((each) => each === kind).length}`,
    );
    const cells = steps.map((_, t) => cell(r_ST.map((r_T) => r_T[t] ?? null)));
    rows.push([arm, ...cells, counts.join(", ") || "none"]);
  }
  printTable([`${model}: r`, ...steps.map((step) => `step ${step}`), "collapsed seeds"], rows);
}
