import { expect, it } from "vitest";
import type { LoggedMetrics } from "./records.ts";
import { RunSummary } from "./summary.ts";

const row = (step: number | null, values: Partial<LoggedMetrics>): LoggedMetrics => ({
  kind: "metrics",
  step,
  notFinite: [],
  reward: null,
  entropy: null,
  kl: null,
  length: null,
  truncated: null,
  dead: null,
  clipped: null,
  gradNorm: null,
  accuracy: null,
  tokens: null,
  ...values,
});

function factsOf(...rows: readonly LoggedMetrics[]) {
  const summary = new RunSummary();
  for (const each of rows) summary.add(each);
  return summary.facts();
}

it("one step in several rows is one step with all that they say", () => {
  const { series, notFinite } = factsOf(
    row(1, { entropy: 0.7, reward: 0.2, notFinite: ["kl"] }),
    row(1, { reward: 0.3, gradNorm: 2 }),
    row(2, { entropy: 0.5 }),
  );
  const at = (step: number, value: number) => ({ step, value });
  expect(series.entropy).toEqual([at(1, 0.7), at(2, 0.5)]);
  expect(series.reward).toEqual([at(1, 0.3)]);
  expect(series.gradNorm).toEqual([at(1, 2)]);
  expect(notFinite).toEqual({ steps: 1, names: ["kl"] });
});

it("rows without a step are rows apart", () => {
  const { series } = factsOf(
    row(1, { entropy: 0.7 }),
    row(null, { entropy: 0.6 }),
    row(null, { entropy: 0.5 }),
  );
  expect(series.entropy.map(({ value }) => value).toSorted((a, b) => a - b)).toEqual([
    0.5, 0.6, 0.7,
  ]);
});
