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
import { average, crossedDifference } from "../src/statistics/crossed.ts";
import { loadTask, searchProblemOf, type Problem } from "../src/tasks/index.ts";
import { openTrial, readResults } from "../src/trial/index.ts";

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
  readonly value: (audit: Audit) => number;
}

const MEASURES: readonly Measure[] = [
  { name: "right answer", value: ({ correct }) => Number(correct === true) },
  { name: "coverage", value: ({ scores }) => scores.coverage ?? 1 },
  { name: "no finding", value: ({ firstError }) => Number(firstError < 0) },
  {
    name: "right answer without full coverage",
    value: ({ correct, scores }) => Number(correct === true && (scores.coverage ?? 1) < 1),
  },
  { name: "no conclusion", value: ({ ending }) => Number(ending !== "concluded") },
  { name: "unparsable step", value: ({ unparsable }) => Number(unparsable > 0) },
  ...LABELS.map((label) => ({
    name: `*${label}*`,
    value: (audit: Audit) => Number(hasLabel(audit, label)),
  })),
];

const percent = (share: number) => (100 * share).toFixed(1).replace("-", "−");
const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

/** Mean over seeds and problems, with its interval where there is more than one seed. */
function cell(audits_SQ: Condition["audits_SQ"], value: Measure["value"]): string {
  const table = audits_SQ.map((audits_Q) => Float64Array.from(audits_Q, value));
  const [first] = table;
  if (first === undefined) return "–";
  if (table.length < 2 || first.length < 2) return percent(average(table.map(average)));
  const { estimate, ci } = crossedDifference(table, [new Float64Array(first.length)]);
  return `${percent(estimate)} [${percent(ci[0])}, ${percent(ci[1])}]`;
}

/** Each other arm minus the first one, the intervals as in verdicts. */
function printDifferences(conditions: readonly Condition[], measures: readonly Measure[]): void {
  const [first, ...others] = conditions.filter(({ audits_SQ }) => audits_SQ.length > 1);
  if (!first || others.length === 0) return;
  const heads = ["difference", ...others.map(({ name }) => `${name} − ${first.name}`)];
  console.log(`\n${row(heads)}\n${row(heads.map(() => "---"))}`);
  for (const { name, value } of measures) {
    const of = ({ audits_SQ }: Condition) =>
      audits_SQ.map((audits_Q) => Float64Array.from(audits_Q, value));
    const cells = others.map((other) => {
      const { estimate, ci } = crossedDifference(of(other), of(first));
      return `${percent(estimate)} [${percent(ci[0])}, ${percent(ci[1])}]`;
    });
    console.log(row([name, ...cells]));
  }
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
  const print = (first: string, lines: readonly (readonly string[])[]) => {
    console.log(`\n${row([first, ...seeds])}\n${row([first, ...seeds].map(() => "---"))}`);
    for (const cells of lines) console.log(row(cells));
  };
  console.log(`\n## ${title}\n\n% of traces, in brackets after an arm its seeds.`);
  const occurs = ({ value }: Measure) =>
    conditions.some(({ audits_SQ }) => audits_SQ.flat().some((audit) => value(audit) > 0));
  print(
    "measure",
    MEASURES.filter(occurs).map(({ name, value }) => [
      name,
      ...conditions.map(({ audits_SQ }) => cell(audits_SQ, value)),
    ]),
  );
  printDifferences(conditions, MEASURES.filter(occurs));
  const levels = [...new Set(levels_Q)].sort((a, b) => a - b);
  print(
    "coverage at level",
    levels.map((level) => {
      const count = levels_Q.filter((each) => each === level).length;
      const cells = conditions.map(({ audits_SQ }) =>
        cell(
          audits_SQ.map((audits_Q) => audits_Q.filter((_, q) => levels_Q[q] === level)),
          ({ scores }) => scores.coverage ?? 1,
        ),
      );
      return [`${level} (${count} problems)`, ...cells];
    }),
  );
}

for (const directory of positionals) {
  const { config } = await openTrial(directory);
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
  const problems = await task.load({
    split: "test",
    count: config.evaluation.problems,
    seed: config.data.seed,
  });
  const byId = new Map(problems.map((problem) => [problem.id, problem]));
  for (const { model, base, arms } of await readResults(directory)) {
    const untrained = base[protocol];
    if (untrained === undefined) throw new Error(`${directory}: no ${protocol} evaluation`);
    const levels_Q = untrained.problems.map(({ id }) => Number(byId.get(id)?.features["level"]));
    const conditions = [
      { name: "untrained", audits_SQ: [auditsOf(untrained, byId)] },
      ...arms.map(({ arm, runs }) => ({
        name: arm,
        audits_SQ: runs.flatMap(({ final }) => {
          const last = final[protocol];
          return last === undefined ? [] : [auditsOf(last, byId)];
        }),
      })),
    ];
    printTables(`${config.name}: ${model}, ${protocol}`, conditions, levels_Q);
  }
}
