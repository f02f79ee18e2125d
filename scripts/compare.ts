/**
 * Differences between any two conditions, also of different trials on the same problems, in Markdown: final sampled
 * accuracy with the interval of verdicts. A condition is TRIAL:MODEL/ARM, or TRIAL:MODEL for the untrained model.
 *
 *     npx tsx scripts/compare.ts runs/noise:coder/j0.4-strict runs/noise:coder/j0.4 […pairs]
 */
import { average, type Table } from "../src/statistics/index.ts";
import { difference } from "../src/trial/difference.ts";
import { readResults, shares } from "../src/trial/index.ts";

const names = process.argv.slice(2);
if (names.length === 0 || names.length % 2 === 1) throw new Error("name pairs of conditions");

/** [S][Q], with the ids of the problems */
async function tableOf(condition: string): Promise<{ ids: string[]; table: Table }> {
  const [, trial = "", model = "", arm] = /^(.+):([^:/]+)(?:\/([^/]+))?$/.exec(condition) ?? [];
  const results = (await readResults(trial)).find((each) => each.model === model);
  const rows =
    arm === undefined
      ? [results?.base.sampled]
      : results?.arms.find((each) => each.arm === arm)?.runs.map(({ final }) => final.sampled);
  const found = (rows ?? []).flatMap((row) => row ?? []);
  const [first] = found;
  if (first === undefined) throw new Error(`${condition}: no sampled evaluation`);
  const ids = first.problems.map(({ id }) => id);
  return { ids, table: found.map((row) => shares(row, "correct", ids)) };
}

const points = (x: number) =>
  (100 * x)
    .toFixed(1)
    .replace(/^-0\.0$/, "0.0")
    .replace("-", "−");
const short = (condition: string) => condition.slice(condition.lastIndexOf(":") + 1);

console.log("| condition | accuracy | other | accuracy | difference |\n|" + " --- |".repeat(5));
for (let i = 0; i < names.length; i += 2) {
  const [name = "", other = ""] = names.slice(i, i + 2);
  const [a, b] = [await tableOf(name), await tableOf(other)];
  if (a.ids.join() !== b.ids.join()) throw new Error(`${name} and ${other} have other problems`);
  const [first, second] = [a, b].map(({ table }) => points(average(table.map(average))));
  const { estimate, ci } = difference(a.table, b.table);
  const apart = `${points(estimate)} [${points(ci[0])}, ${points(ci[1])}]`;
  console.log(`| ${[short(name), first, short(other), second, apart].join(" | ")} |`);
}
