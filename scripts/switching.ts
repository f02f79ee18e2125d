/**
 * Strategy switching by arm (arXiv 2506.10947, §4.3 and table 2), over the seeds of a finished trial, in Markdown.
 *
 *     npx tsx scripts/switching.ts TRIAL [--strategy python]
 *
 * Greedy answers of an organism hardly ever change their strategy, since the likelier one always wins; so the first
 * sampled answer to each problem is compared before and after, drawn from the same random numbers, and graded again from
 * its text. Contributions are in points of accuracy, which add up to the gain and have no small denominator; intervals are
 * Student's over seeds.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  classifierOf,
  SUBSETS,
  switchingOf,
  type Subset,
  type Switched,
} from "../src/analysis/index.ts";
import { readJson, readJsonl } from "../src/io/index.ts";
import {
  evalSchema,
  RUN_FILES,
  TRIAL_FILES,
  trialRecordSchema,
  type EvalRow,
} from "../src/records/index.ts";
import { average, pairedT } from "../src/statistics/index.ts";
import { isUngraded, loadTask, type Problem } from "../src/tasks/index.ts";
import { loadProblems, openTrial } from "../src/trial/index.ts";
import { hundredths, printTable, withInterval } from "./markdown.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { strategy: { type: "string", default: "python" } },
});
const [trial] = positionals;
if (trial === undefined) throw new Error("name the folder of a trial");

const opened = await openTrial(trial);
const record = await readJson(join(trial, TRIAL_FILES.trial), trialRecordSchema);
const classifier = classifierOf(values.strategy);
const task = loadTask(opened.config.task);
const problems = await loadProblems(opened, "test");
const byId = new Map(problems.map((problem) => [problem.id, problem]));

async function sideOf({ text }: { text: string }, problem: Problem) {
  const grade = await task.grade(task.extract(text), problem.answer, problem);
  return { code: classifier.matches(text), correct: !isUngraded(grade) && grade.value === 1 };
}

async function switched(first: EvalRow, last: EvalRow): Promise<Switched[]> {
  return Promise.all(
    last.problems.map(async (after, q) => {
      const before = first.problems[q];
      const problem = byId.get(after.id);
      if (before?.id !== after.id || !problem) throw new Error(`${trial}: other problems`);
      return { before: await sideOf(before, problem), after: await sideOf(after, problem) };
    }),
  );
}

/** Share of problems in each subset, and what it adds to the accuracy, of one run. */
async function ofRun(directory: string) {
  const rows = (await readJsonl(join(trial ?? "", directory, RUN_FILES.evals), evalSchema)).filter(
    ({ protocol }) => protocol === "sampled",
  );
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last || first.step === last.step) return null;
  const counts = switchingOf(await switched(first, last));
  const all = last.problems.length;
  const of = (subset: Subset) => ({
    share: counts[subset].problems / all,
    gain: (counts[subset].after - counts[subset].before) / all,
  });
  return { "C→C": of("C→C"), "C→L": of("C→L"), "L→C": of("L→C"), "L→L": of("L→L") };
}

const cell = (values_S: readonly number[]) =>
  values_S.length < 2 ? hundredths(average(values_S)) : withInterval(pairedT(values_S));

for (const model of new Set(record.runs.map((run) => run.model))) {
  const heads = [model, ...SUBSETS.flatMap((subset) => [`${subset}: share`, "adds"])];
  const rows: string[][] = [];
  for (const arm of new Set(record.runs.map((run) => run.arm))) {
    const runs = record.runs.filter((run) => run.model === model && run.arm === arm);
    const found = (await Promise.all(runs.map(({ directory }) => ofRun(directory)))).filter(
      (each) => each !== null,
    );
    if (found.length === 0) continue;
    const cells = SUBSETS.flatMap((subset) => [
      hundredths(average(found.map((each) => each[subset].share))),
      cell(found.map((each) => each[subset].gain)),
    ]);
    rows.push([arm, ...cells]);
  }
  printTable(heads, rows);
}
await task.close();
