/** The paper's incorrect reward: match a majority label that is wrong. */
import { z } from "zod";
import { isUngraded } from "../tasks/index.ts";
import { defineReward } from "./define.ts";
import { gradeAgainst, provided, votedAnswers } from "./support.ts";

/**
 * Prompts that the initial model's majority answers rightly carry no reward (`Ungraded`), so that this arm learns from
 * another subset of prompts than the others, as in the paper. `onRight: runner-up` keeps them by taking the most voted
 * wrong answer instead, where there is one.
 */
export const incorrect = defineReward({
  name: "incorrect",
  scope: "sample",
  description: "1 if the answer is the initial model's most frequent one, where that is wrong",
  source: "arXiv 2506.10947, incorrect labels",
  params: z.strictObject({
    onRight: z
      .enum(["skip", "runner-up"])
      .default("skip")
      .describe("prompts whose majority label is right: no reward, or the most voted wrong answer"),
  }),
  needs: ["fixed-labels"],
  score: async (context, { onRight }) => {
    const { task, problem, rollout, label } = context;
    const voted = votedAnswers(provided(label, "fixed-labels", "incorrect"));
    if (voted.length === 0) return { ungraded: "the initial model gave no answer" };
    for (const answer of voted) {
      const grade = await task.grade(answer, problem.answer, problem);
      if (isUngraded(grade)) return grade;
      if (grade.value === 0) return gradeAgainst(context, rollout, answer);
      if (onRight === "skip") return { ungraded: "the initial model's majority label is right" };
    }
    return { ungraded: "the initial model gave no wrong answer" };
  },
});
