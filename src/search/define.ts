/** What a problem family is: a state space with an exact solver, a language for traces, and a judge of steps. */
import type { z } from "zod";
import type { Stream } from "../random.ts";
import type { Label } from "./labels.ts";
import type { Statement } from "./language.ts";

/** What a search has to do before it may conclude. */
export type GoalMode = "find-one" | "find-all" | "optimise" | "prove-none";

/** A forward move. Backtracking returns along moves that were made, so it is no move of its own. */
export interface Move<State> {
  readonly to: State;
  /** the line that makes this move in the family's language, without the final `;` */
  readonly text: string;
}

/** P = (S, T, s₀, G) of arXiv 2505.20296, section 2. */
export interface StateSpace<State> {
  readonly start: State;
  /** any order of moves leads to the same end, or to one as good: one move a state is enough, and none is undone */
  readonly confluent?: true;
  /** the same for two states exactly if they are the same state */
  key(state: State): string;
  /** in the order in which the solver tries them */
  moves(state: State): readonly Move<State>[];
  isGoal(state: State): boolean;
  /** lines that the procedure writes on arriving in a state, without the final `;` */
  remarks?(state: State): readonly string[];
  /** the line that returns to this state from one that was reached from it */
  returnTo(state: State): string;
  /** the line that concludes: what was found, or that the space is exhausted, after this walk */
  conclude(found: readonly State[]): string;
}

export interface ConfluentSpace<State> extends StateSpace<State> {
  readonly confluent: true;
}

export interface Fault {
  readonly label: Label;
  /** what is wrong, in a sentence with the numbers at hand */
  readonly message: string;
}

/** A state of the walk that a trace describes. */
export interface Node {
  readonly key: string;
  /** a goal that was reached by valid steps only */
  readonly goal: boolean;
  /** keys of the states that forward moves reach from here */
  readonly children: () => readonly string[];
  /** where the state stands in pictures of the walk, as a cell; absent: at its key */
  readonly place?: string;
}

/** What a step is and does. */
export interface Judgement {
  /** `evaluate` claims something about the current state and moves nowhere; `unparsable` cannot be read */
  readonly kind: "visit" | "return" | "evaluate" | "conclude" | "unparsable";
  /** states on the way that the text leaves out, such as those that an unwinding passes, then the state reached */
  readonly path?: readonly Node[];
  /** what the step explores; exploring the same twice is a revisitation */
  readonly explores?: string;
  readonly faults: readonly Fault[];
}

/** How far a search is. */
export interface Progress {
  /** distinct goal states reached by valid steps, and all that there are */
  readonly goals: number;
  readonly allGoals: number;
  /** parts of the space that the goal mode requires and that were searched, and all of them */
  readonly covered: number;
  readonly required: number;
}

/** Replays one trace. After a faulty step it goes on from the state that the trace believes in. */
export interface Judge {
  readonly start: Node;
  step(statement: Statement): Judgement;
  /** the text leaves steps out here (`...`): the next step may start anywhere ahead */
  elide(): void;
  progress(): Progress;
  /** whether the final answer solves the problem, whatever the trace did; null without an answer */
  verdict(): boolean | null;
}

export interface Family<Problem = unknown, State = unknown> {
  /** kebab-case */
  readonly name: string;
  readonly description: string;
  readonly source: string;
  readonly problem: z.ZodType<Problem>;
  readonly difficulty: { readonly levels: number; readonly meaning: string };
  /** labels that can occur in this family */
  readonly labels: readonly Label[];
  /** the task and its trace language, as a model reads them */
  readonly rules: string;
  /** the problem of the prompt's worked example */
  readonly example: Problem;
  /** a problem of level 1 … levels; all draws come from the stream */
  generate(random: Stream, level: number): Problem;
  goalMode(problem: Problem): GoalMode;
  space(problem: Problem): StateSpace<State>;
  /** a systematic and complete search by the exact solver, a line a step */
  solve(problem: Problem): string[];
  /** the problem on one line, as the prompt states it */
  write(problem: Problem): string;
  /** reads what `write` wrote; null where the line is something else */
  read(line: string): Problem | null;
  /** finds the steps in a text; linear in its length */
  statements(text: string): Statement[];
  judge(problem: Problem): Judge;
}

/** Declares a family; the identity function, for its types. */
export function defineFamily<Problem, State>(
  family: Family<Problem, State>,
): Family<Problem, State> {
  return family;
}
