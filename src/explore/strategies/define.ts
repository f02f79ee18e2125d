/** What a search strategy is: where to go on, out of the states that were visited. One file a strategy. */
import type { Move } from "../../search/index.ts";
import type { Rank } from "../choose.ts";
import type { Node } from "../tree.ts";

/** Where to go on. */
export interface Next<State> {
  readonly node: Node<State>;
  /** moves that may be made from there, one or more; the model chooses among them */
  readonly moves: readonly Move<State>[];
}

/** The order of one search. */
export interface Agenda<State> {
  /** A state that was visited for the first time, and weighed if the strategy asks for it; the start comes first. */
  add(node: Node<State>): void;
  /** @param at where the trace stands. @returns null where nothing is left */
  next(at: Node<State>): Next<State> | null;
  /** Whether it gave up moves that are still open: then nothing is proved. */
  readonly pruned: boolean;
}

export interface AgendaOptions<State> {
  /** moves to states that were not visited */
  readonly open: (node: Node<State>) => readonly Move<State>[];
  /** log-probability of all moves up to this one, each among those that were open then, with the temperature's noise */
  readonly rank: (node: Node<State>, move: Move<State>) => Rank;
  readonly key: (state: State) => string;
  /** moves that a beam keeps of each level */
  readonly width: number;
}

export interface Strategy {
  /** kebab-case */
  readonly name: string;
  readonly description: string;
  /** cannot do without likelihoods, which servers do not give */
  readonly needsLikelihoods: boolean;
  /** the moves of a state are weighed once, on arriving there; otherwise before every move, as the text grows */
  readonly weighsOnArrival: boolean;
  agenda<State>(options: AgendaOptions<State>): Agenda<State>;
}
