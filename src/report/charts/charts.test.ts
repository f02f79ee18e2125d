/** Charts of a few points, as they are drawn: a change of any of them is to be looked at. */
import { expect, test } from "vitest";
import type { ArmVerdict } from "../../records/index.ts";
import { seriesOf } from "../series.ts";
import { accuracyByStrategy } from "./by-strategy.ts";
import { allArms, oneArm } from "./curves.ts";
import { gainBars } from "./gains.ts";
import { waterfall } from "./waterfall.ts";

const [truth, random] = seriesOf([
  { arm: "truth", role: "truth" },
  { arm: "random", role: "placebo" },
]);
if (truth === undefined || random === undefined) throw new Error("two arms, two series");

const verdict = (arm: string, gain: number): ArmVerdict => ({
  arm,
  gain,
  ci: [gain - 0.05, gain + 0.04],
  seeds: 2,
  accuracy: 0.4 + gain,
  perSeed: [gain - 0.01, gain + 0.01],
  codeShift: { estimate: 0, ci: [0, 0] },
  other: null,
});

const points = (...means: readonly number[]) =>
  means.map((mean, i) => ({ step: 10 * i, mean, low: mean - 0.02, high: mean + 0.02 }));

const frame = {
  label: "Accuracy",
  steps: 20,
  y: [0.4, 0.8] as const,
  tick: (value: number) => `${Math.round(100 * value)}`,
  level: 0.45,
};

test("gain bars", () => {
  const rows = [
    { series: truth, verdict: verdict("truth", 0.25) },
    { series: random, verdict: verdict("random", -0.02) },
  ];
  expect(gainBars("coder", rows, [-0.07, 0.29]).text).toMatchSnapshot();
});

test("waterfall", () => {
  const term = (estimate: number) => ({
    estimate,
    ci: [estimate - 0.03, estimate + 0.03] satisfies [number, number],
  });
  const split = {
    null: term(0.1),
    elicitation: term(-0.02),
    rewardDesign: term(0.07),
    total: term(0.15),
  };
  expect(waterfall("coder", 0.4, split, 0.7).text).toMatchSnapshot();
});

test("all arms, and one arm with its band before the others", () => {
  const curves = [
    { series: truth, curve: points(0.45, 0.6, 0.7) },
    { series: random, curve: points(0.45, 0.5, 0.55) },
  ];
  expect(allArms(frame, curves, true).text).toMatchSnapshot("all");
  expect(
    oneArm(frame, { series: truth, curve: points(0.45, 0.6, 0.7) }, curves.slice(1), [
      points(0.45, 0.48),
    ]).text,
  ).toMatchSnapshot("one");
});

test("accuracy by strategy, with a strategy that no answer had", () => {
  const before = { codeShare: 0.6, code: 0.5, language: 0.3 };
  const rows = [
    { series: truth, after: { codeShare: 1, code: 0.7, language: null } },
    { series: random, after: { codeShare: 0.8, code: 0.6, language: 0.35 } },
  ];
  expect(accuracyByStrategy("coder", before, rows).text).toMatchSnapshot();
});

test("no number in a chart is missing or endless", () => {
  const svg = gainBars(
    "coder",
    [{ series: truth, verdict: verdict("truth", 0) }],
    [-0.05, 0.04],
  ).text;
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  expect(svg).not.toMatch(/\d\.\d{3,}/);
});

test("names are text in the drawing and in its label too", () => {
  const [hostile] = seriesOf([{ arm: "<b>&quot;</b>", role: "other" }]);
  if (hostile === undefined) throw new Error("one arm, one series");
  const rows = [{ series: hostile, verdict: verdict(hostile.arm, 0.1) }];
  const svg = gainBars('"><script>', rows, [0, 0.2]).text;
  expect(svg).not.toMatch(/<script|<b>|&quot;</);
  expect(svg).toContain("&lt;b&gt;&amp;quot;");
});
