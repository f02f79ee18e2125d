/** A placebo with the true reward's rate: as much reward, and none of its information. */
import { z } from "zod";
import { isUngraded, type Grade } from "../tasks/index.ts";
import { defineReward } from "./define.ts";
import { gradeAgainst } from "./support.ts";

/**
 * The rate is the group's own mean true reward, so hard prompts stay rarely rewarded and easy ones often.
 * `independent` draws Bernoulli(rate) for each rollout; `permuted` deals the true rewards of the group out again in
 * random order, which keeps the number of rewards, hence the size of every advantage, exactly.
 * Rollouts whose truth cannot be decided stay `Ungraded` and do not count in the rate.
 */
export const bernoulliMatched = defineReward({
  name: "bernoulli-matched",
  scope: "group",
  description: "random rewards at the rate of the true reward in the same group",
  source: "control for arXiv 2506.10947: reward rate without reward information",
  params: z.strictObject({
    draws: z
      .enum(["independent", "permuted"])
      .default("independent")
      .describe("Bernoulli draws at the group's rate, or its true rewards in random order"),
  }),
  scoreGroup: async (context, { draws }) => {
    const { problem, rollouts_G, uniform } = context;
    const rewards_G: Grade[] = await Promise.all(
      rollouts_G.map((rollout) => gradeAgainst(context, rollout, problem.answer)),
    );
    const graded = rewards_G.flatMap((grade, g) =>
      isUngraded(grade) ? [] : [{ g, value: grade.value, draw: uniform(g) }],
    );
    const rate = graded.reduce((sum, { value }) => sum + value, 0) / Math.max(1, graded.length);
    const deck = graded.toSorted((a, b) => a.draw - b.draw).map(({ value }) => value);
    for (const [i, { g, draw }] of graded.entries()) {
      // The deck holds one value for each graded rollout.
      const value = draws === "permuted" ? (deck[i] as number) : draw < rate ? 1 : 0;
      rewards_G[g] = { value, parts: { rate } };
    }
    return rewards_G;
  },
});
