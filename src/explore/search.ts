/**
 * The controller: it keeps state, visited set and frontier, lets through only legal moves to states that are new,
 * returns, concludes, and writes each line. The model decides which of the open moves is made.
 */
import type { Move, StateSpace } from "../search/index.ts";
import { byRank, normalised, rank, type Rank } from "./choose.ts";
import { checkOpinion } from "./opinion.ts";
import type { Opinion, Question } from "./proposer.ts";
import type { Script } from "./script.ts";
import type { Strategy } from "./strategies/index.ts";
import { lineOf, SearchTree, type Node } from "./tree.ts";

/**
 * Why a search ended. `exhausted`: everything that can be reached was visited, which is a proof. `pruned`: nothing is
 * left, but states were dropped with open moves, so nothing is proved and nothing concluded.
 */
export const STOPS = ["goal", "exhausted", "pruned", "budget"] as const;
export type Stop = (typeof STOPS)[number];

/** What a search did, line by line that it wrote, and what asking cost it. */
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
  /** moves that a beam keeps of each level */
  readonly width: number;
  /** the model's opinions are likelihoods */
  readonly weighs: boolean;
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
  const open = (node: Node<State>) => tree.open(node);
  const model = new Consulted<State>(script, options);
  const { effort } = model;
  const agenda = strategy.agenda<State>({
    open,
    rank: (node, move) => model.rank(node, move),
    key: (state) => space.key(state),
    width,
  });
  const found: State[] = [];
  const isDone = () => found.length > 0 && !all;
  const end = (stop: Stop): Outcome => ({ stop, goals: found.length, effort });
  /** Counts the lines that fit. @returns false where one does not */
  const write = (kind: "returns" | "reentries", lines: readonly string[]) => {
    const before = script.lines.length;
    const isWhole = script.write(lines);
    effort[kind] += script.lines.length - before;
    return isWhole;
  };

  /** @returns false where the budget ends here */
  function* arrive(node: Node<State>): Generator<Question, boolean, Opinion> {
    if (!script.write((space.remarks?.(node.state) ?? []).map(lineOf))) return false;
    if (space.isGoal(node.state)) found.push(node.state);
    if (strategy.weighsOnArrival && options.weighs && !isDone()) {
      if (!(yield* model.weigh(node, open(node)))) return false;
    }
    agenda.add(node);
    return true;
  }

  let at = tree.root;
  if (!script.write(frame.opening) || !(yield* arrive(at))) return end("budget");
  while (!isDone()) {
    const next = agenda.next(at);
    if (!next) break;
    const { returns, reentries } = tree.route(at, next.node);
    if (!write("returns", returns) || !write("reentries", reentries)) return end("budget");
    const choice = yield* model.choose(next.node, next.moves, open(next.node).length === 1);
    if (!choice || !script.write([lineOf(choice.move.text)])) return end("budget");
    const { move, by } = choice;
    effort[by] += 1;
    at = tree.visit(next.node, move, model.weight(next.node, move));
    if (!(yield* arrive(at))) return end("budget");
  }
  if (!isDone() && agenda.pruned) return end("pruned");
  const conclusion = lineOf(space.conclude(found));
  if (!script.write([conclusion, ...frame.closing])) return end("budget");
  return end(isDone() ? "goal" : "exhausted");
}

interface Choice<State> {
  readonly move: Move<State>;
  /** as it is counted once it is made */
  readonly by: "proposed" | "forced" | "own";
}

interface Weighed {
  /** log-probability among the moves that were open */
  readonly weight: number;
  readonly rank: Rank;
}

/** What the model said about the moves of each state, and what asking it cost. */
class Consulted<State> {
  readonly effort: Effort = { ...NO_EFFORT };
  readonly #script: Script;
  readonly #options: SearchOptions;
  /** by state and line; of a state that was weighed more than once, the last time */
  readonly #weighed = new Map<Node<State>, ReadonlyMap<string, Weighed>>();
  #decision = 0;

  constructor(script: Script, options: SearchOptions) {
    this.#script = script;
    this.#options = options;
  }

