/** Every reward and combinator that trial files can name. Add yours here. */
import { and } from "./combinators/and.ts";
import type { Combinator } from "./combinators/define.ts";
import { flip } from "./combinators/flip.ts";
import { noise } from "./combinators/noise.ts";
import { not } from "./combinators/not.ts";
import { scale } from "./combinators/scale.ts";
import { shift } from "./combinators/shift.ts";
import { sum } from "./combinators/sum.ts";
import { verifier } from "./combinators/verifier.ts";
import type { Reward } from "./define.ts";
import { bernoulliMatched } from "./bernoulli-matched.ts";
import { constant } from "./constant.ts";
import { empo } from "./empo.ts";
import { format } from "./format.ts";
import { incorrect } from "./incorrect.ts";
import { inverted } from "./inverted.ts";
import { majorityFixed } from "./majority-fixed.ts";
import { majority } from "./majority.ts";
import { negativeEntropy } from "./negative-entropy.ts";
import { noRepetition } from "./no-repetition.ts";
import { processReward } from "./process.ts";
import { python } from "./python.ts";
import { random } from "./random.ts";
import { selfCertainty, selfCertaintyOffline } from "./self-certainty.ts";
import { sequenceLogprob } from "./sequence-logprob.ts";
import { shuffled } from "./shuffled.ts";
import { truth } from "./truth.ts";

export const rewards: readonly Reward[] = [
  truth,
  majority,
  majorityFixed,
  format,
  python,
  incorrect,
  inverted,
  random,
  shuffled,
  bernoulliMatched,
  selfCertainty,
  selfCertaintyOffline,
  negativeEntropy,
  sequenceLogprob,
  empo,
  noRepetition,
  constant,
  processReward,
];

export const combinators: readonly Combinator[] = [
  and,
  not,
  sum,
  shift,
  scale,
  flip,
  verifier,
  noise,
];

/** By the name that trial files use; undefined for none. */
export function findReward(name: string): Reward | undefined {
  return rewards.find((reward) => reward.name === name);
}

/** By the name that trial files use; undefined for none. */
export function findCombinator(name: string): Combinator | undefined {
  return combinators.find((combinator) => combinator.name === name);
}

/**
 * One row of `placebo list rewards`. The scope is what is looked at: a reward of steps looks at one rollout, and a
 * combinator at one rollout's grades.
 */
export interface RewardRow {
  readonly name: string;
  readonly scope: "sample" | "group";
  readonly source: string;
  readonly description: string;
}

/** What `placebo list rewards` prints: the rewards, then the combinators. */
export function describeRewards(): RewardRow[] {
  return [...rewards, ...combinators].map(({ name, scope, source, description }) => ({
    name,
    scope: scope === "group" ? "group" : "sample",
    source,
    description,
  }));
}
