/**
 * What a controller adds: two explorations of the same problems with the same tokens, compared problem by problem, in
 * Markdown. Coverage and right answers with Student's 95% interval of the paired difference.
 *
 *     npx tsx scripts/explore-gain.ts WITHOUT WITH
 */
import { join } from "node:path";
import { auditTrace, type Audit } from "../src/audit/index.ts";
import { EXPLORATION_FILES, traceRowSchema } from "../src/explore/index.ts";
import { readJsonl } from "../src/io/index.ts";
import { searchFamily } from "../src/search/index.ts";
import { average, pairedT } from "../src/statistics/index.ts";

const MEASURES: Readonly<Record<string, (audit: Audit) => number>> = {
  coverage: ({ scores }) => scores.coverage ?? 1,
  right: ({ correct }) => Number(correct === true),
};

/** level → problem → its audits */
type Levels = Map<number, Map<string, Audit[]>>;

async function auditsOf(folder: string): Promise<Levels> {
  const levels: Levels = new Map();
  for (const row of await readJsonl(join(folder, EXPLORATION_FILES.traces), traceRowSchema)) {
    const family = searchFamily(row.family);
    const problem = family.problem.parse(row.problem);
    const { audit } = auditTrace(family, problem, { text: row.text, finish: row.finish });
    const problems = levels.get(row.level) ?? new Map<string, Audit[]>();
    levels.set(row.level, problems);
    const name = family.write(problem);
    problems.set(name, [...(problems.get(name) ?? []), audit]);
  }
  return levels;
}

const percent = (share: number) => (100 * share).toFixed(1).replace("-", "−");

const [without, with_] = process.argv.slice(2);
if (without === undefined || with_ === undefined) throw new Error("name two explorations");
const [first, second] = [await auditsOf(without), await auditsOf(with_)];

console.log("| level | problems | measure | without | with | difference |\n|" + " --- |".repeat(6));
for (const [level, problems] of [...first].sort(([a], [b]) => a - b)) {
  for (const [name, value] of Object.entries(MEASURES)) {
    const pairs = [...problems].map(([problem, audits]) => {
      const others = second.get(level)?.get(problem);
      if (!others) throw new Error(`${with_}: has no traces of ${problem}`);
      return [average(audits.map(value)), average(others.map(value))] as const;
    });
    const { estimate, ci } = pairedT(pairs.map(([a, b]) => b - a));
    const means = [0, 1].map((side) => percent(average(pairs.map((pair) => pair[side] ?? NaN))));
    const difference = `${percent(estimate)} [${percent(ci[0])}, ${percent(ci[1])}]`;
    console.log(`| ${[level, pairs.length, name, ...means, difference].join(" | ")} |`);
  }
}
