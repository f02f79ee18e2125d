/** Advantages: how much better a rollout did than the other rollouts of its prompt. */
import { isUngraded, type Grade } from "../tasks/index.ts";
import type { GrpoConfig } from "./config.ts";

export interface GroupAdvantages {
  /** [G]; 0 for ungraded rollouts */
  readonly advantages_G: readonly number[];
  /** the graded rewards do not differ, so they say nothing about which rollout was better */
  readonly dead: boolean;
}

/**
 * Normalises the rewards of one group.
 *
 * - `std`: (r − mean)/(s + eps) with s the standard deviation at ddof 1 (GRPO, arXiv 2402.03300, §4.1.2)
 * - `mean-only`: r − mean (Dr. GRPO, arXiv 2503.20783)
 * - `none`: r
 *
 * Ungraded rollouts enter neither mean nor deviation. A group whose graded rewards are all equal, or with fewer than
 * two of them, is dead: its advantages are exactly 0 under `std` and `mean-only`, free of rounding.
 *
 * @param grades_G [G] in the order of the rollouts
 */
export function groupAdvantages(
  grades_G: readonly Grade[],
  { advantage, advantageEps }: Pick<GrpoConfig, "advantage" | "advantageEps">,
): GroupAdvantages {
  const rewards = grades_G.flatMap((grade) => (isUngraded(grade) ? [] : [grade.value]));
  const dead = rewards.every((reward) => reward === rewards[0]);
  const center = rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
  const squares = rewards.reduce((sum, reward) => sum + (reward - center) ** 2, 0);
  const deviation = Math.sqrt(squares / (rewards.length - 1));

  const normalise: { readonly [A in GrpoConfig["advantage"]]: (reward: number) => number } = {
    std: (reward) => (dead ? 0 : (reward - center) / (deviation + advantageEps)),
    "mean-only": (reward) => (dead ? 0 : reward - center),
    none: (reward) => reward,
  };
  return {
    advantages_G: grades_G.map((grade) =>
      isUngraded(grade) ? 0 : normalise[advantage](grade.value),
    ),
    dead,
  };
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
export function whiten(
  advantages_N: readonly number[],
  lengths_N: readonly number[],
): readonly number[] {
  const weighted = (value: (advantage: number) => number) =>
    advantages_N.reduce((sum, advantage, n) => sum + value(advantage) * (lengths_N[n] ?? 0), 0);
  const tokens = weighted(() => 1);
  const center = weighted((advantage) => advantage) / tokens;
  const variance = weighted((advantage) => (advantage - center) ** 2) / tokens;
  const scale = 1 / Math.sqrt(Math.max(variance, MIN_VARIANCE));
  return advantages_N.map((advantage) => (advantage - center) * scale);
}
