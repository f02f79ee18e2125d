/** The model's own likelihood of what it wrote. */
import { z } from "zod";
import { defineReward } from "./define.ts";
import { meanOf, sumOf } from "./support.ts";

export const sequenceLogprob = defineReward({
  name: "sequence-logprob",
  scope: "sample",
  description: "log-probability of the completion under the current policy",
  source: "EM-RL-sequence, arXiv 2505.15134: Σ_t log π(o_t)",
  params: z.strictObject({
    normalise: z
      .enum(["sum", "mean"])
      .default("sum")
      .describe("sum over the tokens, or their mean; the sum favours short completions"),
  }),
  score: ({ rollout }, { normalise }) =>
    normalise === "mean" ? meanOf(rollout.logprobs_T) : { value: sumOf(rollout.logprobs_T) },
});
