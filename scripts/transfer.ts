/**
 * What a trial's models do on a task that their training never saw: evaluates the untrained model and the last checkpoint
 * of every finished run, and prints gains beside those of the trial's own task, in Markdown.
 *
 *     npx tsx scripts/transfer.ts TRIAL --task '{"arithmetic":{"steps":[4,4]}}' [--tokens 56]
 *
 * Sampled answers use the trial's own evaluation settings and each model's prompt template; intervals are those of
 * verdicts.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openEngine, type Engine } from "../src/engine/index.ts";
import { readJson } from "../src/io/index.ts";
import { RUN_FILES, TRIAL_FILES, trialRecordSchema, type EvalRow } from "../src/records/index.ts";
import { evaluate } from "../src/rl/index.ts";
import { average, crossedDifference } from "../src/statistics/index.ts";
import {
  applyTemplate,
  loadTask,
  loadTemplate,
  taskSpecSchema,
  type ReadyTemplate,
} from "../src/tasks/index.ts";
import { loadProblems, openTrial, readPrepared, readResults, shares } from "../src/trial/index.ts";
import { hundredths, printTable, withInterval } from "./markdown.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { task: { type: "string" }, tokens: { type: "string" } },
});
const [trial] = positionals;
if (trial === undefined || values.task === undefined) throw new Error("name a trial and a --task");

const opened = await openTrial(trial);
const { config, baseDirectory } = opened;
const record = await readJson(join(trial, TRIAL_FILES.trial), trialRecordSchema);
const maxTokens = Number(values.tokens ?? config.grpo.maxTokens);
const task = loadTask(taskSpecSchema.parse(JSON.parse(values.task)));
const problems = await task.load({
  split: "test",
  count: config.evaluation.problems,
  seed: config.data.seed,
});
const ids = problems.map(({ id }) => id);

/** What a model's prompts were made with in the trial. */
async function templateOf(model: string): Promise<ReadyTemplate | undefined> {
  const spec = config.models[model]?.template ?? config.template;
  return spec === undefined ? undefined : loadTemplate(spec, { baseDirectory });
}

/** A template's file may have been edited since: its prompts must be those that the untrained model was given. */
async function checkTemplate(template: ReadyTemplate, engine: Engine, given: EvalRow) {
  const asked = applyTemplate(await loadProblems(opened, "test"), template, engine.tokenizer);
  if (asked.every(({ prompt }, q) => prompt === given.problems[q]?.prompt)) return;
  throw new Error(`${trial}: the template ${template.name} no longer makes the trial's prompts`);
}

/**
 * [Q] share of right samples of the model in a folder
 *
 * @param given the trial's evaluation with its prompts, to check the template against
 */
async function accuracies(
  folder: string,
  template: ReadyTemplate | undefined,
  given?: EvalRow,
): Promise<Float64Array> {
  const engine = await openEngine({ model: folder, threads: 2 });
  try {
    if (template !== undefined && given !== undefined) await checkTemplate(template, engine, given);
    const asked = applyTemplate(problems, template, engine.tokenizer);
    const options = { step: 0, maxTokens, stop: template?.stop };
    const row = await evaluate(engine, task, asked, config.evaluation, "sampled", options);
    return shares(row, "correct", ids);
  } finally {
    await engine.close();
  }
}

for (const { model, base, arms } of await readResults(trial)) {
  const own = base.sampled;
  if (own === undefined) throw new Error(`${trial}: no sampled evaluation`);
  const ownIds = own.problems.map(({ id }) => id);
  const template = await templateOf(model);
  const { weights } = await readPrepared(trial, model, false);
  const untrained_Q = await accuracies(weights, template, own);
  const rows: string[][] = [];
  for (const { arm, runs } of arms) {
    const done = record.runs.filter(
      (run) => run.model === model && run.arm === arm && runs.some(({ seed }) => seed === run.seed),
    );
    if (done.length < 2) continue;
    const there_SQ: Float64Array[] = [];
    for (const { directory } of done) {
      there_SQ.push(await accuracies(join(trial, directory, RUN_FILES.checkpoint), template));
    }
    const here_SQ = runs.flatMap(({ final }) =>
      final.sampled === undefined ? [] : [shares(final.sampled, "correct", ownIds)],
    );
    const here = crossedDifference(here_SQ, [shares(own, "correct", ownIds)]);
    const there = crossedDifference(there_SQ, [untrained_Q]);
    rows.push([arm, withInterval(here), withInterval(there)]);
  }
  const untrained = `untrained ${hundredths(own.accuracy)}, there ${hundredths(average(untrained_Q))}`;
  printTable([`${model}: ${untrained}`, "gain", "gain there"], rows);
}
await task.close();
