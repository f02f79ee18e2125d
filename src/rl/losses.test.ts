import { fc } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { grpoSchema, type GrpoConfig } from "./config.ts";
import {
  klEstimators,
  policyTerms,
  surrogateTerms,
  tokenWeights,
  type KlEstimator,
} from "./losses.ts";

const logprob = fc.double({ min: -6, max: -0.01, noNaN: true });
const advantage = fc.double({ min: -3, max: 3, noNaN: true });
const clip = fc.record({
  low: fc.option(fc.constantFrom(0.1, 0.2, 0.5)),
  high: fc.option(fc.constantFrom(0.1, 0.28, 2)),
});
const estimator = fc.constantFrom<KlEstimator>("k1", "k2", "k3");

/** The scalar objective of one token, written from the definition and sharing no code with the closed form. */
function objective(
  theta: number,
  at: { old: number; reference: number; A: number; weight: number },
  { clip: { low, high }, kl }: Pick<GrpoConfig, "clip" | "kl">,
): number {
  const ratio = Math.exp(theta - at.old);
  const clipped = Math.min(Math.max(ratio, 1 - (low ?? Infinity)), 1 + (high ?? Infinity));
  const delta = at.reference - theta;
  const penalty = {
    k1: -delta,
    k2: 0.5 * delta ** 2,
    k3: Math.exp(delta) - delta - 1,
  }[kl.estimator];
  return at.weight * (Math.min(ratio * at.A, clipped * at.A) - kl.beta * penalty);
}

const logSoftmax = (z: number[]) => {
  const total = Math.log(z.reduce((sum, x) => sum + Math.exp(x), 0));
  return z.map((x) => x - total);
};

const kl = (from: number[], to: number[]) =>
  from.reduce((sum, x, v) => sum + Math.exp(x) * (x - (to[v] ?? NaN)), 0);

const total = (weights: readonly number[], of: readonly number[]) =>
  weights.reduce((sum, weight, b) => sum + weight * (of[b] ?? NaN), 0);

const weightsOf = (aggregation: GrpoConfig["aggregation"]) =>
  tokenWeights([1, 3], { aggregation, maxTokens: 8 });

describe("policyTerms", () => {
  test("is the derivative of the scalar objective", () => {
    fc.assert(
      fc.property(
        logprob,
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.double({ min: -2, max: 2, noNaN: true }),
        advantage,
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        clip,
        estimator,
        fc.constantFrom(0, 0.05, 1),
        (theta, toOld, toReference, A, weight, clipping, kind, beta) => {
          const current_T = Float32Array.of(theta);
          const old_T = Float32Array.of(theta - toOld);
          const reference_T = Float32Array.of(theta - toReference);
          const config = grpoSchema.parse({ clip: clipping, kl: { beta, estimator: kind } });
          // Differentiate where the function is smooth, in double precision from the rounded inputs.
          const point = current_T[0] ?? NaN;
          const at = { old: old_T[0] ?? NaN, reference: reference_T[0] ?? NaN, A, weight };
          const ratio = Math.exp(point - at.old);
          for (const edge of [1 - (clipping.low ?? 9), 1 + (clipping.high ?? 9)])
            fc.pre(Math.abs(ratio - edge) > 1e-3);
          const h = 1e-5;
          const numeric =
            (objective(point + h, at, config) - objective(point - h, at, config)) / (2 * h);
          const { gradient } = policyTerms(
            { current_T, old_T, reference_T, advantage: A, weight },
            config,
          );
          const difference = Math.abs((gradient.coefficients_T[0] ?? NaN) - numeric);
          expect(difference).toBeLessThan(1e-5 * (1 + Math.abs(numeric)));
        },
      ),
    );
  });

  test("k1 adds the constant −β·w", () => {
    const config = grpoSchema.parse({ kl: { beta: 0.5, estimator: "k1" } });
    const { gradient } = policyTerms(
      {
        current_T: Float32Array.of(-1, -2),
        old_T: Float32Array.of(-1, -2),
        reference_T: Float32Array.of(-3, -1),
        advantage: 0,
        weight: 0.25,
      },
      config,
    );
    expect([...gradient.coefficients_T]).toEqual([-0.125, -0.125]);
  });

  test("bonuses go to the engine as weights of its own gradients; absent where they are 0", () => {
    const input = {
      current_T: Float32Array.of(-1, -1),
      old_T: Float32Array.of(-1, -1),
      advantage: 1,
      weight: 0.5,
    };
    const none = policyTerms(input, grpoSchema.parse({})).gradient;
    expect(none.entropyCoefficients_T).toBeUndefined();
    expect(none.selfCertaintyCoefficients_T).toBeUndefined();
    const both = policyTerms(input, grpoSchema.parse({ entropyBonus: 2, selfCertaintyBonus: -4 }));
    expect([...(both.gradient.entropyCoefficients_T ?? [])]).toEqual([1, 1]);
    expect([...(both.gradient.selfCertaintyCoefficients_T ?? [])]).toEqual([-2, -2]);
  });

  test("a KL penalty without reference log-probabilities is refused", () => {
    const input = { current_T: Float32Array.of(-1), old_T: Float32Array.of(-1) };
    const config = grpoSchema.parse({ kl: { beta: 0.1 } });
    expect(() => policyTerms({ ...input, advantage: 1, weight: 1 }, config)).toThrow(TypeError);
  });
});

