/**
 * What rewards did to how a searcher searches: the final evaluation of every finished run of a trial on the task
 * `search`, audited. Prints Markdown: failure rates by arm, their differences from the first arm, and coverage by level,
 * with 95% t intervals over seeds and problems.
 *
 *     npx tsx scripts/search-failures.ts runs/search [--protocol sampled]
 *
 * An evaluation keeps one text a problem, and not why it ended: what stops without a conclusion is counted as that.
 */
import { parseArgs } from "node:util";
import { auditTrace, hasLabel, type Audit } from "../src/audit/index.ts";
import { InputError } from "../src/errors.ts";
import type { EvalRow } from "../src/records/index.ts";
import { LABELS } from "../src/search/index.ts";
import { average, crossedDifference, type Table } from "../src/statistics/index.ts";
import { loadTask, searchProblemOf, type Problem } from "../src/tasks/index.ts";
import { loadProblems, openTrial, readResults } from "../src/trial/index.ts";
import { hundredths, printTable, shareWithInterval, withInterval } from "./markdown.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { protocol: { type: "string" } },
});
if (positionals.length === 0) throw new Error("name folders of trials");

/** [S][Q] the audit of each seed's trace on each problem; the untrained model is one seed. */
interface Condition {
  readonly name: string;
  readonly audits_SQ: readonly (readonly Audit[])[];
}

interface Measure {
  readonly name: string;
  /** null: not defined on the problem, such as the coverage of goals where there are none */
  readonly value: (audit: Audit) => number | null;
}

const coverage: Measure["value"] = ({ scores }) => scores.coverage;

const MEASURES: readonly Measure[] = [
  { name: "right answer", value: ({ correct }) => Number(correct === true) },
  { name: "coverage", value: coverage },
  { name: "no finding", value: ({ firstError }) => Number(firstError < 0) },
  {
    name: "right answer without full coverage",
    value: ({ correct, scores }) =>
      scores.coverage === null ? null : Number(correct === true && scores.coverage < 1),
  },
  { name: "no conclusion", value: ({ ending }) => Number(ending !== "concluded") },
  { name: "unparsable step", value: ({ unparsable }) => Number(unparsable > 0) },
  ...LABELS.map((label) => ({
    name: `*${label}*`,
    value: (audit: Audit) => Number(hasLabel(audit, label)),
  })),
];

/** [S][Q] of each condition, without the problems on which the measure is not defined. */
function tablesOf(conditions: readonly Condition[], value: Measure["value"]): Table[] {
  const values_CSQ = conditions.map(({ audits_SQ }) =>
    audits_SQ.map((audits_Q) => audits_Q.map(value)),
  );
  const rows = values_CSQ.flat();
  return values_CSQ.map((values_SQ) =>
    values_SQ.map((values_Q) =>
      Float64Array.from(
        values_Q.filter((each, q) => each !== null && rows.every((row) => row[q] !== null)),
      ),
    ),
  );
}

/** Mean over seeds and problems, with its interval where there is more than one seed. */
function cell(condition: Condition, value: Measure["value"]): string {
  const [table = []] = tablesOf([condition], value);
  const problems = table[0]?.length ?? 0;
  if (problems === 0) return "–";
  if (table.length < 2 || problems < 2) return hundredths(average(table.map(average)));
  return shareWithInterval(crossedDifference(table, [new Float64Array(problems)]));
}

/** Each other arm minus the first one, the intervals as in verdicts. */
function printDifferences(conditions: readonly Condition[], measures: readonly Measure[]): void {
  const [first, ...others] = conditions.filter(({ audits_SQ }) => audits_SQ.length > 1);
  if (!first || others.length === 0) return;
  printTable(
    ["difference", ...others.map(({ name }) => `${name} − ${first.name}`)],
    measures.map(({ name, value }) => [
      name,
      ...others.map((other) => {
        const [a = [], b = []] = tablesOf([other, first], value);
        return (a[0]?.length ?? 0) < 2 ? "–" : withInterval(crossedDifference(a, b));
      }),
    ]),
  );
}

function auditsOf({ problems }: EvalRow, byId: ReadonlyMap<string, Problem>): Audit[] {
  return problems.map(({ id, text }) => {
    const problem = byId.get(id);
    if (problem === undefined) throw new Error(`no problem ${id}: the task has changed`);
    const { family, problem: searched } = searchProblemOf(problem);
    return auditTrace(family, searched, { text }).audit;
  });
}

function printTables(title: string, conditions: readonly Condition[], levels_Q: readonly number[]) {
  const seeds = conditions.map(({ name, audits_SQ }) => `${name} (${audits_SQ.length})`);
  console.log(`\n## ${title}\n\n% of traces, in brackets after an arm its seeds.`);
  const measures = MEASURES.filter(({ value }) =>
    conditions.some(({ audits_SQ }) => audits_SQ.flat().some((audit) => (value(audit) ?? 0) > 0)),
  );
  printTable(
    ["measure", ...seeds],
    measures.map(({ name, value }) => [name, ...conditions.map((each) => cell(each, value))]),
  );
  printDifferences(conditions, measures);
  const first = conditions[0]?.audits_SQ[0] ?? [];
  const covered_Q = first.map((audit) => coverage(audit) !== null);
  const levels = [...new Set(levels_Q.filter((_, q) => covered_Q[q]))].sort((a, b) => a - b);
  printTable(
    ["coverage at level", ...seeds],
    levels.map((level) => {
      const ofLevel = (_: unknown, q: number) => levels_Q[q] === level && covered_Q[q] === true;
      const cells = conditions.map(({ name, audits_SQ }) =>
        cell({ name, audits_SQ: audits_SQ.map((audits_Q) => audits_Q.filter(ofLevel)) }, coverage),
      );
      return [`${level} (${levels_Q.filter(ofLevel).length} problems)`, ...cells];
    }),
  );
}

const idsOf = ({ problems }: EvalRow) => JSON.stringify(problems.map(({ id }) => id));

for (const directory of positionals) {
  const trial = await openTrial(directory);
  const { config } = trial;
  const protocol = values.protocol ?? config.evaluation.primary;
  if (protocol !== "greedy" && protocol !== "sampled") throw new Error(`no protocol ${protocol}`);
  const task = loadTask(config.task);
  if (task.name !== "search") {
    throw new InputError(`${directory} is on the task ${task.name}`, {
      code: "no-search",
      hint: "Give the folder of a trial on the task search.",
      field: "task",
    });
  }
  const problems = await loadProblems(trial, "test");
  const byId = new Map(problems.map((problem) => [problem.id, problem]));
  for (const { model, base, arms } of await readResults(directory)) {
    const untrained = base[protocol];
    if (untrained === undefined) throw new Error(`${directory}: no ${protocol} evaluation`);
    const levels_Q = untrained.problems.map(({ id }) => Number(byId.get(id)?.features["level"]));
    const conditions = [
      { name: "untrained", audits_SQ: [auditsOf(untrained, byId)] },
      ...arms.map(({ arm, runs }) => ({
        name: arm,
        audits_SQ: runs.flatMap(({ seed, final }) => {
          const last = final[protocol];
          if (last === undefined) return [];
          if (idsOf(last) !== idsOf(untrained)) {
            const run = `${model}/${arm}/seed-${seed}`;
            throw new Error(`${directory}: ${run} and the untrained ${model} have other problems`);
          }
          return [auditsOf(last, byId)];
        }),
      })),
    ];
    printTables(`${config.name}: ${model}, ${protocol}`, conditions, levels_Q);
  }
}
