/** Level by level: what breadth-first and beam search share. */
import type { Move } from "../../search/index.ts";
import { byRank } from "../choose.ts";
import type { Node } from "../tree.ts";
import type { Agenda, AgendaOptions } from "./define.ts";

/** Makes the moves of all states of a level before those of the next one: the `width` best, or all where it is infinite. */
export function levels<State>({ open, rank, key, width }: AgendaOptions<State>): Agenda<State> {
  let level: Node<State>[] = [];
  let below: Node<State>[] = [];
  let kept = new Set<Move<State>>();
  const dropped: { readonly node: Node<State>; readonly move: Move<State> }[] = [];

  const descend = () => {
    level = below;
    below = [];
    kept = new Set();
    const edges = level.flatMap((node) =>
      open(node).map((move) => ({ node, move, rank: rank(node, move) })),
    );
    const reached = new Set<string>();
    for (const edge of edges.toSorted((a, b) => byRank(a.rank, b.rank))) {
      const to = key(edge.move.to);
      // Two ways to one state would take two places of the beam.
      if (kept.size < width && (width === Infinity || !reached.has(to))) kept.add(edge.move);
      else dropped.push(edge);
      reached.add(to);
    }
  };

  return {
    get pruned() {
      return dropped.some(({ node, move }) => open(node).includes(move));
    },
    add: (node) => void below.push(node),
    next: () => {
      for (;;) {
        for (const [i, node] of level.entries()) {
          const moves = open(node).filter((move) => kept.has(move));
          if (moves.length === 0) continue;
          level = level.slice(i);
          return { node, moves };
        }
        if (below.length === 0) return null;
        descend();
      }
    },
  };
}
