import { describe, expect, it } from "vitest";
import { componentsOf, crossedDifference } from "./crossed.ts";
import { pEquivalent, pNotWorse } from "./equivalence.ts";
import { holm } from "./holm.ts";
import { pairedBootstrap, pairedT } from "./paired.ts";
import { labelPermutationTest, signFlipTest } from "./permutation.ts";
import { powerOf, seedsFor } from "./power.ts";
import { mannWhitney } from "./rank.ts";
import { logGamma, normalCdf, normalQuantile, studentCdf, studentQuantile } from "./special.ts";
import { drawTrial, TYPICAL } from "./testing/simulated-trial.ts";

const row = (...values: number[]) => Float64Array.from(values);

describe("distribution functions", () => {
  it("hit the tabulated quantiles", () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
    expect(studentQuantile(0.975, 1)).toBeCloseTo(12.706204736432095, 9);
    // In closed form: (2p − 1)·√(2/(4p(1 − p))).
    expect(studentQuantile(0.975, 2)).toBeCloseTo(0.95 * Math.sqrt(2 / 0.0975), 12);
    expect(studentQuantile(0.95, 10)).toBeCloseTo(1.8124611228107335, 11);
    expect(Math.exp(logGamma(0.5))).toBeCloseTo(Math.sqrt(Math.PI), 13);
  });

  it("keep their digits far out", () => {
    expect(normalCdf(-10) / 7.619853024160527e-24).toBeCloseTo(1, 10);
    // Cauchy: P(T ≤ t) = 1/2 + atan(t)/π.
    expect(studentCdf(-1e4, 1) / (Math.atan(1e-4) / Math.PI)).toBeCloseTo(1, 10);
  });
});

describe("crossedDifference", () => {
  it("is Welch's test over seeds where all problems behave alike", () => {
    const repeat = (value: number) => new Float64Array(50).fill(value);
    const a = [0.5, 0.6, 0.9].map(repeat);
    const b = [0.4, 0.3].map(repeat);
    const { estimate, standardError, df } = crossedDifference(a, b);
    const va = ((0.1667 ** 2 + 0.0667 ** 2 + 0.2333 ** 2) / 2 / 3) * 1;
    const vb = (2 * 0.05 ** 2) / 2;
    expect(estimate).toBeCloseTo(0.6667 - 0.35, 3);
    expect(standardError ** 2).toBeCloseTo(va + vb, 4);
    expect(df).toBeCloseTo((va + vb) ** 2 / (va ** 2 / 2 + vb ** 2), 2);
  });

  it("is the paired t-test over problems where seeds are copies of each other", () => {
    const differences = [0.5, 0, 0.25, 0.25, -0.25, 0.5];
    const base = row(0, 0.25, 0.5, 0.5, 0.75, 0.25);
    const arm = base.map((value, q) => value + (differences[q] ?? 0));
    const crossed = crossedDifference([arm, arm, arm], [base]);
    const paired = pairedT(differences);
    expect(crossed.estimate).toBeCloseTo(paired.estimate, 12);
    expect(crossed.standardError).toBeCloseTo(paired.standardError, 12);
    expect(crossed.p).toBeCloseTo(paired.p, 12);
  });

  it("finds nothing between equal tables, whatever their sums round to", () => {
    for (let samples = 1; samples <= 16; samples++) {
      const base = Float64Array.from({ length: 50 }, (_, q) => ((q * 7) % (samples + 1)) / samples);
      for (let seeds = 2; seeds <= 64; seeds++) {
        const arm = Array.from({ length: seeds }, () => base);
        const nothing = { estimate: 0, standardError: 0, ci: [0, 0], p: 1 };
        expect(crossedDifference(arm, [base])).toMatchObject(nothing);
        expect(crossedDifference(arm, [base, base])).toMatchObject(nothing);
      }
    }
  });

  it("keeps differences that are small beside 1 and large beside the values", () => {
    const tiny = (...values: number[]) => row(...values.map((value) => value * 1e-14));
    const { p } = crossedDifference([tiny(3, 4), tiny(4, 3)], [tiny(1, 2)]);
    expect(p).toBeCloseTo(crossedDifference([row(3, 4), row(4, 3)], [row(1, 2)]).p, 12);
  });

  it("refuses what says nothing about seeds", () => {
    expect(() => crossedDifference([row(0, 1)], [row(1, 1)])).toThrow("more than one seed");
    expect(() => crossedDifference([row(0, 1), row(1)], [row(1, 1)])).toThrow("different problems");
    expect(() => crossedDifference([row(0, 1), row(1, 0)], [row(1)])).toThrow(RangeError);
  });
});

describe("componentsOf", () => {
  it("finds the variances that a large trial was made of", () => {
    const world = { ...TYPICAL, problems: 2000, samples: 8, seedSpread: 0.6 };
    const [a, b] = drawTrial(world, 7, 40);
    const { seeds, problems, residual } = componentsOf(a, b);
    // Both arms together; a logit of spread 0.6 moves accuracy by about 0.6·E[p(1 − p)] ≈ 0.09.
    expect(Math.sqrt(seeds / 2)).toBeGreaterThan(0.06);
    expect(Math.sqrt(seeds / 2)).toBeLessThan(0.12);
    expect(problems).toBeLessThan(0.001);
    expect(residual).toBeGreaterThan(0.02);
  });
});