  /** 0, certainty, where it was not asked as there was no choice, or does not weigh. */
  weight(node: Node<State>, { text }: Move<State>): number {
    return this.#weighed.get(node)?.get(text)?.weight ?? 0;
  }

  /** Of the whole way from the start. */
  rank(node: Node<State>, { text }: Move<State>): Rank {
    const { value, draw } = this.#weighed.get(node)?.get(text)?.rank ?? { value: 0, draw: 0 };
    return { value: node.score + value, draw };
  }

  /**
   * One of the moves.
   *
   * @param isForced no other move is open
   * @returns null where the budget ends here
   */
  *choose(
    node: Node<State>,
    moves: readonly Move<State>[],
    isForced: boolean,
  ): Generator<Question, Choice<State> | null, Opinion> {
    const { strategy, weighs } = this.#options;
    if (isForced) return { move: this.#best(node, moves), by: "forced" };
    if (!strategy.weighsOnArrival || !weighs) return yield* this.#ask(node, moves);
    return { move: this.#best(node, moves), by: "proposed" };
  }

  /** Asks for the likelihoods of moves. @returns false where the budget ends here */
  *weigh(node: Node<State>, moves: readonly Move<State>[]): Generator<Question, boolean, Opinion> {
    if (moves.length < 2) return true;
    const opinion = yield* this.#question(node, moves);
    return opinion !== null;
  }

  *#ask(
    node: Node<State>,
    moves: readonly Move<State>[],
  ): Generator<Question, Choice<State> | null, Opinion> {
    const opinion = yield* this.#question(node, moves);
    if (opinion === null) return null;
    if (opinion.kind === "likelihoods") return { move: this.#best(node, moves), by: "proposed" };
    const { index, tokens, isEstimate } = opinion;
    const script = this.#script;
    script.spend(tokens, isEstimate);
    // Without a line and without room it was not asked as often as it might have been.
    if (script.room < 0 || (index === null && script.room === 0)) return null;
    const move = moves[index ?? 0];
    if (!move) throw new RangeError("a strategy goes on without a move");
    return { move, by: index === null ? "own" : "proposed" };
  }

  /**
   * Asks, and keeps likelihoods.
   *
   * @returns null where not all of the lines fit: were only the short ones open, the budget would have a say; and where
   * there is no room to answer, which lines that cost nothing do not tell
   * @throws RangeError for what is no opinion about these lines
   */
  *#question(
    node: Node<State>,
    moves: readonly Move<State>[],
  ): Generator<Question, Exclude<Opinion, { kind: "failed" }> | null, Opinion> {
    const lines = moves.map(({ text }) => lineOf(text));
    const script = this.#script;
    if (script.room <= 0 || !lines.every((line) => script.fits(line))) return null;
    const decision = this.#decision++;
    const draw = (n: number) => this.#options.draw(decision, n);
    const opinion = yield { script, lines, draw };
    if (opinion.kind === "failed") throw new RangeError("a search whose question failed goes on");
    checkOpinion(opinion, lines);
    if (opinion.kind === "likelihoods") this.#keep(node, moves, opinion, draw);
    return opinion;
  }

  #keep(
    node: Node<State>,
    moves: readonly Move<State>[],
    { logprobs, scored, read }: Extract<Opinion, { kind: "likelihoods" }>,
    draw: Question["draw"],
  ): void {
    const { temperature } = this.#options;
    const weights = normalised(logprobs);
    const weighed = moves.map(({ text }, i): [string, Weighed] => {
      const weight = weights[i];
      if (weight === undefined) throw new RangeError(`the likelihood of ${text} is missing`);
      return [text, { weight, rank: rank(weight, temperature, draw(i)) }];
    });
    this.#weighed.set(node, new Map(weighed));
    this.effort.scored += scored;
    this.effort.read += read;
  }

  #best(node: Node<State>, moves: readonly Move<State>[]): Move<State> {
    const ranked = moves.map((move) => ({ move, rank: this.rank(node, move) }));
    const [first] = ranked.toSorted((a, b) => byRank(a.rank, b.rank));
    if (!first) throw new RangeError("a strategy goes on without a move");
    return first.move;
  }
}
