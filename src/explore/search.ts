/**
 * The controller: it keeps state, visited set and frontier, lets through only legal moves to states that are new,
 * returns, concludes, and writes each line. The model decides which of the open moves is made.
 */
import type { Move, StateSpace } from "../search/index.ts";
import { highest, normalised, rank, type Rank } from "./choose.ts";
import type { Opinion, Question } from "./proposer.ts";
import type { Script } from "./script.ts";
import type { Strategy } from "./strategies/index.ts";
import { lineOf, SearchTree, type Node, type Route } from "./tree.ts";

/**
 * Why a search ended. `exhausted`: everything that can be reached was visited, which is a proof. `pruned`: nothing is
 * left, but states were dropped with open moves, so nothing is proved and nothing concluded.
 */
export const STOPS = ["goal", "exhausted", "pruned", "budget"] as const;
export type Stop = (typeof STOPS)[number];

/** What a search did, and what it cost. */
export interface Effort {
  /** moves that the model chose among several */
  proposed: number;
  /** moves without a choice: one was open */
  forced: number;
  /** moves that the controller chose, as the model named none that is open */
  own: number;
  /** lines that return to an earlier state */
  returns: number;
  /** moves made again, to come back into a branch that was left */
  reentries: number;
  /** tokens whose likelihood was asked for */
  scored: number;
  /** tokens read to tell those likelihoods, the text before them included */
  read: number;
}

export interface Outcome {
  readonly stop: Stop;
  /** goal states found */
  readonly goals: number;
  readonly effort: Readonly<Effort>;
}

export interface SearchOptions {
  readonly strategy: Strategy;
  /** states that a beam keeps of each level */
  readonly width: number;
  /** go on after the first goal until nothing is left */
  readonly all: boolean;
  /** 0: always the likeliest move */
  readonly temperature: number;
  /** uniform numbers in [0, 1), a function of their key, as nothing else is random */
  readonly draw: (decision: number, candidate: number) => number;
  /** lines around the trace */
  readonly frame: { readonly opening: readonly string[]; readonly closing: readonly string[] };
}

const NO_EFFORT: Effort = {
  proposed: 0,
  forced: 0,
  own: 0,
  returns: 0,
  reentries: 0,
  scored: 0,
  read: 0,
};

/** Asks its questions by `yield` and goes on with the opinions, so that many searches can share one call. */
export type Search = Generator<Question, Outcome, Opinion>;

/** Searches a space and writes the trace into the script. A line that does not fit the budget ends it. */
export function* search<State>(
  space: StateSpace<State>,
  script: Script,
  options: SearchOptions,
): Search {
  const { strategy, width, all, frame } = options;
  const tree = new SearchTree(space);
  const isOpen = (node: Node<State>) => tree.open(node).length > 0;
  const agenda = strategy.agenda<State>({ isOpen, width });
  const chooser = new Chooser<State>(script, options);
  const { effort } = chooser;
  const found: State[] = [];
  const end = (stop: Stop): Outcome => ({ stop, goals: found.length, effort });
  const arrive = (node: Node<State>) => {
    agenda.add(node);
    if (space.isGoal(node.state)) found.push(node.state);
    return script.write((space.remarks?.(node.state) ?? []).map(lineOf));
  };

  // Where any order of moves leads to the same end, nothing is ever undone.
  const next = (from: Node<State>) =>
    space.confluent ? (isOpen(from) ? from : null) : agenda.next(from);

  let at = tree.root;
  if (!script.write(frame.opening) || !arrive(at)) return end("budget");
  const isDone = () => found.length > 0 && !all;
  while (!isDone()) {
    const from = next(at);
    if (!from) break;
    if (!travel(script, tree.route(at, from), effort)) return end("budget");
    at = from;
    const open = tree.open(at);
    // Were only the short moves open, the budget would have a say in what is chosen.
    if (!open.every(({ text }) => script.fits(lineOf(text)))) return end("budget");
    const chosen = yield* chooser.choose(at, open);
    if (!chosen || !script.write([lineOf(chosen.move.text)])) return end("budget");
    at = tree.visit(at, chosen.move, chosen.weight);
    if (!arrive(at)) return end("budget");
  }
  if (!isDone() && agenda.dropped.some(isOpen)) return end("pruned");
  const conclusion = lineOf(space.conclude(found));
  if (!script.write([conclusion, ...frame.closing])) return end("budget");
  return end(isDone() ? "goal" : "exhausted");
}

