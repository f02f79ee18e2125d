/**
 * What a trial's models do on a task that their training never saw: evaluates the untrained model and the last checkpoint
 * of every finished run, and prints gains beside those of the trial's own task, in Markdown.
 *
 *     npx tsx scripts/transfer.ts TRIAL --task '{"arithmetic":{"steps":[4,4]}}' [--tokens 56]
 *
 * Sampled answers use the trial's own evaluation settings; intervals are those of verdicts.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openEngine } from "../src/engine/index.ts";
import { readJson } from "../src/io/index.ts";
import { RUN_FILES, TRIAL_FILES, trialRecordSchema } from "../src/records/index.ts";
import { evaluate } from "../src/rl/index.ts";
import { crossedDifference } from "../src/statistics/index.ts";
import { loadTask, taskSpecSchema } from "../src/tasks/index.ts";
import { openTrial, readResults, shares } from "../src/trial/index.ts";
import { modelDirectory, MODEL_FILES, modelRecordSchema } from "../src/trial/layout.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { task: { type: "string" }, tokens: { type: "string" } },
});
const [trial] = positionals;
if (trial === undefined || values.task === undefined) throw new Error("name a trial and a --task");

const { config } = await openTrial(trial);
const record = await readJson(join(trial, TRIAL_FILES.trial), trialRecordSchema);
const maxTokens = Number(values.tokens ?? config.grpo.maxTokens);
const task = loadTask(taskSpecSchema.parse(JSON.parse(values.task)));
const problems = await task.load({
  split: "test",
  count: config.evaluation.problems,
  seed: config.data.seed,
});
const ids = problems.map(({ id }) => id);

/** [Q] share of right samples of the model in a folder */
async function accuracies(model: string): Promise<Float64Array> {
  const engine = await openEngine({ model, threads: 2 });
  try {
    const options = { step: 0, maxTokens };
    const row = await evaluate(engine, task, problems, config.evaluation, "sampled", options);
    return shares(row, "correct", ids);
  } finally {
    await engine.close();
  }
}

const points = (x: number) =>
  (100 * x)
    .toFixed(1)
    .replace(/^-0\.0$/, "0.0")
    .replace("-", "−");
const text = ({ estimate, ci }: { estimate: number; ci: readonly [number, number] }) =>
  `${points(estimate)} [${points(ci[0])}, ${points(ci[1])}]`;

for (const { model, base, arms } of await readResults(trial)) {
  const folder = modelDirectory(trial, model);
  const { weights } = await readJson(join(folder, MODEL_FILES.model), modelRecordSchema);
  const untrained_Q = await accuracies(join(trial, weights));
  const own = base.sampled;
  if (own === undefined) throw new Error(`${trial}: no sampled evaluation`);
  const ownIds = own.problems.map(({ id }) => id);
  const mean = untrained_Q.reduce((sum, share) => sum + share, 0) / untrained_Q.length;
  const heads = [
    `${model}: untrained ${points(own.accuracy)}, there ${points(mean)}`,
    "gain",
    "gain there",
  ];
  console.log(`\n| ${heads.join(" | ")} |\n|${" --- |".repeat(heads.length)}`);
  for (const { arm, runs } of arms) {
    const done = record.runs.filter(
      (run) => run.model === model && run.arm === arm && runs.some(({ seed }) => seed === run.seed),
    );
    if (done.length < 2) continue;
    const there_SQ: Float64Array[] = [];
    for (const { directory } of done) {
      there_SQ.push(await accuracies(join(trial, directory, RUN_FILES.checkpoint)));
    }
    const here_SQ = runs.flatMap(({ final }) =>
      final.sampled === undefined ? [] : [shares(final.sampled, "correct", ownIds)],
    );
    const here = crossedDifference(here_SQ, [shares(own, "correct", ownIds)]);
    console.log(`| ${arm} | ${text(here)} | ${text(crossedDifference(there_SQ, [untrained_Q]))} |`);
  }
}
