/** What a combinator is: a reward made of other rewards, one rollout at a time. */
import type { z } from "zod";
import { isUngraded, type Grade } from "../../tasks/index.ts";
import type { RewardGrade, RewardSpec } from "../define.ts";

export interface Combinator<Params = unknown> {
  /** kebab-case name in trial files */
  readonly name: string;
  readonly scope: "sample";
  readonly description: string;
  readonly source: string;
  /** whether parts may be rewards of steps; it then combines their grades' steps as well */
  readonly takesSteps?: true;
  /** the parameters' schema, given the schema of a reward inside them */
  params(reward: z.ZodType<RewardSpec>): z.ZodType<Params>;
  /** the rewards inside, in the order in which `combine` gets their grades */
  parts(params: Params): readonly RewardSpec[];
  /** a short text from the texts of the parts, for example `not(truth)` */
  label(parts: readonly string[], params: Params): string;
  /**
   * @param grades of the same rollout, one a part
   * @param uniform the combinator's own random numbers for this rollout; no part shares them
   */
  combine(
    grades: readonly RewardGrade[],
    params: Params,
    uniform: (draw?: number) => number,
  ): RewardGrade;
}

/** Declares a combinator; the identity function, for its types. */
export function defineCombinator<Params>(combinator: Combinator<Params>): Combinator<Params> {
  return combinator;
}

/** The function of a single part's value; what is `Ungraded` stays so. */
export function mapGrade(grades: readonly RewardGrade[], change: (value: number) => number): Grade {
  const [grade] = grades;
  if (grade === undefined) throw new RangeError("a combinator of one part got none");
  return isUngraded(grade) ? grade : { value: change(grade.value) };
}
