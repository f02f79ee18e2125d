/** The exact procedure written in a family's language: the first move of each state until a goal or the end. */
import type { ConfluentSpace } from "./define.ts";

/** Solver traces longer than this are no examples for anybody. */
const LONGEST = 50_000;

/**
 * For confluent spaces, in which nothing is ever undone.
 *
 * @throws RangeError where the trace gets too long
 */
export function stepByStep<State>(space: ConfluentSpace<State>): string[] {
  const remarks = (at: State) => (space.remarks?.(at) ?? []).map((text) => `${text};`);
  let state = space.start;
  const lines = [...remarks(state)];
  while (!space.isGoal(state)) {
    const [move] = space.moves(state);
    if (!move) break;
    state = move.to;
    lines.push(`${move.text};`, ...remarks(state));
    if (lines.length > LONGEST) throw new RangeError("the solver's trace is too long");
  }
  lines.push(`${space.conclude(space.isGoal(state) ? [state] : [])};`);
  return lines;
}
