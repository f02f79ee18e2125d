/** The exact solver's search, written in a family's language: depth first, with a visited set, complete. */
import type { StateSpace } from "./define.ts";

/** Solver traces longer than this are no examples for anybody. */
const LONGEST = 50_000;

interface Frame<State> {
  readonly state: State;
  readonly moves: Iterator<{ readonly to: State; readonly text: string }>;
}

/**
 * Searches the space and returns the trace, a line a step. Iterative, so that deep spaces do not end the stack.
 *
 * @param all go on after the first goal and unwind to the start
 * @throws RangeError where the trace gets too long
 */
export function depthFirst<State>(
  space: StateSpace<State>,
  { all }: { readonly all: boolean },
): string[] {
  const lines: string[] = [];
  const visited = new Set([space.key(space.start)]);
  const found: State[] = space.isGoal(space.start) ? [space.start] : [];
  const enter = (state: State): Frame<State> => ({ state, moves: space.moves(state).values() });
  const stack = [enter(space.start)];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    if (!all && found.length > 0) break;
    const { value: move, done } = top.moves.next();
    if (done) {
      stack.pop();
      const below = stack.at(-1);
      if (below) lines.push(`${space.returnTo(below.state)};`);
      continue;
    }
    const key = space.key(move.to);
    if (visited.has(key)) continue;
    visited.add(key);
    lines.push(`${move.text};`);
    if (lines.length > LONGEST) throw new RangeError("the solver's trace is too long");
    if (space.isGoal(move.to)) found.push(move.to);
    stack.push(enter(move.to));
  }
  lines.push(`${space.conclude(found)};`);
  return lines;
}
