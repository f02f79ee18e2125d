/** The placebo: a coin that sees nothing. */
import { z } from "zod";
import { defineReward } from "./define.ts";

/**
 * Drawn once for each rollout under its key: the released code draws twice, and logs other rewards than it trains on.
 */
export const random = defineReward({
  name: "random",
  scope: "sample",
  description: "1 with probability `gamma`, whatever the rollout says",
  source: "arXiv 2506.10947, random(γ)",
  params: z.strictObject({
    gamma: z.number().min(0).max(1).default(0.5).describe("γ, the probability of a reward"),
  }),
  score: ({ uniform }, { gamma }) => ({ value: uniform() < gamma ? 1 : 0 }),
});
