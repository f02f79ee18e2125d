/** Entropy minimisation by policy gradient. */
import { z } from "zod";
import { isUngraded } from "../tasks/index.ts";
import { defineReward } from "./define.ts";
import { meanOf } from "./support.ts";

export const negativeEntropy = defineReward({
  name: "negative-entropy",
  scope: "sample",
  description: "minus the mean token entropy of the completion under the current policy",
  source: "RENT, arXiv 2505.22660: −mean_t H(π_t)",
  params: z.strictObject({}),
  score: ({ rollout }) => {
    const entropy = meanOf(rollout.entropy_T);
    return isUngraded(entropy) ? entropy : { value: -entropy.value };
  },
});
