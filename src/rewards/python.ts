/** The Python reward: the strategy detector itself as a reward. */
import { z } from "zod";
import { strategyOf } from "../tasks/index.ts";
import { defineReward } from "./define.ts";

export const python = defineReward({
  name: "python",
  scope: "sample",
  description: "1 if the text contains `python`, in any case",
  source: "arXiv 2506.10947, Python reward (`contain_python_wo_backticks`)",
  params: z.strictObject({}),
  score: ({ rollout }) => ({ value: strategyOf(rollout.text) === "code" ? 1 : 0 }),
});
