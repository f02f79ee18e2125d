import { describe, expect, it } from "vitest";
import { stream } from "../random.ts";
import {
  bootstrapMean,
  percentileInterval,
  quantile,
  replicatedDifference,
  replicateMean,
  resample,
} from "./bootstrap.ts";

const constant = (value: number, seeds: number, problems: number) => ({
  values_SQ: Array.from({ length: seeds }, () => new Float64Array(problems).fill(value)),
});

describe("resample", () => {
  it("draws as many problems as there are, in every replicate, the same for the same question", () => {
    const { counts_RQ } = resample(7, 50);
    for (let r = 0; r < 50; r++) {
      const drawn = counts_RQ.subarray(7 * r, 7 * (r + 1)).reduce((sum, count) => sum + count, 0);
      expect(drawn).toBe(7);
    }
    expect(resample(7, 50)).toEqual(resample(7, 50));
  });

  it("draws each problem once on average", () => {
    const { counts_RQ } = resample(5, 4000);
    for (let q = 0; q < 5; q++) {
      let sum = 0;
      for (let r = 0; r < 4000; r++) sum += counts_RQ[5 * r + q] ?? 0;
      // Standard error: √(4/5 / 4000) ≈ 0.014.
      expect(Math.abs(sum / 4000 - 1)).toBeLessThan(0.06);
    }
  });
});

describe("replicateMean", () => {
  it("has no spread where all values are equal", () => {
    const { point, draws_R } = replicateMean(constant(0.25, 3, 10), resample(10, 100));
    expect(point).toBe(0.25);
    expect([...draws_R].every((draw) => draw === 0.25)).toBe(true);
  });

  it("draws one of two seeds, so that the variance over seeds is unbiased", () => {
    // Seeds at 0 and 1: S² = 1/2, S²/2 = 1/4, which is the variance of one draw from {0, 1}.
    const values_SQ = [new Float64Array(4).fill(0), new Float64Array(4).fill(1)];
    const { point, draws_R } = replicateMean({ values_SQ }, resample(4, 4000));
    expect(point).toBe(0.5);
    expect(new Set(draws_R)).toEqual(new Set([0, 1]));
    const share = draws_R.reduce((sum, draw) => sum + draw, 0) / 4000;
    expect(Math.abs(share - 0.5)).toBeLessThan(0.04);
  });

  it("spreads over problems as the binomial does, with one seed", () => {
    // Half of Q problems right: the bootstrap mean is Binomial(Q, 1/2)/Q, of variance 1/(4Q).
    const problems = 100;
    const values_SQ = [Float64Array.from({ length: problems }, (_, q) => q % 2)];
    const { draws_R } = replicateMean({ values_SQ }, resample(problems));
    const mean = draws_R.reduce((sum, draw) => sum + draw, 0) / draws_R.length;
    const variance = draws_R.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws_R.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.004);
    expect(variance * 4 * problems).toBeGreaterThan(0.9);
    expect(variance * 4 * problems).toBeLessThan(1.1);
  });
});

describe("replicatedDifference", () => {
  it("is paired over problems: a constant gain has no spread however the problems differ", () => {
    const resampling = resample(6, 200);
    const base = { values_SQ: [Float64Array.from([0, 0.25, 0.5, 0.5, 0.75, 0])] };
    const arm = {
      values_SQ: [0, 1].map(() => base.values_SQ[0]?.map((v) => v + 0.25) ?? new Float64Array()),
    };
    const { estimate, ci } = replicatedDifference(
      replicateMean(arm, resampling),
      replicateMean(base, resampling),
    );
    expect(estimate).toBeCloseTo(0.25, 12);
    expect(ci[0]).toBeCloseTo(0.25, 12);
    expect(ci[1]).toBeCloseTo(0.25, 12);
  });

  it("is paired over seeds: arms that differ by a constant in every seed differ by it for sure", () => {
    const resampling = resample(3, 200);
    const at = (values: readonly number[]) =>
      replicateMean({ values_SQ: values.map((v) => new Float64Array(3).fill(v)) }, resampling);
    const { ci } = replicatedDifference(at([0.5, 0.25, 1]), at([0.25, 0, 0.75]));
    expect(ci).toEqual([0.25, 0.25]);
  });
});

describe("quantile", () => {
  it("interpolates between order statistics", () => {
    const sorted = Float64Array.from([10, 20, 30, 40]);
    expect(quantile(sorted, 0)).toBe(10);
    expect(quantile(sorted, 0.5)).toBe(25);
    expect(quantile(sorted, 1)).toBe(40);
    expect(percentileInterval(Float64Array.from({ length: 41 }, (_, i) => 40 - i))).toEqual([
      1, 39,
    ]);
  });
});

describe("coverage on a simulated design", () => {
  /** How often the interval holds the true gain of .15, over trials with S seeds and noise over seeds and samples. */
  function coverage(seeds: number, seedNoise: number): number {
    const problems = 60;
    const samples = 4;
    const trials = 200;
    const resampling = resample(problems, 400);
    let hits = 0;
    for (let n = 0; n < trials; n++) {
      const random = stream(n, "test", seeds);
      const chances_Q = Float64Array.from({ length: problems }, () => 0.2 + 0.5 * random.uniform());
      const answer = (chance: number) => {
        let right = 0;
        for (let k = 0; k < samples; k++) if (random.uniform() < chance) right++;
        return right / samples;
      };
      const base = { values_SQ: [chances_Q.map(answer)] };
      const values_SQ = Array.from({ length: seeds }, () => {
        const gain = 0.15 + seedNoise * random.normal();
        return chances_Q.map((chance) => answer(chance + gain));
      });
      const { ci } = replicatedDifference(
        replicateMean({ values_SQ }, resampling),
        replicateMean(base, resampling),
      );
      if (ci[0] <= 0.15 && 0.15 <= ci[1]) hits++;
    }
    return hits / trials;
  }

  it("is near 95% with eight seeds", () => {
    expect(coverage(8, 0.04)).toBeGreaterThan(0.89);
  });

  it("falls short with two seeds that differ much, which is why verdicts do not use it", () => {
    expect(coverage(2, 0.2)).toBeLessThan(0.85);
  });
});

describe("bootstrapMean", () => {
  it("has the binomial's interval for shares, none for one problem, and nothing for none", () => {
    const { estimate, ci } = bootstrapMean(Array.from({ length: 100 }, (_, q) => q % 2));
    expect(estimate).toBe(0.5);
    // 0.5 ± 1.96 · 0.05
    expect(ci?.[0]).toBeCloseTo(0.402, 1);
    expect(ci?.[1]).toBeCloseTo(0.598, 1);
    expect(bootstrapMean([0.5])).toEqual({ estimate: 0.5, ci: null });
    expect(() => bootstrapMean([])).toThrow(RangeError);
  });
});
