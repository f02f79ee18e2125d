/** Breadth first: all states of a level before the next. */
import type { Strategy } from "./define.ts";
import { levels } from "./levels.ts";

export const breadthFirst: Strategy = {
  name: "bfs",
  description: "breadth first: all states of a level before the next",
  needsLikelihoods: false,
  weighsOnArrival: true,
  agenda: (options) => levels({ ...options, width: Infinity }),
};
