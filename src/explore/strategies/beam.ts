/** Beam search: breadth first, with the likeliest states of each level only. What it drops proves nothing. */
import type { Strategy } from "./define.ts";
import { levels } from "./levels.ts";

export const beam: Strategy = {
  name: "beam",
  description: "breadth first, keeping the --width likeliest states of each level",
  needsLikelihoods: true,
  weighsOnce: true,
  agenda: levels,
};
