/** Advantages: how much better a rollout, or each of its steps, did than the other rollouts of its prompt. */
import { hasSteps, type RewardGrade } from "../rewards/index.ts";
import { isUngraded, type Grade } from "../tasks/index.ts";
import type { GrpoConfig } from "./config.ts";

/** Of all tokens of a rollout alike, or [T] of each. */
export type Advantage = number | Float32Array;

export interface GroupAdvantages {
  /** [G]; 0 for ungraded rollouts */
  readonly advantages_G: readonly number[];
  /** the graded rewards do not differ, so they say nothing about which rollout was better */
  readonly dead: boolean;
}

type Normalisation = Pick<GrpoConfig, "advantage" | "advantageEps">;

/**
 * How the rewards of one group, R, are normalised: one a rollout, or one a step.
 *
 * - `std`: r̃ = (r − mean(R))/(std(R) + eps) with std at ddof 1 (GRPO, arXiv 2402.03300, §4.1.2)
 * - `mean-only`: r̃ = r − mean(R) (Dr. GRPO, arXiv 2503.20783)
 * - `none`: r̃ = r
 *
 * Ungraded rollouts enter neither mean nor deviation. A group whose graded rewards are all equal, or with fewer than
 * two of them, is dead: its advantages are exactly 0 under `std` and `mean-only`, free of rounding.
 */
function normaliser(rewards: readonly number[], { advantage, advantageEps }: Normalisation) {
  const dead = rewards.every((reward) => reward === rewards[0]);
  const center = rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
  const squares = rewards.reduce((sum, reward) => sum + (reward - center) ** 2, 0);
  const deviation = Math.sqrt(squares / (rewards.length - 1));

  const normalise: { readonly [A in GrpoConfig["advantage"]]: (reward: number) => number } = {
    std: (reward) => (dead ? 0 : (reward - center) / (deviation + advantageEps)),
    "mean-only": (reward) => (dead ? 0 : reward - center),
    none: (reward) => reward,
  };
  return { normalise: normalise[advantage], dead };
}

/**
 * One advantage a rollout: its normalised reward.
 *
 * @param grades_G [G] in the order of the rollouts
 */
export function groupAdvantages(
  grades_G: readonly Grade[],
  normalisation: Normalisation,
): GroupAdvantages {
  const rewards = grades_G.flatMap((grade) => (isUngraded(grade) ? [] : [grade.value]));
  const { normalise, dead } = normaliser(rewards, normalisation);
  return {
    advantages_G: grades_G.map((grade) => (isUngraded(grade) ? 0 : normalise(grade.value))),
    dead,
  };
}

export interface StepAdvantages {
  /** [G][K] of the tokens of each step; none for ungraded rollouts */
  readonly advantages_GK: readonly (readonly number[])[];
  readonly dead: boolean;
}

/**
 * One advantage a step (process supervision, arXiv 2402.03300, §4.1.3): R holds the rewards of all steps of all rollouts
 * of the group, and the tokens of a step have the sum of what is still to come, A_k = Σ_{j ≥ k} r̃_j. With one step a
 * rollout it is `groupAdvantages`.
 *
 * @param grades_G [G] in the order of the rollouts; a grade without steps is one step
 */
export function stepAdvantages(
  grades_G: readonly RewardGrade[],
  normalisation: Normalisation,
): StepAdvantages {
  const rewards_GK = grades_G.map(rewardsOf);
  const { normalise, dead } = normaliser(rewards_GK.flat(), normalisation);
  return { advantages_GK: rewards_GK.map((rewards_K) => sumsToGo(rewards_K.map(normalise))), dead };
}

/** [K] */
function rewardsOf(grade: RewardGrade): readonly number[] {
  if (isUngraded(grade)) return [];
  return hasSteps(grade) ? grade.steps.map(({ value }) => value) : [grade.value];
}

/** Σ_{j ≥ k} of each element. */
function sumsToGo(values_K: readonly number[]): number[] {
  const sums_K = [...values_K];
  for (let k = sums_K.length - 2; k >= 0; k--) {
    sums_K[k] = (sums_K[k] ?? 0) + (sums_K[k + 1] ?? 0);
  }
  return sums_K;
}

/** The advantage of a whole rollout, for records: the mean over its tokens. */
export function meanAdvantage(advantage: Advantage): number {
  if (typeof advantage === "number") return advantage;
  return advantage.reduce((sum, each) => sum + each, 0) / advantage.length;
}

/** variances below this count as this, as in the released code's `clamp(min=1e-8).rsqrt()` */
const MIN_VARIANCE = 1e-8;

/**
 * The second whitening of the released Spurious Rewards code (OpenRLHF's `replay_buffer.normalize`, absent from
 * arXiv 2506.10947): mean 0 and variance 1 (ddof 0) over all *tokens* of the batch, each carrying its rollout's
 * advantage. It amplifies rare winners, couples the advantage to length, and gives dead groups an advantage.
 *
 * @param advantages_N [N] advantages of the rollouts that are trained on
 * @param lengths_N [N] their numbers of tokens
 * @returns [N]
 */
export function whiten<A extends Advantage>(
  advantages_N: readonly A[],
  lengths_N: readonly number[],
): readonly A[] {
  const overTokens = (value: (advantage: number) => number) =>
    advantages_N.reduce<number>((sum, advantage, n) => {
      if (typeof advantage === "number") return sum + value(advantage) * (lengths_N[n] ?? 0);
      return advantage.reduce((part, each) => part + value(each), sum);
    }, 0);
  const tokens = overTokens(() => 1);
  const center = overTokens((advantage) => advantage) / tokens;
  const variance = overTokens((advantage) => (advantage - center) ** 2) / tokens;
  const scale = 1 / Math.sqrt(Math.max(variance, MIN_VARIANCE));
  return advantages_N.map((advantage) => {
    const change = (each: number) => (each - center) * scale;
    // A number stays a number, and an array an array.
    return (typeof advantage === "number" ? change(advantage) : advantage.map(change)) as A;
  });
}
