/**
 * The GRPO objective as coefficients on token log-probabilities, in closed form. With θ_t = log π(o_t | q, o_<t):
 *
 *   J = Σ_t w_t · ( min(ρ_t·A_t, clip(ρ_t, 1 − low, 1 + high)·A_t) − β·k(θ_t − ref_t) ),   ρ_t = exp(θ_t − old_t)
 *
 * and ∇J = Σ_t c_t ∇θ_t with c_t = ∂J/∂θ_t at the current θ. An engine needs nothing but c_t.
 */
import type { Advantage } from "./advantages.ts";
import type { GrpoConfig } from "./config.ts";

export interface SurrogateTerms {
  /** [T] ∂/∂θ_t of min(ρ_t·A, clip(ρ_t)·A), before the weight w_t */
  readonly coefficients_T: Float32Array;
  /** tokens whose gradient the lower clip removed: A < 0 and ρ < 1 − low */
  readonly clippedLow: number;
  /** tokens whose gradient the upper clip removed: A > 0 and ρ > 1 + high */
  readonly clippedHigh: number;
  readonly ratioSum: number;
  readonly ratioMax: number;
}

/**
 * The clipped surrogate (arXiv 1707.06347, eq. 7). Since ∂ρ/∂θ = ρ, the coefficient is A·ρ_t where the minimum takes
 * the unclipped branch, and 0 where it takes the clipped one, which is constant in θ.
 *
 * @param current_T [T] θ under the policy that is being updated
 * @param old_T [T] θ under the policy that sampled
 * @param advantage A of all tokens alike, or [T] of each
 */
export function surrogateTerms(
  current_T: Float32Array,
  old_T: Float32Array,
  advantage: Advantage,
  clip: GrpoConfig["clip"],
): SurrogateTerms {
  const floor = clip.low === null ? -Infinity : 1 - clip.low;
  const ceiling = clip.high === null ? Infinity : 1 + clip.high;
  const coefficients_T = new Float32Array(current_T.length);
  let clippedLow = 0;
  let clippedHigh = 0;
  let ratioSum = 0;
  let ratioMax = 0;
  for (const [t, current] of current_T.entries()) {
    const ratio = Math.exp(current - (old_T[t] ?? NaN));
    ratioSum += ratio;
    ratioMax = Math.max(ratioMax, ratio);
    const A = typeof advantage === "number" ? advantage : (advantage[t] ?? NaN);
    if (A < 0 && ratio < floor) clippedLow++;
    else if (A > 0 && ratio > ceiling) clippedHigh++;
    else coefficients_T[t] = A * ratio;
  }
  return { coefficients_T, clippedLow, clippedHigh, ratioSum, ratioMax };
}

export type KlEstimator = GrpoConfig["kl"]["estimator"];

/**
 * Estimators of KL(π‖ref) from one sampled token (Schulman, "Approximating KL divergence"), with d = θ − ref:
 * `value` is the estimate k(d), `slope` its derivative ∂k/∂θ, so that the penalty adds −β·w_t·slope to c_t.
 *
 * | | k(d) | ∂k/∂θ | as a loss |
 * |---|---|---|---|
 * | k1 | d | 1 | its expected gradient is E[∇θ] = 0: noise, no penalty |
 * | k2 | d²/2 | d | its expected gradient is that of KL(π‖ref) |
 * | k3 | e^−d + d − 1 | 1 − e^−d | its expected gradient is that of KL(ref‖π) |
 *
 * (Expectations over tokens of the current π: E[d·∇θ] = ∇KL(π‖ref), E[−e^−d·∇θ] = −Σ ref·∇θ = ∇KL(ref‖π).)
 */
export const klEstimators: {
  readonly [E in KlEstimator]: {
    readonly value: (d: number) => number;
    readonly slope: (d: number) => number;
  };
} = {
  k1: { value: (d) => d, slope: () => 1 },
  k2: { value: (d) => (d * d) / 2, slope: (d) => d },
  k3: { value: (d) => Math.expm1(-d) + d, slope: (d) => -Math.expm1(-d) },
};