describe("power", () => {
  const [a, b] = drawTrial({ ...TYPICAL, seedSpread: 0.4 }, 3, 8);
  const components = componentsOf(a, b);

  it("is the level where there is nothing to find, and rises with gain, seeds and problems", () => {
    const at = (gain: number, seeds: number, problems: number) =>
      powerOf(gain, components, { seeds, problems });
    expect(at(0, 5, 200)).toBeCloseTo(0.05, 4);
    expect(at(0.1, 5, 200)).toBeGreaterThan(at(0.05, 5, 200));
    expect(at(0.05, 9, 200)).toBeGreaterThan(at(0.05, 5, 200));
    expect(at(0.05, 9, 400)).toBeGreaterThan(at(0.05, 9, 100));
  });

  it("asks for the fewest seeds that reach it, or says that none do", () => {
    const seeds = seedsFor(0.08, components, 200) ?? NaN;
    expect(powerOf(0.08, components, { seeds, problems: 200 })).toBeGreaterThanOrEqual(0.8);
    expect(powerOf(0.08, components, { seeds: seeds - 1, problems: 200 })).toBeLessThan(0.8);
    expect(seedsFor(0.0001, components, 200)).toBeNull();
  });
});

describe("holm", () => {
  it("is the published example in any order", () => {
    // Holm 1979 as in R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm").
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holm([])).toEqual([]);
    expect(holm([0.9, 0.8])).toEqual([1, 1]);
  });
});

describe("equivalence", () => {
  const tested = { estimate: 0.01, standardError: 0.02, df: 12 };

  it("says at 5% what the 90% interval says", () => {
    const reach = studentQuantile(0.95, 12) * 0.02;
    expect(pEquivalent(tested, 0.01 + reach)).toBeCloseTo(0.05, 12);
    expect(pEquivalent(tested, 0.02 + reach)).toBeLessThan(0.05);
  });

  it("never follows from wide intervals", () => {
    expect(pEquivalent({ ...tested, standardError: 0.5 }, 0.05)).toBeGreaterThan(0.4);
    expect(pNotWorse({ ...tested, estimate: -0.05, standardError: 0.01 }, 0.02)).toBeGreaterThan(
      0.9,
    );
    expect(pNotWorse({ ...tested, standardError: 0.01 }, 0.05)).toBeLessThan(0.001);
  });
});

describe("permutation tests", () => {
  it("enumerate small samples", () => {
    expect(signFlipTest([1, 2, 3])).toMatchObject({ p: 0.25, exact: true, smallest: 0.25 });
    // 3 of 20 splits on each side are as far apart: {4,5,6}; of 20 there are 2.
    expect(labelPermutationTest([4, 5, 6], [1, 2, 3])).toMatchObject({ p: 0.1, smallest: 0.1 });
    expect(labelPermutationTest([1, 1], [1, 1]).p).toBe(1);
  });

  it("call samples of one value the same, however their sums round", () => {
    const test = (value: number, a: number, b: number) =>
      labelPermutationTest(Array<number>(a).fill(value), Array<number>(b).fill(value));
    for (const value of [0.1, 0.3, 1 / 3, 0.7]) {
      for (let a = 1; a <= 8; a++) {
        // Seeds that are copies: enumerated with 8 others, drawn with 16.
        for (const b of [1, 5, 8, 16]) expect(test(value, a, b).p).toBeCloseTo(1, 12);
      }
    }
    // 0.1 + 0.2 − 0.3 is no 0, and depends on the order.
    expect(signFlipTest([0.1, 0.2, -0.3, 0.3, -0.1, -0.2]).p).toBe(1);
  });

  it("draw from large ones, near the t-test", () => {
    const differences = Array.from({ length: 60 }, (_, i) => Math.sin(i * 7.3) + 0.2);
    const drawn = signFlipTest(differences);
    expect(drawn.exact).toBe(false);
    expect(Math.abs(drawn.p - pairedT(differences).p)).toBeLessThan(0.02);
  });
});

describe("pairedBootstrap", () => {
  it("is near Student's interval for many differences", () => {
    const differences = Array.from({ length: 400 }, (_, i) => Math.sin(i * 1.7) + 0.1);
    const [boot, t] = [pairedBootstrap(differences), pairedT(differences)];
    expect(boot.ci[0]).toBeCloseTo(t.ci[0], 2);
    expect(boot.ci[1]).toBeCloseTo(t.ci[1], 2);
  });
});

describe("mannWhitney", () => {
  it("counts pairs, ties as half", () => {
    expect(mannWhitney([3, 4], [1, 2])).toMatchObject({ u: 4, auc: 1, rankBiserial: 1 });
    expect(mannWhitney([1, 2], [2, 3])).toMatchObject({ u: 0.5, auc: 0.125 });
    expect(mannWhitney([1, 1], [1, 1])).toMatchObject({ auc: 0.5, p: 1 });
  });
});
