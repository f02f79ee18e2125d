/** The states that a search has visited, as the tree of the moves that reached them. */
import type { Move, StateSpace } from "../search/index.ts";

/** A visited state. */
export interface Node<State> {
  readonly state: State;
  /** null for the start */
  readonly parent: Node<State> | null;
  /** the line that made the move here; empty for the start */
  readonly line: string;
  readonly depth: number;
  /** log-probability of the moves that lead here, each among those that were open then; 0 where nobody weighs */
  readonly score: number;
}

/** Lines that lead from one visited state to another. */
export interface Route {
  /** back to where the ways part; nothing where the goal is further down */
  readonly returns: readonly string[];
  /** moves that were made before and are made again, to come to a state in a branch that was left */
  readonly reentries: readonly string[];
}

/** A move's line as it is written. */
export const lineOf = (text: string) => `${text};`;

export class SearchTree<State> {
  readonly space: StateSpace<State>;
  readonly root: Node<State>;
  readonly #visited: Set<string>;
  readonly #moves = new Map<Node<State>, readonly Move<State>[]>();

  constructor(space: StateSpace<State>) {
    this.space = space;
    this.root = { state: space.start, parent: null, line: "", depth: 0, score: 0 };
    this.#visited = new Set([space.key(space.start)]);
  }

  /** Moves from here to states that were not visited: all that may be chosen. */
  open(node: Node<State>): readonly Move<State>[] {
    const known = this.#moves.get(node) ?? this.space.moves(node.state);
    const open = known.filter(({ to }) => !this.#visited.has(this.space.key(to)));
    this.#moves.set(node, open);
    return open;
  }

  /** Makes a move. @param weight its log-probability among the open ones */
  visit(from: Node<State>, { to, text }: Move<State>, weight: number): Node<State> {
    this.#visited.add(this.space.key(to));
    // Any order of moves leads to the same end, so the other orders are proved to be needless and nothing is undone.
    if (this.space.confluent) this.#moves.set(from, []);
    const score = from.score + weight;
    return { state: to, parent: from, line: lineOf(text), depth: from.depth + 1, score };
  }

  route(from: Node<State>, to: Node<State>): Route {
    const reentries: string[] = [];
    let [up, down] = [from, to];
    while (up !== down) {
      const deeper = up.depth >= down.depth ? up : down;
      if (deeper.parent === null) throw new RangeError("nodes of two trees");
      if (deeper === down) {
        reentries.unshift(down.line);
        down = deeper.parent;
      } else up = deeper.parent;
    }
    const returns = up === from ? [] : [lineOf(this.space.returnTo(up.state))];
    return { returns, reentries };
  }
}
