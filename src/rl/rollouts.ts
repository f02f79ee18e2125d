/** The first half of a step: prompts become rollouts, rollouts get rewards, rewards become advantages. */
import type { Engine, SnapshotId, TokenStats } from "../engine/index.ts";
import { uniform } from "../random.ts";
import {
  hasSteps,
  type CompiledReward,
  type FixedLabel,
  type RewardGrade,
  type Rollout,
} from "../rewards/index.ts";
import { isUngraded, type Grading, type Problem } from "../tasks/index.ts";
import { groupAdvantages, stepAdvantages, whiten, type Advantage } from "./advantages.ts";
import type { GrpoConfig } from "./config.ts";
import { promptOrder } from "./order.ts";
import { encodePrompt } from "./prompts.ts";
import { lastTokens, textEnds, tokenAdvantages } from "./steps.ts";

/** What stays the same in every step of a run. */
export interface GrpoRun {
  readonly engine: Engine;
  readonly task: Grading;
  /** strings that end a completion, which keeps them in its text; those of the prompt template */
  readonly stop?: readonly string[];
  readonly trainProblems: readonly Problem[];
  readonly reward: Pick<CompiledReward, "label" | "needs" | "score"> &
    Partial<Pick<CompiledReward, "checkProblem">>;
  readonly grpo: GrpoConfig;
  readonly seed: number;
  /** [problems] where the reward needs `fixed-labels` */
  readonly labels?: readonly FixedLabel[];
  /** frozen initial policy, where a KL penalty or the reward needs it */
  readonly initial?: SnapshotId;
  readonly signal?: AbortSignal;
}

/** The rollouts of one prompt. */
export interface RolloutGroup {
  /** position in the training problems */
  readonly index: number;
  readonly problem: Problem;
  readonly prompt: readonly number[];
  readonly rollouts_G: readonly Rollout[];
}

/** A rollout with what the update needs to know of it. */
export interface Experience {
  readonly problem: Problem;
  readonly g: number;
  readonly prompt: readonly number[];
  readonly rollout: Rollout;
  readonly grade: RewardGrade;
  readonly advantage: Advantage;
  /** [K] the last token of each step, where the reward is by steps */
  readonly stepTokens_K?: readonly number[];
  /** false: it enters no minibatch and no denominator (ungraded, masked, or in a skipped group) */
  readonly trained: boolean;
}

/** Samples G completions of each of the step's P problems; the random numbers are keyed (seed, step, problem, g). */
export async function sampleGroups(run: GrpoRun, step: number): Promise<RolloutGroup[]> {
  const { engine, grpo, seed, signal, stop, task, trainProblems } = run;
  const groups_P = promptOrder(trainProblems.length, grpo.prompts, seed, step).map((index) => {
    const problem = trainProblems[index];
    if (!problem) throw new RangeError(`no training problem ${index}`);
    return { index, problem, prompt: encodePrompt(engine, problem) };
  });
  const { temperature, topK, topP, maxTokens } = grpo;
  const completions_PG = await engine.sample(
    {
      prompts: groups_P.map(({ prompt }) => prompt),
      rollouts: grpo.group,
      params: { temperature, topK, topP, maxTokens, stop, keepStop: true },
      key: { seed, purpose: "sample", step, prompts: groups_P.map(({ problem }) => problem.key) },
    },
    { signal },
  );
  return groups_P.map((group, p) => ({
    ...group,
    rollouts_G: (completions_PG[p] ?? []).map((completion) => ({
      ...completion,
      answer: task.extract(completion.text),
    })),
  }));
}

/**
 * Statistics of the policy π_T that sampled in place of those at temperature 1, which samplers report: ratios and
 * gradients of another policy than the one that sampled would drift without any reward.
 */
export async function scoreAgain(
  groups_P: readonly RolloutGroup[],
  run: GrpoRun,
): Promise<RolloutGroup[]> {
  return scored(groups_P, run, undefined, (rollout, stats) => ({ ...rollout, ...stats }));
}

/** Adds the initial policy's statistics of the same tokens to every rollout. */
export async function scoreInitial(
  groups_P: readonly RolloutGroup[],
  run: GrpoRun,
  policy: SnapshotId,
): Promise<RolloutGroup[]> {
  return scored(groups_P, run, policy, (rollout, initial) => ({ ...rollout, initial }));
}