describe("surrogateTerms", () => {
  const old_T = Float32Array.of(-1, -1, -1);
  const current_T = Float32Array.of(-1 + Math.log(0.7), -1, -1 + Math.log(1.3));
  const both = { low: 0.2, high: 0.2 };

  test("the upper clip stops a positive advantage, the lower a negative one, and never the other way", () => {
    const up = surrogateTerms(current_T, old_T, 2, both);
    expect(up).toMatchObject({ clippedLow: 0, clippedHigh: 1 });
    expect(up.coefficients_T[0]).toBeCloseTo(1.4, 5);
    expect(up.coefficients_T[2]).toBe(0);
    const down = surrogateTerms(current_T, old_T, -2, both);
    expect(down).toMatchObject({ clippedLow: 1, clippedHigh: 0 });
    expect(down.coefficients_T[0]).toBe(0);
    expect(down.coefficients_T[2]).toBeCloseTo(-2.6, 5);
  });

  test("each clip is off on its own", () => {
    expect(surrogateTerms(current_T, old_T, 2, { low: 0.2, high: null }).clippedHigh).toBe(0);
    expect(surrogateTerms(current_T, old_T, -2, { low: null, high: 0.2 }).clippedLow).toBe(0);
  });

  test("without an advantage nothing is counted as clipped", () => {
    expect(surrogateTerms(current_T, old_T, 0, both)).toMatchObject({
      clippedLow: 0,
      clippedHigh: 0,
    });
  });

  test("reports the ratios", () => {
    const { ratioSum, ratioMax } = surrogateTerms(current_T, old_T, 1, both);
    expect(ratioSum).toBeCloseTo(3, 5);
    expect(ratioMax).toBeCloseTo(1.3, 5);
  });

  test("at ratio 1 the coefficient is the advantage: REINFORCE", () => {
    fc.assert(
      fc.property(fc.array(logprob, { minLength: 1 }), advantage, clip, (logprobs, A, clipping) => {
        const same = Float32Array.from(logprobs);
        const { coefficients_T } = surrogateTerms(same, same, A, clipping);
        expect([...coefficients_T]).toEqual(logprobs.map(() => Math.fround(A)));
      }),
    );
  });
});

describe("klEstimators", () => {
  test("slope is the derivative of value", () => {
    fc.assert(
      fc.property(fc.double({ min: -3, max: 3, noNaN: true }), estimator, (d, kind) => {
        const { value, slope } = klEstimators[kind];
        expect(slope(d)).toBeCloseTo((value(d + 1e-5) - value(d - 1e-5)) / 2e-5, 4);
      }),
    );
  });

  test("expected gradients over all tokens: k1 none, k2 that of KL(π‖ref), k3 that of KL(ref‖π)", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 }),
        fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 }),
        (logits, referenceLogits) => {
          const reference = logSoftmax(referenceLogits);

          const exact: { [E in KlEstimator]: (z: number[]) => number } = {
            k1: () => 0,
            k2: (z) => kl(logSoftmax(z), reference),
            k3: (z) => kl(reference, logSoftmax(z)),
          };
          const theta = logSoftmax(logits);
          for (const kind of ["k1", "k2", "k3"] as const) {
            for (const j of [0, 1, 2]) {
              const shifted = (by: number) => logits.map((z, v) => (v === j ? z + by : z));
              const wanted = (exact[kind](shifted(1e-5)) - exact[kind](shifted(-1e-5))) / 2e-5;
              const expected = theta.reduce((sum, logp, v) => {
                const score = Number(v === j) - Math.exp(theta[j] ?? NaN);
                return (
                  sum +
                  Math.exp(logp) * klEstimators[kind].slope(logp - (reference[v] ?? NaN)) * score
                );
              }, 0);
              expect(expected).toBeCloseTo(wanted, 5);
            }
          }
        },
      ),
    );
  });
});

describe("tokenWeights", () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 20 });

  test("token-mean and sequence-mean average a constant to itself", () => {
    fc.assert(
      fc.property(lengths, (lengths_B) => {
        for (const aggregation of ["token-mean", "sequence-mean"] as const) {
          const weights = tokenWeights(lengths_B, { aggregation, maxTokens: 64 });
          expect(total(weights, lengths_B)).toBeCloseTo(1, 10);
        }
      }),
    );
  });

  test("sequences, tokens or neither: what counts alike", () => {
    expect(weightsOf("token-mean")).toEqual([1 / 4, 1 / 4]);
    expect(weightsOf("sequence-mean")).toEqual([1 / 2, 1 / 6]);
    expect(weightsOf("dr-grpo")).toEqual([1 / 16, 1 / 16]);
  });
});
