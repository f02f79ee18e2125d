/** Level by level: what breadth-first and beam search share. */
import type { Node } from "../tree.ts";
import type { Agenda, AgendaOptions } from "./define.ts";

/** Expands all states of a level before those of the next one, of which it keeps the `width` with the best scores. */
export function levels<State>({ isOpen, width }: AgendaOptions<State>): Agenda<State> {
  const dropped: Node<State>[] = [];
  let level: readonly Node<State>[] = [];
  let below: Node<State>[] = [];
  const descend = () => {
    const open = below.filter(isOpen);
    // Equal scores keep the order of visits: the sort is stable.
    const kept = new Set(open.toSorted((a, b) => b.score - a.score).slice(0, width));
    dropped.push(...open.filter((node) => !kept.has(node)));
    level = open.filter((node) => kept.has(node));
    below = [];
  };
  return {
    dropped,
    add: (node) => void below.push(node),
    next: () => {
      for (;;) {
        const first = level.findIndex(isOpen);
        level = first < 0 ? [] : level.slice(first);
        if (level[0]) return level[0];
        if (below.length === 0) return null;
        descend();
      }
    },
  };
}