async function scored(
  groups_P: readonly RolloutGroup[],
  { engine, grpo: { temperature }, signal }: GrpoRun,
  policy: SnapshotId | undefined,
  join: (rollout: Rollout, stats: TokenStats) => Rollout,
): Promise<RolloutGroup[]> {
  const sequences = groups_P.flatMap(({ prompt, rollouts_G }) =>
    rollouts_G.map(({ tokens_T }) => ({ prompt, completion_T: tokens_T })),
  );
  const stats_N = await engine.score(sequences, { policy, temperature, signal });
  let n = 0;
  return groups_P.map((group) => ({
    ...group,
    rollouts_G: group.rollouts_G.map((rollout) => {
      const stats = stats_N[n++];
      if (!stats) throw new RangeError("a rollout without statistics");
      return join(rollout, stats);
    }),
  }));
}

/** One list a run: what rewards work out from all golds, they keep by that list. */
const golds = new WeakMap<readonly Problem[], readonly string[]>();

function goldsOf(problems: readonly Problem[]): readonly string[] {
  const known = golds.get(problems) ?? problems.map(({ answer }) => answer);
  golds.set(problems, known);
  return known;
}

/** The rewards of one group, as the arm's reward gives them. */
export function gradeGroup(
  { index, problem, rollouts_G }: RolloutGroup,
  { reward, task, trainProblems, labels, seed }: GrpoRun,
  step: number,
): Promise<readonly RewardGrade[]> {
  return reward.score({
    problem,
    task,
    golds: goldsOf(trainProblems),
    index,
    label: labels?.[index],
    seed,
    step,
    rollouts_G,
    uniform: (g, draw = 0) => uniform(seed, "reward", step, problem.key, g, draw),
  });
}

/**
 * Rewards to advantages, for the whole batch. Ungraded rollouts, truncated ones under `maskTruncated`, and dead
 * groups under `skipDeadGroups` are not trained on: they enter no minibatch, no denominator and no whitening.
 * A truncated rollout's reward still counts in its group's mean and deviation, as in TRL.
 *
 * @param grades_PG [P][G]
 */
export function toExperience(
  groups_P: readonly RolloutGroup[],
  grades_PG: readonly (readonly RewardGrade[])[],
  { engine, grpo }: Pick<GrpoRun, "engine" | "grpo">,
): { experience_N: readonly Experience[]; deadGroups: number } {
  let deadGroups = 0;
  const experience_N = groups_P.flatMap(({ problem, prompt, rollouts_G }, p) => {
    const grades_G = grades_PG[p] ?? [];
    const { credits_G, dead } = creditsOf(rollouts_G, grades_G, { engine, grpo });
    if (dead) deadGroups++;
    return rollouts_G.map((rollout, g): Experience => {
      const grade = grades_G[g];
      const credit = credits_G[g];
      if (!grade || !credit) {
        throw new RangeError(`problem ${problem.id}: rollout ${g} has no grade`);
      }
      const trained =
        !isUngraded(grade) &&
        !(grpo.maskTruncated && rollout.finish === "length") &&
        !(grpo.skipDeadGroups && dead);
      const advantage = trained ? credit.advantage : 0;
      return { problem, g, prompt, rollout, grade, ...credit, advantage, trained };
    });
  });
  return { experience_N: grpo.whiten ? whitened(experience_N) : experience_N, deadGroups };
}

type Credit = Pick<Experience, "advantage" | "stepTokens_K">;

/** [G] one advantage a rollout, or one a token where the reward is by steps. */
function creditsOf(
  rollouts_G: readonly Rollout[],
  grades_G: readonly RewardGrade[],
  { engine, grpo }: Pick<GrpoRun, "engine" | "grpo">,
): { credits_G: readonly Credit[]; dead: boolean } {
  if (!grades_G.some(hasSteps)) {
    const { advantages_G, dead } = groupAdvantages(grades_G, grpo);
    return { credits_G: advantages_G.map((advantage) => ({ advantage })), dead };
  }
  const { advantages_GK, dead } = stepAdvantages(grades_G, grpo);
  const credits_G = rollouts_G.map(({ tokens_T }, g): Credit => {
    const grade = grades_G[g];
    const advantages_K = advantages_GK[g] ?? [];
    if (!grade || !hasSteps(grade)) return { advantage: advantages_K[0] ?? 0 };
    const stepTokens_K = lastTokens(grade.steps, textEnds(engine.tokenizer, tokens_T));
    return { advantage: tokenAdvantages(advantages_K, stepTokens_K), stepTokens_K };
  });
  return { credits_G, dead };
}

function whitened(experience_N: readonly Experience[]): readonly Experience[] {
  const trained = experience_N.filter((experience) => experience.trained);
  const advantages = whiten(
    trained.map(({ advantage }) => advantage),
    trained.map(({ rollout }) => rollout.tokens_T.length),
  );
  let n = 0;
  return experience_N.map((experience) =>
    experience.trained ? { ...experience, advantage: advantages[n++] ?? 0 } : experience,
  );
}
