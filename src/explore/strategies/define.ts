/** What a search strategy is: the state to go on from, out of those that were visited. One file a strategy. */
import type { Node } from "../tree.ts";

/** The order of one search. */
export interface Agenda<State> {
  /** A state that was visited for the first time, in the order of visits; the start comes first. */
  add(node: Node<State>): void;
  /**
   * The state with open moves to go on from; null where there is none.
   *
   * @param at where the trace stands
   */
  next(at: Node<State>): Node<State> | null;
  /** States that it gave up while they had open moves: as long as they have, nothing is proved. */
  readonly dropped: readonly Node<State>[];
}

export interface AgendaOptions<State> {
  readonly isOpen: (node: Node<State>) => boolean;
  /** states that a beam keeps of each level */
  readonly width: number;
}

export interface Strategy {
  /** kebab-case */
  readonly name: string;
  readonly description: string;
  /** decides by likelihoods, which servers do not give */
  readonly needsLikelihoods: boolean;
  /** weighs the moves of a state once, when it is expanded; otherwise before every move, as the text grows */
  readonly weighsOnce: boolean;
  agenda<State>(options: AgendaOptions<State>): Agenda<State>;
}
