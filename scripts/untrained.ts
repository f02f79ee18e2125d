/**
 * Untrained models of a trial compared problem by problem, such as one model under two prompts, in Markdown.
 *
 *     npx tsx scripts/untrained.ts TRIAL MODEL OTHER [MODEL OTHER …]
 */
import { average, pairedT } from "../src/statistics/index.ts";
import { readResults, shares } from "../src/trial/index.ts";

const [trial, ...names] = process.argv.slice(2);
if (trial === undefined || names.length === 0 || names.length % 2 === 1) {
  throw new Error("name a trial and pairs of its models");
}
const results = await readResults(trial);

/** [Q] accuracies of sampled answers */
function accuracies(model: string): Float64Array {
  const row = results.find((each) => each.model === model)?.base.sampled;
  if (row === undefined) throw new Error(`${trial}: no sampled evaluation of ${model}`);
  return shares(
    row,
    "correct",
    row.problems.map(({ id }) => id),
  );
}

const points = (x: number) =>
  (100 * x)
    .toFixed(1)
    .replace(/^-0\.0$/, "0.0")
    .replace("-", "−");

console.log(
  "| model | accuracy | other | accuracy | difference |\n| --- | --- | --- | --- | --- |",
);
for (let i = 0; i < names.length; i += 2) {
  const [model = "", other = ""] = names.slice(i, i + 2);
  const [a_Q, b_Q] = [accuracies(model), accuracies(other)];
  const { estimate, ci } = pairedT(Array.from(b_Q, (value, q) => value - (a_Q[q] ?? NaN)));
  const difference = `${points(estimate)} [${points(ci[0])}, ${points(ci[1])}]`;
  const cells = [model, points(average(a_Q)), other, points(average(b_Q)), difference];
  console.log(`| ${cells.join(" | ")} |`);
}
