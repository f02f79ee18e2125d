/** What a reward is. Rewards of one rollout, of a whole group, and of the steps of a rollout are different types. */
import type { z } from "zod";
import type { Completion, TokenStats } from "../engine/index.ts";
import type { Grade, Graded, Grading, Problem, Ungraded } from "../tasks/index.ts";

/** A rollout as rewards see it. */
export interface Rollout extends Completion {
  /** the answer that the task extracts from the text, or null */
  readonly answer: string | null;
  /** statistics of the same tokens under the initial policy; present when the reward needs `initial-policy` */
  readonly initial?: TokenStats;
}

/** Answers of the initial model to one problem, drawn once before training and fixed for the whole run. */
export interface FixedLabel {
  /** extracted answers with their votes, most votes first, ties to the first seen; no empty answers */
  readonly votes: readonly (readonly [answer: string, votes: number])[];
  readonly samples: number;
}

/** What a reward may need beside the rollout; the trainer provides it before the first step. */
export type Need = "initial-policy" | "fixed-labels";

interface Context {
  readonly problem: Problem;
  readonly task: Grading;
  /** gold answers of all training problems in order, for controls that shuffle them */
  readonly golds: readonly string[];
  /** position of this problem in `golds` */
  readonly index: number;
  /** present when the reward needs `fixed-labels` */
  readonly label?: FixedLabel;
  readonly seed: number;
  readonly step: number;
}

/** Everything that a per-sample reward may look at. */
export interface SampleContext extends Context {
  readonly rollout: Rollout;
  /** 0 … G−1, the rollout's number in its group */
  readonly g: number;
  /** uniform in [0, 1) at key (seed, "reward", step, problem, rollout, draw); the same draw gives the same number */
  readonly uniform: (draw?: number) => number;
}

/** Everything that a per-group reward may look at. */
export interface GroupContext extends Context {
  readonly rollouts_G: readonly Rollout[];
  /** uniform in [0, 1) at key (seed, "reward", step, problem, g, draw) */
  readonly uniform: (g: number, draw?: number) => number;
}

interface Described<Params> {
  /** kebab-case name in trial files */
  readonly name: string;
  readonly description: string;
  /** paper and equation, or the definition that it follows */
  readonly source: string;
  readonly params: z.ZodType<Params>;
  readonly needs?: readonly Need[];
  /** @throws InputError for a problem of which it can say nothing: told before anything is sampled */
  readonly checkProblem?: (problem: Problem) => void;
}

/** Scores one rollout by itself. Scores of several rollouts may run at a time. */
export interface SampleReward<Params = unknown> extends Described<Params> {
  readonly scope: "sample";
  score(context: SampleContext, params: Params): Grade | Promise<Grade>;
}

/** Scores the rollouts of one prompt together. */
export interface GroupReward<Params = unknown> extends Described<Params> {
  readonly scope: "group";
  /** @returns [G] */
  scoreGroup(context: GroupContext, params: Params): readonly Grade[] | Promise<readonly Grade[]>;
}

/** What one step of a rollout earns. */
export interface StepValue {
  /** where the step ends in the rollout's text: UTF-16 units, exclusive; it begins where the one before ends */
  readonly end: number;
  readonly value: number;
}

/** The steps of a rollout, at least one, in the order of the text. */
export interface StepValues {
  readonly steps: readonly StepValue[];
  /** named components, for logs */
  readonly parts?: Readonly<Record<string, number>>;
}

/** Scores the steps of one rollout: process supervision (arXiv 2402.03300, §4.1.3). */
export interface StepsReward<Params = unknown> extends Described<Params> {
  readonly scope: "steps";
  scoreSteps(
    context: SampleContext,
    params: Params,
  ): StepValues | Ungraded | Promise<StepValues | Ungraded>;
}

export type Reward<Params = unknown> =
  | SampleReward<Params>
  | GroupReward<Params>
  | StepsReward<Params>;

/** The grade of a reward by steps: `value` is the sum of the steps' values. */
export interface SteppedGrade extends Graded {
  readonly steps: readonly StepValue[];
}

/** What a compiled reward says of a rollout. */
export type RewardGrade = Grade | SteppedGrade;

/** Whether the grade says which steps earned it. */
export function hasSteps(grade: RewardGrade): grade is SteppedGrade {
  return "steps" in grade && grade.steps !== undefined;
}

/**
 * Declares a reward; the identity function, for its types.
 *
 * @example
 * ```ts
 * import { defineReward } from "placebo-rl/rewards";
 * import { z } from "zod";
 *
 * export const short = defineReward({
 *   name: "short",
 *   scope: "sample",
 *   description: "1 if the completion has at most `tokens` tokens",
 *   source: "this example",
 *   params: z.strictObject({ tokens: z.number().int().positive().default(32) }),
 *   score: ({ rollout }, { tokens }) => ({ value: rollout.tokens_T.length <= tokens ? 1 : 0 }),
 * });
 * ```
 */
export function defineReward<Params>(reward: SampleReward<Params>): SampleReward<Params>;
export function defineReward<Params>(reward: GroupReward<Params>): GroupReward<Params>;
export function defineReward<Params>(reward: StepsReward<Params>): StepsReward<Params>;
export function defineReward<Params>(reward: Reward<Params>): Reward<Params> {
  return reward;
}

/**
 * A reward as trial files write it: a name; one name with its parameters, `{ random: { gamma: 0.3 } }`; or the user's
 * own, `{ module: "./my-reward.ts", params: {…}, export: "name" }`.
 */
export type RewardSpec = string | Readonly<Record<string, unknown>>;