/** [T] k(θ_t − ref_t), for metrics. */
export function klValues(
  current_T: Float32Array,
  reference_T: Float32Array,
  estimator: KlEstimator,
): Float32Array {
  const { value } = klEstimators[estimator];
  return current_T.map((current, t) => value(current - (reference_T[t] ?? NaN)));
}

/** [T] ∂k/∂θ_t. */
export function klSlopes(
  current_T: Float32Array,
  reference_T: Float32Array,
  estimator: KlEstimator,
): Float32Array {
  const { slope } = klEstimators[estimator];
  return current_T.map((current, t) => slope(current - (reference_T[t] ?? NaN)));
}

/**
 * w_t: how token terms become one number. All tokens of a sequence share one weight.
 *
 * - `token-mean`: 1/Σ_b T_b, every token of the minibatch counts alike (verl's default, DAPO's loss)
 * - `sequence-mean`: 1/(B·T_b), every sequence counts alike (arXiv 2402.03300, eq. 3)
 * - `dr-grpo`: 1/(B·maxTokens), no length in the denominator (arXiv 2503.20783)
 *
 * @param lengths_B [B] tokens of each sequence of one minibatch, each ≥ 1
 * @returns [B] the weight of each token of the sequence
 */
export function tokenWeights(
  lengths_B: readonly number[],
  { aggregation, maxTokens }: Pick<GrpoConfig, "aggregation" | "maxTokens">,
): readonly number[] {
  const sequences = lengths_B.length;
  const tokens = lengths_B.reduce((sum, length) => sum + length, 0);
  const weight: { readonly [A in GrpoConfig["aggregation"]]: (length: number) => number } = {
    "token-mean": () => 1 / tokens,
    "sequence-mean": (length) => 1 / (sequences * length),
    "dr-grpo": () => 1 / (sequences * maxTokens),
  };
  return lengths_B.map(weight[aggregation]);
}

/** What one sequence of a minibatch brings to the objective. */
export interface PolicyInput {
  readonly current_T: Float32Array;
  readonly old_T: Float32Array;
  /** log-probabilities under the frozen reference; needed where β > 0 */
  readonly reference_T?: Float32Array;
  readonly advantage: Advantage;
  /** w_t of each of its tokens */
  readonly weight: number;
}

export interface PolicyTerms {
  /** what the engine takes: [T] each */
  readonly gradient: {
    /** c_t, complete */
    readonly coefficients_T: Float32Array;
    /** on the token entropy, where it has a bonus: the engine differentiates the entropy itself */
    readonly entropyCoefficients_T?: Float32Array;
    /** on self-certainty, likewise */
    readonly selfCertaintyCoefficients_T?: Float32Array;
  };
  /** ratios and clips, for metrics */
  readonly surrogate: SurrogateTerms;
}

/** c_t = w_t·(surrogate_t − β·slope_t), and w_t·bonus for entropy and self-certainty. */
export function policyTerms(
  { current_T, old_T, reference_T, advantage, weight }: PolicyInput,
  config: Pick<GrpoConfig, "clip" | "kl" | "entropyBonus" | "selfCertaintyBonus">,
): PolicyTerms {
  const { beta, estimator } = config.kl;
  if (beta > 0 && reference_T === undefined)
    throw new TypeError("a KL penalty needs the reference's log-probabilities");
  const surrogate = surrogateTerms(current_T, old_T, advantage, config.clip);
  const slopes_T =
    reference_T && beta > 0 ? klSlopes(current_T, reference_T, estimator) : undefined;
  const bonus = (size: number) =>
    size === 0 ? undefined : new Float32Array(current_T.length).fill(weight * size);
  return {
    gradient: {
      coefficients_T: surrogate.coefficients_T.map(
        (coefficient, t) => weight * (coefficient - beta * (slopes_T?.[t] ?? 0)),
      ),
      entropyCoefficients_T: bonus(config.entropyBonus),
      selfCertaintyCoefficients_T: bonus(config.selfCertaintyBonus),
    },
    surrogate,
  };
}
