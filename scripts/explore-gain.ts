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
import { hundredths, printTable, withInterval } from "./markdown.ts";

/** null: not defined on the problem, such as the coverage of goals where there are none */
const MEASURES: Readonly<Record<string, (audit: Audit) => number | null>> = {
  coverage: ({ scores }) => scores.coverage,
  right: ({ correct }) => Number(correct === true),
};

/** problem → its audits */
type Problems = ReadonlyMap<string, readonly Audit[]>;

/** level → problem → its audits */
async function auditsOf(folder: string): Promise<ReadonlyMap<number, Problems>> {
  const levels = new Map<number, Map<string, Audit[]>>();
  for (const row of await readJsonl(join(folder, EXPLORATION_FILES.traces), traceRowSchema)) {
    const family = searchFamily(row.family);
    const problem = family.problem.parse(row.problem);
    const { audit } = auditTrace(family, problem, { text: row.text, finish: row.finish });
    const problems = levels.get(row.level) ?? new Map<string, Audit[]>();
    levels.set(row.level, problems);
    const name = `${family.name} ${family.write(problem)}`;
    problems.set(name, [...(problems.get(name) ?? []), audit]);
  }
  return levels;
}

/** The mean of a problem's traces. */
function meanOf(audits: readonly Audit[], value: (audit: Audit) => number | null): number | null {
  const defined = audits.map(value).filter((each) => each !== null);
  return defined.length === 0 ? null : average(defined);
}

const [without, with_] = process.argv.slice(2);
if (without === undefined || with_ === undefined) throw new Error("name two explorations");
const [first, second] = [await auditsOf(without), await auditsOf(with_)];

const namesOf = (levels: ReadonlyMap<number, Problems>) =>
  new Set(
    [...levels].flatMap(([level, problems]) =>
      [...problems.keys()].map((name) => `level ${level}: ${name}`),
    ),
  );
const [names, others] = [namesOf(first), namesOf(second)];
const lone =
  [...names].find((name) => !others.has(name)) ?? [...others].find((name) => !names.has(name));
if (lone !== undefined) {
  throw new Error(`${without} and ${with_} have other problems: only one has ${lone}`);
}

const rows: string[][] = [];
for (const [level, problems] of [...first].sort(([a], [b]) => a - b)) {
  for (const [name, value] of Object.entries(MEASURES)) {
    const pairs = [...problems].flatMap(([problem, audits]) => {
      const before = meanOf(audits, value);
      const after = meanOf(second.get(level)?.get(problem) ?? [], value);
      return before === null || after === null ? [] : [{ before, after }];
    });
    if (pairs.length === 0) continue;
    rows.push([
      String(level),
      String(pairs.length),
      name,
      hundredths(average(pairs.map(({ before }) => before))),
      hundredths(average(pairs.map(({ after }) => after))),
      // One problem has no spread.
      pairs.length < 2
        ? "–"
        : withInterval(pairedT(pairs.map(({ before, after }) => after - before))),
    ]);
  }
}
printTable(["level", "problems", "measure", "without", "with", "difference"], rows);
