/** Best first: the likeliest move of all that are open, wherever it lies. Complete, as it drops nothing. */
import type { Move } from "../../search/index.ts";
import { byRank, type Rank } from "../choose.ts";
import type { Node } from "../tree.ts";
import type { Agenda, AgendaOptions, Strategy } from "./define.ts";

interface Edge<State> {
  readonly node: Node<State>;
  readonly move: Move<State>;
  readonly rank: Rank;
}

function likeliest<State>({ open, rank }: AgendaOptions<State>): Agenda<State> {
  /** the best one last */
  const edges: Edge<State>[] = [];
  const insert = (edge: Edge<State>) => {
    let [low, high] = [0, edges.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = edges[middle];
      if (other && byRank(edge.rank, other.rank) < 0) low = middle + 1;
      else high = middle;
    }
    edges.splice(low, 0, edge);
  };
  return {
    pruned: false,
    add: (node) => {
      for (const move of open(node)) insert({ node, move, rank: rank(node, move) });
    },
    next: () => {
      for (let best = edges.pop(); best; best = edges.pop()) {
        const { node, move } = best;
        if (open(node).includes(move)) return { node, moves: [move] };
      }
      return null;
    },
  };
}

export const bestFirst: Strategy = {
  name: "best-first",
  description: "the likeliest move of all that are open, wherever it lies",
  needsLikelihoods: true,
  weighsOnArrival: true,
  agenda: likeliest,
};
