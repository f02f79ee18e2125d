/** Boxes and strategies. */
import { expect, test } from "vitest";
import { lastBoxed } from "./extract.ts";
import { strategyOf } from "./strategy.ts";

test.each([
  ["\\boxed{7}", "7"],
  ["\\boxed{1} then \\boxed{ 2 }.", "2"],
  ["\\boxed{\\frac{1}{\\sqrt{2}}}", "\\frac{1}{\\sqrt{2}}"],
  ["\\boxed{}", ""],
  ["\\boxed{7", null],
  ["\\boxed{1} then \\boxed{2", null],
  ["\\boxed{{7}", null],
  ["boxed{7}", null],
  ["", null],
])("the last box of %j is %j", (text, content) => {
  expect(lastBoxed(text)).toBe(content);
});

test.each([
  ["```python\nprint(1)```", "code"],
  ["in PYTHON", "code"],
  ["def f(): return 1", "language"],
  ["", "language"],
])("%j is %s", (text, strategy) => {
  expect(strategyOf(text)).toBe(strategy);
});
