/**
 * The tables of a results page, in Markdown, from a verdict.
 *
 *     npx tsx scripts/results-table.ts docs/results/spurious-full/verdict.json
 */
import { readFile } from "node:fs/promises";
import { parseInput } from "../src/io/index.ts";
import { verdictSchema } from "../src/records/index.ts";
import { hundredths, interval, percent, printTable, signed } from "./markdown.ts";

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error("name a verdict.json");

const points = (share: number) => signed(hundredths(share));
const p = (value: number | undefined) =>
  value === undefined ? "" : value < 1e-4 ? "< 0.0001" : value.toFixed(4);

const verdict = parseInput(verdictSchema, JSON.parse(await readFile(file, "utf8")), { file });
for (const { model, base, baseCodeShare, arms, sentence } of verdict.models) {
  const untrained = `${model}: untrained ${percent(base)}, code on ${percent(baseCodeShare)}`;
  const heads = [untrained, "seeds", "accuracy", "gain", "by seed", "code share", "gain, greedy"];
  const rows = arms.map(({ arm, seeds, accuracy, gain, ci, perSeed, codeShift, other }) => [
    arm,
    String(seeds),
    hundredths(accuracy),
    `${points(gain)} ${interval(ci)}`,
    perSeed.map(points).join(" "),
    codeShift ? `${points(codeShift.estimate)} ${interval(codeShift.ci)}` : "",
    other ? `${points(other.gain)} ${interval(other.ci)}` : "",
  ]);
  printTable(heads, rows);
  console.log(`\n${sentence}`);
}

const planned = verdict.hypotheses.map(
  ({ model, arm, versus, expect, margin, result, supported }) => [
    `${model}: ${arm} − ${versus}`,
    margin === null ? expect : `${expect}, margin ${hundredths(margin)}`,
    result ? `${points(result.estimate)} ${interval(result.ci)}` : "not tested",
    p(result?.p),
    p(result?.pHolm),
    supported === null ? "" : supported ? "yes" : "no",
  ],
);
if (planned.length > 0) {
  printTable(["planned", "expected", "difference", "p", "p, Holm", "shown"], planned);
}
