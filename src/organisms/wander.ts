/** Writes a search as a systematic or a wandering mind does: depth first, with habits that leave out and repeat. */
import type { Stream } from "../random.ts";
import type { Move, StateSpace } from "../search/index.ts";
import type { Wandering } from "./search-recipe.ts";

/** No errors. */
export const SYSTEMATIC: Wandering = { skip: 0, revisit: 0, unwind: 0, quit: 0, miscount: 0 };

interface Frame<State> {
  readonly state: State;
  /** moves that are still to be tried */
  readonly open: Move<State>[];
  readonly explored: Move<State>[];
}

/**
 * The trace, a line a step. A return is written where something is tried next, to the very state that it is tried from:
 * nothing is unwound step by step, and nothing at the end.
 *
 * A wanderer's errors are those of arXiv 2505.20296: skipped children are procedure omissions or premature abandonment,
 * unwinding too far is incorrect backtracking, exploring again is state revisitation, quitting is procedure omission,
 * and a miscount an unfaithful conclusion.
 *
 * @param all go on after the first goal
 */
export function wander<State>(
  space: StateSpace<State>,
  { skip, revisit, unwind, quit, miscount }: Wandering,
  { all, random }: { readonly all: boolean; readonly random: Stream },
): string[] {
  const happens = (chance: number) => chance > 0 && random.uniform() < chance;
  const lines: string[] = [];
  const visited = new Set([space.key(space.start)]);
  const found: State[] = space.isGoal(space.start) ? [space.start] : [];
  let at = space.start;

  const enter = (state: State): Frame<State> => {
    const moves = space.moves(state);
    const open = moves.filter(() => moves.length === 1 || !happens(skip));
    return { state, open, explored: [] };
  };
  const go = (from: State, move: Move<State>) => {
    if (at !== from) lines.push(`${space.returnTo(from)};`);
    lines.push(`${move.text};`);
    at = move.to;
  };

  const stack = [enter(space.start)];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    if (!all && found.length > 0) break;
    const returns = top.explored.length > 0;
    if (returns && happens(quit)) break;
    const move = top.open.shift();
    if (!move) {
      stack.pop();
      if (stack.length > 1 && happens(unwind)) stack.pop();
      continue;
    }
    if (visited.has(space.key(move.to))) continue;
    if (returns && happens(revisit)) go(top.state, random.pick(top.explored));
    go(top.state, move);
    top.explored.push(move);
    visited.add(space.key(move.to));
    if (space.isGoal(move.to)) found.push(move.to);
    stack.push(enter(move.to));
  }
  const named = happens(miscount) ? found.slice(1) : found;
  lines.push(`${space.conclude(named)};`);
  return lines;
}
