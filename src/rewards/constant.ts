/** The same reward for everybody: no variance, hence no advantage after centring. */
import { z } from "zod";
import { defineReward } from "./define.ts";

export const constant = defineReward({
  name: "constant",
  scope: "sample",
  description: "the same value for every rollout",
  source: "null control: γ = 0 or 1 of arXiv 2506.10947",
  params: z.strictObject({ value: z.number().default(1).describe("the reward of every rollout") }),
  score: (_, { value }) => ({ value }),
});
