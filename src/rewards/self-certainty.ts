/** Self-certainty as the reward (INTUITOR): how far the model's predictions are from uniform. */
import { z } from "zod";
import { defineReward } from "./define.ts";
import { meanOf, provided } from "./support.ts";

const SOURCE = "arXiv 2505.19590, §3: (1/|o|) Σ_t KL(U‖π_t)";

export const selfCertainty = defineReward({
  name: "self-certainty",
  scope: "sample",
  description: "mean self-certainty of the completion under the current policy (online)",
  source: SOURCE,
  params: z.strictObject({}),
  score: ({ rollout }) => meanOf(rollout.selfCertainty_T),
});

/** The variant that the paper finds hacked: a fixed scorer can be written for. */
export const selfCertaintyOffline = defineReward({
  name: "self-certainty-offline",
  scope: "sample",
  description: "mean self-certainty of the completion under the initial policy (offline)",
  source: `${SOURCE}, scored by the fixed initial model`,
  params: z.strictObject({}),
  needs: ["initial-policy"],
  score: ({ rollout }) =>
    meanOf(provided(rollout.initial, "initial-policy", "self-certainty-offline").selfCertainty_T),
});
