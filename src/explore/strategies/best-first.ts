/** Best first: the state whose way there is likeliest, wherever it lies. Complete, as it drops nothing. */
import type { Node } from "../tree.ts";
import type { Agenda, AgendaOptions, Strategy } from "./define.ts";

function likeliest<State>({ isOpen }: AgendaOptions<State>): Agenda<State> {
  let waiting: Node<State>[] = [];
  return {
    dropped: [],
    add: (node) => void waiting.push(node),
    next: () => {
      waiting = waiting.filter(isOpen);
      let best = waiting[0] ?? null;
      for (const node of waiting) if (best === null || node.score > best.score) best = node;
      return best;
    },
  };
}

export const bestFirst: Strategy = {
  name: "best-first",
  description: "the state whose moves from the start are likeliest",
  needsLikelihoods: true,
  weighsOnce: true,
  agenda: likeliest,
};
