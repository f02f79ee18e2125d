/** Depth first: on from the current state, or from the last one before it with open moves. The languages are made for it. */
import type { Node } from "../tree.ts";
import type { Strategy } from "./define.ts";

export const depthFirst: Strategy = {
  name: "dfs",
  description: "depth first: back to the last state with open moves",
  needsLikelihoods: false,
  weighsOnce: false,
  agenda: <State>({ isOpen }: { readonly isOpen: (node: Node<State>) => boolean }) => ({
    dropped: [],
    add: () => undefined,
    next: (at: Node<State>) => {
      let node: Node<State> | null = at;
      while (node !== null && !isOpen(node)) node = node.parent;
      return node;
    },
  }),
};
