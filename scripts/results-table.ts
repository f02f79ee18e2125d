/**
 * The tables of a results page, in Markdown, from a verdict.
 *
 *     npx tsx scripts/results-table.ts docs/results/spurious-full/verdict.json
 */
import { readFile } from "node:fs/promises";
import { parseInput } from "../src/io/index.ts";
import { verdictSchema } from "../src/records/index.ts";

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error("name a verdict.json");

const bound = (share: number) => {
  const text = (100 * share).toFixed(1);
  return text === "-0.0" ? "0.0" : text.replace("-", "−");
};
const points = (share: number) => {
  const text = bound(share);
  return text.startsWith("−") ? text : `+${text}`;
};
const interval = ([low, high]: readonly [number, number]) => `[${bound(low)}, ${bound(high)}]`;
const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

const verdict = parseInput(verdictSchema, JSON.parse(await readFile(file, "utf8")), { file });
for (const { model, base, baseCodeShare, arms, sentence } of verdict.models) {
  const untrained = `${model}: untrained ${bound(base)}%, code on ${bound(baseCodeShare)}%`;
  const heads = [untrained, "seeds", "accuracy", "gain", "by seed", "code share", "gain, greedy"];
  console.log(`\n${row(heads)}\n${row(heads.map(() => "---"))}`);
  for (const arm of arms) {
    const { codeShift, other } = arm;
    console.log(
      row([
        arm.arm,
        String(arm.seeds),
        bound(arm.accuracy),
        `${points(arm.gain)} ${interval(arm.ci)}`,
        arm.perSeed.map(points).join(" "),
        codeShift ? `${points(codeShift.estimate)} ${interval(codeShift.ci)}` : "",
        other ? `${points(other.gain)} ${interval(other.ci)}` : "",
      ]),
    );
  }
  console.log(`\n${sentence}`);
}

if (verdict.hypotheses.length > 0) {
  const heads = ["planned", "expected", "difference", "p", "p, Holm", "shown"];
  console.log(`\n${row(heads)}\n${row(heads.map(() => "---"))}`);
}
for (const { model, arm, versus, expect, margin, result, supported } of verdict.hypotheses) {
  const difference = result ? `${points(result.estimate)} ${interval(result.ci)}` : "not tested";
  const p = (value: number | undefined) =>
    value === undefined ? "" : value < 1e-4 ? "< 0.0001" : value.toFixed(4);
  const expected = margin === null ? expect : `${expect}, margin ${bound(margin)}`;
  const shown = supported === null ? "" : supported ? "yes" : "no";
  const pair = `${model}: ${arm} − ${versus}`;
  console.log(row([pair, expected, difference, p(result?.p), p(result?.pHolm), shown]));
}
