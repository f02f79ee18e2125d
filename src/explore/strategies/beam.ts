/** Beam search: breadth first, with the likeliest moves of each level only. What it drops proves nothing. */
import type { Strategy } from "./define.ts";
import { levels } from "./levels.ts";

export const beam: Strategy = {
  name: "beam",
  description: "breadth first, making the --width likeliest moves of each level",
  needsLikelihoods: true,
  weighsOnArrival: true,
  agenda: levels,
};
