/** Depth first: on from the current state, or from the last one before it with open moves. The languages are made for it. */
import type { Node } from "../tree.ts";
import type { Agenda, AgendaOptions, Strategy } from "./define.ts";

function deepest<State>({ open }: AgendaOptions<State>): Agenda<State> {
  return {
    pruned: false,
    add: () => undefined,
    next: (at) => {
      for (let node: Node<State> | null = at; node !== null; node = node.parent) {
        const moves = open(node);
        if (moves.length > 0) return { node, moves };
      }
      return null;
    },
  };
}

export const depthFirst: Strategy = {
  name: "dfs",
  description: "depth first: back to the last state with open moves",
  needsLikelihoods: false,
  weighsOnArrival: false,
  agenda: deepest,
};
