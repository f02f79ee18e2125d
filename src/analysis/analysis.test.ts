import { describe, expect, it } from "vitest";
import { surrogateTerms } from "../rl/losses.ts";
import { groupAdvantages } from "../rl/advantages.ts";
import { clippingBias, clippingMu, signalChance } from "./clipping.ts";
import { collapses, earlyLearning, separation } from "./internal-feedback.ts";
import { classifierOf } from "./strategies/classifiers.ts";
import { StrategyCounter } from "./strategies/over-training.ts";
import {
  meanContributions,
  partialContributions,
  switchingOf,
  type Switching,
} from "./strategies/switching.ts";

/** arXiv 2506.10947, Fig. 7, Qwen2.5-Math-7B, labels corrected so that every arm starts at 325 C and 247 right. */
const figure7 = {
  "ground truth": { n: [165, 160, 72, 103], before: [105, 93, 20, 29], after: [119, 125, 56, 91] },
  majority: { n: [243, 82, 119, 56], before: [148, 50, 28, 21], after: [172, 64, 96, 50] },
  format: { n: [314, 11, 152, 23], before: [191, 7, 36, 13], after: [212, 5, 119, 21] },
  incorrect: { n: [301, 24, 129, 46], before: [182, 16, 29, 20], after: [210, 20, 100, 38] },
  random: { n: [268, 57, 142, 33], before: [164, 34, 34, 15], after: [155, 41, 98, 31] },
} as const;

type Figure = (typeof figure7)[keyof typeof figure7];

function switching({ n, before, after }: Figure): Switching {
  const of = (i: 0 | 1 | 2 | 3) => ({ problems: n[i], before: before[i], after: after[i] });
  return { "C→C": of(0), "C→L": of(1), "L→C": of(2), "L→L": of(3) };
}

const percent = (share: number) => Math.round(share * 10_000) / 100;

describe("strategy switching", () => {
  it.each([
    ["ground truth", 144, [9.72, 22.22, 25.0, 43.06]],
    ["majority", 135, [17.78, 10.37, 50.37, 21.48]],
    ["format", 110, [19.09, -1.82, 75.45, 7.27]],
    ["incorrect", 121, [23.14, 3.31, 58.68, 14.88]],
    ["random", 78, [-11.54, 8.97, 82.05, 20.51]],
  ] as const)("gives the contributions of %s", (arm, gain, expected) => {
    const result = partialContributions(switching(figure7[arm]));
    expect(result.gain).toBe(gain);
    expect(Object.values(result.shares ?? {}).map(percent)).toEqual(expected);
  });

  it("reproduces the published Table 2 for Qwen2.5-Math-7B", () => {
    const all = Object.values(figure7).map((figure) => partialContributions(switching(figure)));
    const { shares, gainShare } = meanContributions(all);
    const rounded = Object.values(shares ?? {}).map((share) => (share * 100).toFixed(1));
    expect(rounded).toEqual(["11.6", "8.6", "58.3", "21.4"]);
    expect((gainShare * 100).toFixed(1)).toBe("23.5");
  });

  it("sorts problems into the four subsets", () => {
    const one = (code: boolean, correct: boolean) => ({ code, correct });
    const result = switchingOf([
      { before: one(true, false), after: one(false, true) },
      { before: one(false, false), after: one(true, true) },
      { before: one(false, true), after: one(true, true) },
    ]);
    expect(result["C→L"]).toEqual({ problems: 1, before: 0, after: 1 });
    expect(result["L→C"]).toEqual({ problems: 2, before: 1, after: 2 });
    expect(result["L→L"].problems).toBe(0);
  });

  it("has no shares of no gain", () => {
    const still = switchingOf([
      { before: { code: true, correct: true }, after: { code: true, correct: true } },
    ]);
    expect(partialContributions(still)).toMatchObject({ gain: 0, shares: null });
  });
});

describe("strategies", () => {
  it("tell the word python from a Python block", () => {
    const [word, block] = ["A python is a snake.", "```python\nprint(1)\n```"];
    expect(classifierOf("python").matches(word)).toBe(true);
    expect(classifierOf("code-block").matches(word)).toBe(false);
    expect(classifierOf("code-block").matches(block)).toBe(true);
    expect(classifierOf("code-block").matches("```python\n```")).toBe(false);
  });

  it("take the user's rule, which does not remember its last match", () => {
    const boxed = classifierOf(String.raw`/\\boxed\{/gi`);
    expect([1, 2, 3].map(() => boxed.matches(String.raw`\BOXED{3}`))).toEqual([true, true, true]);
    expect(() => classifierOf("/(/")).toThrow("no regular expression");
    expect(() => classifierOf("pyhton")).toThrow('no strategy rule "pyhton"');
  });

  it("are counted step by step, undecided answers apart", () => {
    const counter = new StrategyCounter(classifierOf("python"));
    counter.add({ step: 2, text: "python", correct: 1 });
    counter.add({ step: 2, text: "python", correct: null });
    counter.add({ step: 2, text: "prose", correct: 0 });
    counter.add({ step: 1, text: "prose", correct: null });
    expect(counter.points()).toEqual([
      { step: 1, answers: 1, share: 0, accuracyWith: null, accuracyWithout: null },
      { step: 2, answers: 3, share: 2 / 3, accuracyWith: 1, accuracyWithout: 0 },
    ]);
  });
});

