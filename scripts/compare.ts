/**
 * Differences between any two conditions, also of different trials on the same problems, in Markdown: final sampled
 * accuracy with the interval of verdicts. A condition is TRIAL:MODEL/ARM, or TRIAL:MODEL for the untrained model.
 *
 *     npx tsx scripts/compare.ts runs/noise:coder/j0.4-strict runs/noise:coder/j0.4 […pairs]
 */
import { average, type Table } from "../src/statistics/index.ts";
import { difference, readResults, shares } from "../src/trial/index.ts";
import { hundredths, printTable, withInterval } from "./markdown.ts";

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

const short = (condition: string) => condition.slice(condition.lastIndexOf(":") + 1);

const rows: string[][] = [];
for (let i = 0; i < names.length; i += 2) {
  const [name = "", other = ""] = names.slice(i, i + 2);
  const [a, b] = [await tableOf(name), await tableOf(other)];
  if (a.ids.join() !== b.ids.join()) throw new Error(`${name} and ${other} have other problems`);
  const accuracy = ({ table }: { table: Table }) => hundredths(average(table.map(average)));
  const apart = withInterval(difference(a.table, b.table));
  rows.push([short(name), accuracy(a), short(other), accuracy(b), apart]);
}
printTable(["condition", "accuracy", "other", "accuracy", "difference"], rows);
