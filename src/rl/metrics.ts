/** What a step reports: one `MetricsRow`, and one `RolloutRow` a rollout with the reward and advantage it really had. */
import type { MetricsRow, RolloutRow } from "../records/index.ts";
import { isUngraded, strategyOf, type Grading } from "../tasks/index.ts";
import { hasSteps } from "../rewards/index.ts";
import { meanAdvantage } from "./advantages.ts";
import { klValues, type SurrogateTerms } from "./losses.ts";
import type { Experience } from "./rollouts.ts";
import { mean, standardDeviation, summariseOutcomes, tokenMean } from "./stats.ts";

/** The part of a row that is a pure function of the configuration. */
export type StepMetrics = Omit<MetricsRow, "time">;

/** Sums over the updates of one step. */
export interface UpdateTally {
  updates: number;
  /** trained tokens, each counted once an epoch */
  tokens: number;
  clippedLow: number;
  clippedHigh: number;
  ratioSum: number;
  ratioMax: number;
  gradNormSum: number;
  /** of the last update */
  learningRate: number;
}

export const newTally = (): UpdateTally => ({
  updates: 0,
  tokens: 0,
  clippedLow: 0,
  clippedHigh: 0,
  ratioSum: 0,
  ratioMax: 0,
  gradNormSum: 0,
  learningRate: 0,
});

/** Counts one optimiser update. */
export function countUpdate(
  tally: UpdateTally,
  terms_B: readonly SurrogateTerms[],
  update: { readonly gradNorm: number; readonly learningRate: number },
): void {
  tally.updates++;
  tally.gradNormSum += update.gradNorm;
  tally.learningRate = update.learningRate;
  for (const { coefficients_T, clippedLow, clippedHigh, ratioSum, ratioMax } of terms_B) {
    tally.tokens += coefficients_T.length;
    tally.clippedLow += clippedLow;
    tally.clippedHigh += clippedHigh;
    tally.ratioSum += ratioSum;
    tally.ratioMax = Math.max(tally.ratioMax, ratioMax);
  }
}

/** One line of `rollouts.jsonl`. */
export async function rolloutRow(
  step: number,
  experience: Experience,
  task: Pick<Grading, "grade">,
): Promise<RolloutRow> {
  const { problem, g, rollout, grade, advantage } = experience;
  const { tokens_T, text, answer, finish } = rollout;
  const verdict = await task.grade(answer, problem.answer, problem);
  return {
    step,
    problem: problem.id,
    // Once a group is enough.
    ...(g === 0 ? { prompt: problem.prompt } : {}),
    g,
    tokens: [...tokens_T],
    text,
    answer,
    correct: isUngraded(verdict) ? null : verdict.value,
    strategy: strategyOf(text),
    ...(isUngraded(grade)
      ? { reward: null, ungraded: grade.ungraded }
      : { reward: grade.value, parts: grade.parts }),
    advantage: meanAdvantage(advantage),
    ...stepsOf(experience),
    finish,
  };
}

/** What each step earned and the advantage that its tokens had; nothing where the reward is not by steps. */
function stepsOf({ grade, advantage, stepTokens_K = [] }: Experience): Pick<RolloutRow, "steps"> {
  if (!hasSteps(grade)) return {};
  return {
    steps: grade.steps.map(({ end, value }, k) => {
      const token = stepTokens_K[k] ?? NaN;
      return {
        end,
        token,
        value,
        advantage: typeof advantage === "number" ? advantage : (advantage[token] ?? NaN),
      };
    }),
  };
}

/**
 * One line of `metrics.jsonl`, without its times. Entropy, self-certainty and KL are means over all sampled tokens
 * under the policy that sampled them. A step that trained on nothing reports ratio 1 and gradient norm 0.
 */
export function stepMetrics(
  step: number,
  experience_N: readonly Experience[],
  rows_N: readonly RolloutRow[],
  groups: { readonly total: number; readonly dead: number },
  tally: UpdateTally,
): StepMetrics {
  const rollouts = experience_N.map(({ rollout }) => rollout);
  const rewards = rows_N.flatMap(({ reward }) => (reward === null ? [] : [reward]));
  const lengths = rollouts.map(({ tokens_T }) => tokens_T.length);
  const trained = experience_N.filter((experience) => experience.trained);
  const perToken = (sum: number, none: number) => (tally.tokens === 0 ? none : sum / tally.tokens);
  return {
    step,
    rewardMean: mean(rewards),
    rewardStd: standardDeviation(rewards),
    ungraded: rows_N.length - rewards.length,
    advantageStd: standardDeviation(trained.map(({ advantage }) => meanAdvantage(advantage))) ?? 0,
    deadGroups: groups.dead,
    deadGroupShare: groups.dead / groups.total,
    kl: tokenMean(
      rollouts.flatMap(({ logprobs_T, initial }) =>
        initial ? [klValues(logprobs_T, initial.logprobs_T, "k3")] : [],
      ),
    ),
    entropy: tokenMean(rollouts.map(({ entropy_T }) => entropy_T)) ?? 0,
    selfCertainty: tokenMean(rollouts.map(({ selfCertainty_T }) => selfCertainty_T)) ?? 0,
    clipLow: perToken(tally.clippedLow, 0),
    clipHigh: perToken(tally.clippedHigh, 0),
    ratioMean: perToken(tally.ratioSum, 1),
    ratioMax: tally.tokens === 0 ? 1 : tally.ratioMax,
    lengthMean: mean(lengths) ?? 0,
    lengthMax: Math.max(...lengths),
    truncated: rollouts.filter(({ finish }) => finish === "length").length / rollouts.length,
    ...summariseOutcomes(rows_N),
    gradNorm: tally.updates === 0 ? 0 : tally.gradNormSum / tally.updates,
    learningRate: tally.learningRate,
    tokens: lengths.reduce((sum, length) => sum + length, 0),
  };
}
