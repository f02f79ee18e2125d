import { expect, it } from "vitest";
import { summariseBench } from "../../eval/summarise.ts";
import type { SampleRow } from "../../records/index.ts";
import { resultLines } from "./view.ts";

/** The lines of a benchmark of one problem whose samples are right or wrong like this. */
function linesOf(...correct: readonly number[]): string {
  const rows = correct.map((each, k): SampleRow => {
    const answered = { text: "", length: 1, answer: "7", gold: "7", seconds: 1 };
    return { bench: "b", problem: "p", k, ...answered, finish: "stop", correct: each };
  });
  const result = summariseBench({ bench: "b", problems: ["p"], samples: correct.length }, rows);
  return resultLines(result, { paint: (_, text) => text }).join("\n");
}

it("shows an interval where there is one", () => {
  expect(linesOf(1)).toMatch(/avg@1 {2}100\.0% \[20\.7, 100\.0\]/);
  expect(linesOf(1, 0)).toMatch(/avg@2 {2}50\.0%$/m);
});
