import { expect, it } from "vitest";
import { searchFamily } from "../search/index.ts";
import { shareEstimate } from "../statistics/index.ts";
import { auditTrace, summarise, type Audited } from "./index.ts";

const family = searchFamily("game24");
const problem = family.problem.parse({ numbers: [4, 5, 6, 10] });
const RIGHT =
  "10 - 4 = 6 (left: 5 6 6)\n6 * 5 = 30 (left: 6 30)\n30 - 6 = 24 (left: 24)\nAnswer: (10 - 4) * 5 - 6 = 24";
const audits = [RIGHT, "Answer: 4 + 5 = 24"].map((text) => auditTrace(family, problem, { text }));

type Count = readonly [right: number, wrong: number];

/** Traces of problems, each with so many right ones first and so many wrong ones then. */
function traces(counts: readonly Count[]): Audited[] {
  const [right, wrong] = audits;
  if (!right || !wrong) throw new Error("two audits");
  return counts.flatMap(([hits, misses], q) =>
    Array.from({ length: hits + misses }, (_, i) => ({
      problem: String(q),
      audit: (i < hits ? right : wrong).audit,
      given: null,
    })),
  );
}
const correct = (...counts: readonly Count[]) => summarise("game24", traces(counts)).correct;
const times = (n: number, count: Count) => Array.from({ length: n }, () => count);

it("what no trace does, or every one, has Wilson's interval over problems", () => {
  const none = shareEstimate(Array<boolean>(30).fill(false))?.ci;
  expect(correct(...times(30, [0, 1]))).toEqual({ traces: 0, share: 0, ci: none });
  expect(correct(...times(30, [0, 4])).ci).toEqual(none);
  expect(correct([0, 1], [0, 3]).ci).toEqual(shareEstimate([false, false])?.ci);
  expect(correct([1, 0], [0, 1], [1, 0]).ci).toEqual(shareEstimate([true, false, true])?.ci);
  expect(correct(...times(4, [1, 1])).ci).toEqual(shareEstimate([0.5, 0.5, 0.5, 0.5])?.ci);
});

it("problems whose traces disagree are redrawn, weighed by their traces", () => {
  const { share, ci } = correct(...times(20, [3, 1]), ...times(20, [1, 3]));
  expect(share).toBe(0.5);
  // 1/4 or 3/4 of 40 problems: a standard error of 0.25/√40.
  expect(ci?.[0]).toBeCloseTo(0.5 - (1.96 * 0.25) / Math.sqrt(40), 1);
  expect(ci?.[1]).toBeCloseTo(0.5 + (1.96 * 0.25) / Math.sqrt(40), 1);
  const uneven = correct([9, 0], [0, 1]);
  expect(uneven).toMatchObject({ share: 0.9, ci: [0, 1] });
});

it("one problem has the interval of one hit, and none of a fraction", () => {
  expect(correct([2, 0]).ci).toEqual(shareEstimate([true])?.ci);
  expect(correct([1, 1])).toEqual({ traces: 1, share: 0.5, ci: null });
});