function travel(script: Script, { returns, reentries }: Route, effort: Effort): boolean {
  effort.returns += returns.length;
  effort.reentries += reentries.length;
  return script.write([...returns, ...reentries]);
}

/** Brings the model's opinions and the controller's rules together in one choice, and counts what it took. */
class Chooser<State> {
  readonly effort: Effort = { ...NO_EFFORT };
  readonly #script: Script;
  readonly #options: SearchOptions;
  /** by line: log-probabilities among the moves that were open when the state was first weighed, and ranks */
  readonly #weights = new Map<Node<State>, ReadonlyMap<string, number>>();
  readonly #ranks = new Map<Node<State>, ReadonlyMap<string, Rank>>();
  #decision = 0;

  constructor(script: Script, options: SearchOptions) {
    this.#script = script;
    this.#options = options;
  }

  /** @returns null where the model's answer used up the budget */
  *choose(
    at: Node<State>,
    open: readonly Move<State>[],
  ): Generator<Question, { move: Move<State>; weight: number } | null, Opinion> {
    const index = open.length === 1 ? 0 : yield* this.#decide(at, open);
    if (open.length === 1) this.effort.forced++;
    if (index === null) return null;
    const move = open[index];
    if (!move) throw new RangeError(`line ${index} of ${open.length} was picked`);
    return { move, weight: this.#weights.get(at)?.get(move.text) ?? 0 };
  }

  *#decide(
    at: Node<State>,
    open: readonly Move<State>[],
  ): Generator<Question, number | null, Opinion> {
    const { weighsOnce } = this.#options.strategy;
    const known = weighsOnce ? this.#ranks.get(at) : undefined;
    if (known) {
      this.effort.proposed++;
      return highest(open.map(({ text }) => known.get(text) ?? { value: -Infinity, draw: 0 }));
    }
    const decision = this.#decision++;
    const draw = (n: number) => this.#options.draw(decision, n);
    const lines = open.map(({ text }) => lineOf(text));
    const opinion = yield { script: this.#script, lines, draw };
    if (opinion.kind === "failed") throw new RangeError("a search whose question failed goes on");
    if (opinion.kind === "pick") return this.#pick(opinion);
    this.effort.proposed++;
    this.effort.scored += opinion.scored;
    this.effort.read += opinion.read;
    return this.#weigh(at, open, opinion.logprobs, draw);
  }

  #pick({ index, tokens }: Extract<Opinion, { kind: "pick" }>): number | null {
    this.#script.spend(tokens);
    if (this.#script.room < 0) return null;
    if (index === null) this.effort.own++;
    else this.effort.proposed++;
    return index ?? 0;
  }

  #weigh(
    at: Node<State>,
    open: readonly Move<State>[],
    logprobs: readonly number[],
    draw: Question["draw"],
  ): number {
    const weights = normalised(logprobs);
    const ranks = weights.map((weight, i) => rank(weight, this.#options.temperature, draw(i)));
    const byLine = <T>(values: readonly T[]) =>
      new Map(values.map((value, i): [string, T] => [open[i]?.text ?? "", value]));
    if (!this.#weights.has(at)) this.#weights.set(at, byLine(weights));
    if (this.#options.strategy.weighsOnce) this.#ranks.set(at, byLine(ranks));
    return highest(ranks);
  }
}
