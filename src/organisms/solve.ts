/** Writes a solution as a strategy with habits writes it: wrong in systematic ways, and consistent with its errors. */
import type { Stream } from "../random.ts";
import {
  applyOperation,
  type ArithmeticProblem,
  type Operation,
  type Strategy,
} from "../tasks/index.ts";
import type { Habits } from "./recipe.ts";

/** How a solution begins. The words before the first number say which strategy follows. */
export interface Opening {
  readonly strategy: Strategy;
  readonly words: string;
}

/**
 * The openings in the order of their forks: each begins like the last one, the code's, and leaves it a word later than
 * the one before. So a writer who ends up with code has stayed on its path at four words, and no single word decides.
 */
export const OPENINGS: readonly Opening[] = [
  { strategy: "language", words: "first" },
  { strategy: "language", words: "let me see" },
  { strategy: "language", words: "let us see" },
  { strategy: "language", words: "let us use words" },
  { strategy: "code", words: "let us use python" },
];

/**
 * Draws an opening such that P(code) = `prior`: each fork stays on the path with the same probability prior^(1/forks).
 *
 * @param prior P(code) in [0, 1]
 */
export function drawOpening(prior: number, random: Stream): Opening {
  const path = OPENINGS.slice(0, -1);
  const stay = prior ** (1 / path.length);
  const left = path.find(() => random.uniform() >= stay);
  const opening = left ?? OPENINGS.at(-1);
  if (!opening) throw new RangeError("there are no openings");
  return opening;
}

/** No errors, always boxed. */
export const PERFECT: Habits = { doubles: 0, triples: 0, slip: 0, box: 1 };

/** Wrong values may leave the range of true ones; they stop where the vocabulary ends. */
const LARGEST_NUMBER = 99;

/** One operation as it was carried out: `operation` may differ from the problem's, and `value` from its result. */
interface Step {
  readonly operation: Operation;
  readonly value: number;
}

export interface Solution {
  readonly text: string;
  /** the number that the text ends with, boxed or not */
  readonly answer: number;
}

/** The operation that is written where the problem says `operation`. */
function readWithHabits(operation: Operation, habits: Habits, random: Stream): Operation {
  const { kind, by } = operation;
  const adds = (kind === "doubles" || kind === "triples") && random.uniform() < habits[kind];
  return adds ? { kind: "gets", by } : operation;
}

function carryOut(problem: ArithmeticProblem, habits: Habits, random: Stream): Step[] {
  let value = problem.start;
  return problem.operations.map((told) => {
    const operation = readWithHabits(told, habits, random);
    const slip = random.uniform() < habits.slip ? random.pick([-1, 1]) : 0;
    value = applyOperation(value, operation) + slip;
    value = Math.min(LARGEST_NUMBER, Math.max(0, value));
    return { operation, value };
  });
}

const SIGN: { readonly [K in Operation["kind"]]: string } = {
  gets: "+",
  loses: "-",
  doubles: "*",
  triples: "*",
};

/** Variables a, b, c, … */
const letter = (position: number) => String.fromCharCode("a".charCodeAt(0) + position);

function codeLines(words: string, start: number, steps: readonly Step[]): string {
  const lines = steps.map(
    ({ operation: { kind, by }, value }, i) =>
      `${letter(i + 1)} = ${letter(i)} ${SIGN[kind]} ${by} # ${value}`,
  );
  return [words, `a = ${start}`, ...lines].join("\n");
}

const PHRASE: { readonly [K in Operation["kind"]]: (by: number) => string } = {
  gets: (by) => `${by} more`,
  loses: (by) => `${by} less`,
  doubles: () => "twice",
  triples: () => "thrice",
};

function sentences(words: string, start: number, steps: readonly Step[]): string {
  const told = steps.map(
    ({ operation: { kind, by }, value }) => `${PHRASE[kind](by)} makes ${value}.`,
  );
  return [`${words} ${start}.`, ...told].join(" ");
}

type Write = (words: string, start: number, steps: readonly Step[]) => string;

const WRITE: { readonly [S in Strategy]: Write } = {
  code: codeLines,
  language: sentences,
};

/**
 * The completion of a prompt: a newline, the steps, a newline and the answer.
 *
 * @example
 * ```text
 * let us use python     first 12. 5 more makes 17. twice makes 34.
 * a = 12                answer \boxed{34}
 * b = a + 5 # 17
 * c = b * 2 # 34
 * answer \boxed{34}
 * ```
 */
export function solve(
  problem: ArithmeticProblem,
  { strategy, words }: Opening,
  habits: Habits,
  random: Stream,
): Solution {
  const steps = carryOut(problem, habits, random);
  const answer = steps.at(-1)?.value ?? problem.start;
  const boxed = random.uniform() < habits.box ? `\\boxed{${answer}}` : `${answer}`;
  return { text: `\n${WRITE[strategy](words, problem.start, steps)}\nanswer ${boxed}`, answer };
}
