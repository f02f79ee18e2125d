/**
 * One step of Group Relative Policy Optimisation (arXiv 2402.03300, §4.1 and algorithm 1): sample, reward, compare
 * within each group, and climb the clipped objective for several updates on the same batch.
 */
import type { GradientSequence, Sequence, TokenStats } from "../engine/index.ts";
import { EngineError } from "../errors.ts";
import type { RolloutRow } from "../records/index.ts";
import type { GrpoConfig } from "./config.ts";
import { policyTerms, tokenWeights, type SurrogateTerms } from "./losses.ts";
import { countUpdate, newTally, rolloutRow, stepMetrics, type StepMetrics } from "./metrics.ts";
import { minibatches } from "./order.ts";
import {
  gradeGroup,
  sampleGroups,
  scoreAgain,
  scoreInitial,
  toExperience,
  type Experience,
  type GrpoRun,
} from "./rollouts.ts";
import { rememberGrades } from "./remember.ts";
import { scheduledRate } from "./schedule.ts";
import { stopwatch, type PhaseSeconds } from "./stopwatch.ts";

export interface StepResult {
  /** pure functions of the configuration */
  readonly metrics: StepMetrics;
  /** [N] */
  readonly rollouts: readonly RolloutRow[];
  /** wall time by phase */
  readonly seconds: PhaseSeconds;
}

/**
 * @param step 1 … grpo.steps; every random number of the step is keyed by it
 * @throws EngineError if the gradient is not finite
 */
export async function grpoStep(run: GrpoRun, step: number): Promise<StepResult> {
  const { engine, grpo, seed, initial, signal } = run;
  const { temperature } = grpo;
  const task = rememberGrades(run.task);
  const { timed, seconds } = stopwatch();

  // P prompts, G rollouts of each, their rewards, and their advantages within the group.
  let groups_P = await timed("sample", () => sampleGroups(run, step));
  if (temperature !== 1) groups_P = await timed("score", () => scoreAgain(groups_P, run));
  if (initial) groups_P = await timed("score", () => scoreInitial(groups_P, run, initial));
  const grades_PG = await Promise.all(
    groups_P.map((group) => gradeGroup(group, { ...run, task }, step)),
  );
  const { experience_N, deadGroups } = toExperience(groups_P, grades_PG, run);

  const tally = newTally();
  let update = (step - 1) * grpo.epochs * grpo.updates;
  for (let epoch = 0; epoch < grpo.epochs; epoch++) {
    const key = { seed, step, epoch };
    for (const batch_B of minibatches(experience_N, (e) => e.trained, grpo.updates, key)) {
      const learningRate = scheduledRate(grpo, update++);
      if (batch_B.length === 0) continue;

      // Before the first update the policy is the one that sampled: its log-probabilities are the current ones.
      const current_B =
        tally.updates === 0
          ? batch_B.map(({ rollout }) => rollout)
          : await timed("score", () =>
              engine.score(batch_B.map(toSequence), { temperature, signal }),
            );
      const { gradients_B, surrogates_B } = objective(batch_B, current_B, grpo);

      const { gradNorm } = await timed("train", async () => {
        await engine.accumulate(gradients_B.filter(contributes), { temperature, signal });
        return engine.optimStep({ learningRate, ...optimiser(grpo) });
      });
      if (!Number.isFinite(gradNorm)) throw diverged(step);
      countUpdate(tally, surrogates_B, { gradNorm, learningRate });
    }
  }

  const rollouts = await Promise.all(experience_N.map((e) => rolloutRow(step, e, task)));
  const groups = { total: groups_P.length, dead: deadGroups };
  const metrics = stepMetrics(step, experience_N, rollouts, groups, tally);
  return { metrics, rollouts, seconds: seconds() };
}

/** The objective of one minibatch as coefficients on its tokens, and its ratios and clips. */
function objective(
  batch_B: readonly Experience[],
  current_B: readonly TokenStats[],
  grpo: GrpoConfig,
): { gradients_B: GradientSequence[]; surrogates_B: SurrogateTerms[] } {
  const lengths_B = batch_B.map(({ rollout }) => rollout.tokens_T.length);
  const weights_B = tokenWeights(lengths_B, grpo);
  const gradients_B: GradientSequence[] = [];
  const surrogates_B: SurrogateTerms[] = [];
  for (const [b, experience] of batch_B.entries()) {
    const { rollout, advantage } = experience;
    const current = current_B[b];
    const weight = weights_B[b];
    if (!current || weight === undefined) throw new RangeError(`no statistics of sequence ${b}`);
    const { gradient, surrogate } = policyTerms(
      {
        current_T: current.logprobs_T,
        old_T: rollout.logprobs_T,
        reference_T: rollout.initial?.logprobs_T,
        advantage,
        weight,
      },
      grpo,
    );
    gradients_B.push({ ...toSequence(experience), ...gradient });
    surrogates_B.push(surrogate);
  }
  return { gradients_B, surrogates_B };
}

/** Dead groups and clipped completions add nothing: leaving them out changes the cost, not the gradient. */
function contributes(gradient: GradientSequence): boolean {
  const { coefficients_T, entropyCoefficients_T, selfCertaintyCoefficients_T } = gradient;
  return [coefficients_T, entropyCoefficients_T, selfCertaintyCoefficients_T].some((values_T) =>
    values_T?.some((value) => value !== 0),
  );
}

function toSequence({ prompt, rollout }: Experience): Sequence {
  return { prompt, completion_T: rollout.tokens_T };
}

function optimiser({ beta1, beta2, adamEps, weightDecay, maxGradNorm }: GrpoConfig) {
  return { beta1, beta2, epsilon: adamEps, weightDecay, maxGradNorm: maxGradNorm ?? undefined };
}

function diverged(step: number): EngineError {
  return new EngineError(`the gradient is not finite at step ${step}`, {
    code: "diverged",
    hint: "Lower grpo.learningRate, or set grpo.clip and grpo.maxGradNorm.",
  });
}
