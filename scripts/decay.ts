/**
 * Coverage against problem size for sets of traces, with the fitted decay of arXiv 2505.20296.
 *
 *     npx tsx scripts/decay.ts FILE|DIR… [--family F] [--json]
 *
 * Of problems with several goals, such as permutations: those of one goal have no size in the paper's sense.
 * Each argument is a set by itself: a file of traces as `placebo audit` reads it, or a folder of `placebo explore`.
 */
import { parseArgs } from "node:util";
import { auditTrace, readTraces, traceFiles } from "../src/audit/index.ts";
import { coverageOf, fitCoverage, type CoverageDecay } from "../src/explore/index.ts";

const { values, positionals } = parseArgs({
  options: { family: { type: "string" }, json: { type: "boolean", default: false } },
  allowPositionals: true,
});

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
const interval = (ci: readonly [number, number] | null, show: (value: number) => string) =>
  ci === null ? "" : ` [${show(ci[0])}, ${show(ci[1])}]`;

async function decayOf(path: string): Promise<CoverageDecay | null> {
  const traces = [];
  for (const file of await traceFiles(path))
    traces.push(...(await readTraces(file, values.family)));
  const coverages = traces.flatMap(({ family, problem, trace }) => {
    const { audit } = auditTrace(family, problem, trace);
    const { allGoals } = family.judge(problem).progress();
    return coverageOf(audit, `${family.name} ${family.write(problem)}`, allGoals) ?? [];
  });
  return coverages.length === 0 ? null : fitCoverage(coverages);
}

for (const path of positionals) {
  const decay = await decayOf(path);
  if (!decay) {
    console.error(`${path}: no problem here has several goals, so there is nothing to fit`);
    process.exitCode = 1;
    continue;
  }
  if (values.json) {
    console.log(JSON.stringify({ path, ...decay }));
    continue;
  }
  const { p, ci, points } = decay;
  console.log(`${path}: p_w = ${p.toFixed(3)}${interval(ci, (value) => value.toFixed(3))}`);
  for (const { depth, problems, coverage, ci: around, fitted } of points) {
    const measured = `${percent(coverage)}${interval(around, percent)}`;
    console.log(
      `  d = ${depth.toFixed(2)}  ${problems} problems  ${measured}  fitted ${percent(fitted)}`,
    );
  }
}