describe("clipping", () => {
  it.each([
    [0.5, 0.468177, 0.483531, 0.999969],
    [0.3, 0.42547, 0.439423, 0.996677],
    [0.7, 0.42547, 0.439423, 0.996677],
  ])("has the exact μ of γ = %f for G = 16", (gamma, one, zero, signal) => {
    expect(clippingMu(gamma, 16)).toBeCloseTo(one, 6);
    expect(clippingMu(gamma, 16, 0)).toBeCloseTo(zero, 6);
    expect(signalChance(gamma, 16)).toBeCloseTo(signal, 6);
  });

  it("has it for rare rewards and for none", () => {
    expect(clippingMu(0.001, 16)).toBeCloseTo(0.00373224, 8);
    expect(clippingMu(0.001, 16, 0)).toBeCloseTo(0.00385464, 8);
    expect(signalChance(0.001, 16)).toBeCloseTo(0.0158806, 7);
    expect(1 - (1 - signalChance(0.001, 16)) ** 64).toBeCloseTo(0.64103, 5);
    expect(clippingMu(0, 16)).toBe(0);
  });

  /** E over all rewards of a group of what the trainer's own surrogate gives a token of rollout 0. */
  it("is what the surrogate does on average over random rewards", () => {
    const [group, gamma] = [6, 0.3];
    const clip = { low: 0.2, high: 0.28 };
    const ratios = Float32Array.from([0.5, 0.79, 0.9, 1, 1.2, 1.29, 2]);
    const current_T = ratios.map((ratio) => Math.log(ratio));
    const expected = new Float64Array(ratios.length);
    for (let bits = 0; bits < 2 ** group; bits++) {
      const rewards = Array.from({ length: group }, (_, g) => (bits >> g) & 1);
      const chance = rewards.reduce<number>((p, reward) => p * (reward ? gamma : 1 - gamma), 1);
      const { advantages_G } = groupAdvantages(
        rewards.map((value) => ({ value })),
        { advantage: "std", advantageEps: 0 },
      );
      const { coefficients_T } = surrogateTerms(
        current_T,
        new Float32Array(ratios.length),
        advantages_G[0] ?? NaN,
        clip,
      );
      for (const [t, value] of coefficients_T.entries()) {
        expected[t] = (expected[t] ?? 0) + chance * value;
      }
    }
    const mu = clippingMu(gamma, group);
    for (const [t, ratio] of ratios.entries()) {
      const { coefficient } = clippingBias([ratio], clip, mu);
      expect(coefficient).toBeCloseTo(expected[t] ?? NaN, 6);
    }
    expect(clippingBias(ratios, { low: null, high: null }, mu)).toEqual({
      below: 0,
      above: 0,
      coefficient: 0,
    });
  });
});

describe("internal feedback", () => {
  it("separates right from wrong answers", () => {
    const answers = [
      { score: 3, correct: 1 },
      { score: 2, correct: 1 },
      { score: 1, correct: 0 },
      { score: 9, correct: null },
    ];
    expect(separation(answers)).toMatchObject({ right: 2, wrong: 1, rankBiserial: 1 });
    expect(separation([{ score: 1, correct: 1 }])).toBeNull();
  });

  it("sees collapses that last, and no dip that recovers", () => {
    const run = (accuracies: readonly number[], lengths: readonly number[]) =>
      accuracies.map((accuracy, step) => ({ step, accuracy, lengthMean: lengths[step] ?? NaN }));
    expect(collapses(run([0.4, 0.1, 0.5], [10, 40, 12]))).toEqual([]);
    expect(collapses(run([0.4, 0.6, 0.2, 0.1], [10, 12, 40, 50]))).toEqual([
      { kind: "accuracy", step: 2, from: 0.6, to: 0.1 },
      { kind: "length-rise", step: 2, from: 10, to: 50 },
    ]);
  });

  it("lays arms side by side at early steps", () => {
    const outlook = (step: number, accuracy: number) => ({ step, accuracy, lengthMean: 1 });
    const table = earlyLearning(
      { a: [outlook(0, 0.1), outlook(10, 0.3)], b: [outlook(0, 0.2)] },
      [0, 10],
    );
    expect(table).toEqual([
      { arm: "a", at: [0.1, 0.3] },
      { arm: "b", at: [0.2, null] },
    ]);
  });
});
