/** The plainly inverted reward: not the paper's "incorrect", which rewards one particular wrong answer. */
import { z } from "zod";
import { isUngraded } from "../tasks/index.ts";
import { defineReward } from "./define.ts";
import { gradeAgainst } from "./support.ts";

export const inverted = defineReward({
  name: "inverted",
  scope: "sample",
  description: "1 − truth: 1 for any wrong answer and for none at all",
  source: "control of arXiv 2506.10947 (`inverse_math` in the released code)",
  params: z.strictObject({}),
  score: async (context) => {
    const grade = await gradeAgainst(context, context.rollout, context.problem.answer);
    return isUngraded(grade) ? grade : { value: 1 - grade.value };
  },
});
