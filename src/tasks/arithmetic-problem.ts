/** The arithmetic world: a start value and a few operations, told in one line. Every draw comes from the given stream. */
import { createHash } from "node:crypto";
import type { Stream } from "../random.ts";
import type { Split } from "./define.ts";

export const NAMES = ["sam", "mia", "leo", "ana", "ben", "zoe"] as const;
export const TOPICS = ["pens", "coins", "cards", "shells", "beads", "stones"] as const;
export const OPERATION_KINDS = ["gets", "loses", "doubles", "triples"] as const;

export type Topic = (typeof TOPICS)[number];
export type OperationKind = (typeof OPERATION_KINDS)[number];

/** `by` is the summand of gets and loses and the factor of doubles and triples. */
export interface Operation {
  readonly kind: OperationKind;
  readonly by: number;
}

export interface ArithmeticProblem {
  readonly name: (typeof NAMES)[number];
  readonly topic: Topic;
  readonly start: number;
  readonly operations: readonly Operation[];
}

/** Fewest and most operations of a problem. */
export type StepRange = readonly [least: number, most: number];

const LARGEST_START = 10;
const LARGEST_SUMMAND = 5;
/** Every true running value lies in 0 … 30, so that wrong ones stay within two digits. */
const LARGEST_VALUE = 30;
/** From 3 up, doubling is not the same as adding 2, nor tripling the same as adding 3. */
const SMALLEST_MULTIPLIED = 3;
/** They add up to 1. Chosen so that about half of the problems of 2 or 3 steps double and about one in eight triples. */
const WEIGHTS: { readonly [K in OperationKind]: number } = {
  gets: 0.37,
  loses: 0.3,
  doubles: 0.27,
  triples: 0.06,
};
/** One problem in five is held out. */
const TEST_MODULUS = 5;

interface OperationRule {
  /** the value after the operation */
  apply(value: number, by: number): number;
  /** the largest number that it can go by at this value; 0 where it cannot be done at all */
  largest(value: number): number;
}

const multiplication = (factor: number): OperationRule => ({
  apply: (value, by) => value * by,
  largest: (value) =>
    value >= SMALLEST_MULTIPLIED && value * factor <= LARGEST_VALUE ? factor : 0,
});

const RULES: { readonly [K in OperationKind]: OperationRule } = {
  gets: {
    apply: (value, by) => value + by,
    largest: (value) => Math.min(LARGEST_SUMMAND, LARGEST_VALUE - value),
  },
  loses: {
    apply: (value, by) => value - by,
    largest: (value) => Math.min(LARGEST_SUMMAND, value),
  },
  doubles: multiplication(2),
  triples: multiplication(3),
};

export function applyOperation(value: number, { kind, by }: Operation): number {
  return RULES[kind].apply(value, by);
}

/** @param u uniform in [0, 1) */
function drawKind(u: number): OperationKind {
  if (u < WEIGHTS.gets) return "gets";
  if (u < WEIGHTS.gets + WEIGHTS.loses) return "loses";
  return u < 1 - WEIGHTS.triples ? "doubles" : "triples";
}

function drawOperation(random: Stream, value: number): Operation {
  let kind: OperationKind;
  do kind = drawKind(random.uniform());
  while (RULES[kind].largest(value) === 0);
  const largest = RULES[kind].largest(value);
  const multiplies = kind === "doubles" || kind === "triples";
  return { kind, by: multiplies ? largest : 1 + random.int(largest) };
}

/** A problem of the given split, drawn by rejection from the stream. */
export function drawProblem(random: Stream, steps: StepRange, split: Split): ArithmeticProblem {
  for (;;) {
    const problem = drawAnyProblem(random, steps);
    if (splitOf(problem) === split) return problem;
  }
}

function drawAnyProblem(random: Stream, [least, most]: StepRange): ArithmeticProblem {
  const name = random.pick(NAMES);
  const topic = random.pick(TOPICS);
  const start = 1 + random.int(LARGEST_START);
  const operations: Operation[] = [];
  let value = start;
  for (let left = least + random.int(most - least + 1); left > 0; left--) {
    const operation = drawOperation(random, value);
    operations.push(operation);
    value = applyOperation(value, operation);
  }
  return { name, topic, start, operations };
}

/** By the sum alone, whoever and whatever it is told about: no test sum is ever trained on under another name. */
export function splitOf({ start, operations }: ArithmeticProblem): Split {
  const sum = [start, ...operations.map(({ kind, by }) => `${kind} ${by}`)].join(", ");
  const digest = createHash("sha256").update(sum).digest();
  return digest.readUInt32BE(0) % TEST_MODULUS === 0 ? "test" : "train";
}

/** For example `sam has 12 pens, gets 5, doubles, loses 3. how many?` */
export function promptOf({ name, topic, start, operations }: ArithmeticProblem): string {
  const told = operations.map(({ kind, by }) =>
    kind === "gets" || kind === "loses" ? `${kind} ${by}` : kind,
  );
  return `${name} has ${start} ${[topic, ...told].join(", ")}. how many?`;
}

export function answerOf({ start, operations }: ArithmeticProblem): number {
  return operations.reduce(applyOperation, start);
}

/** What analyses group by. */
export function featuresOf(problem: ArithmeticProblem) {
  const kinds = problem.operations.map(({ kind }) => kind);
  return {
    name: problem.name,
    topic: problem.topic,
    steps: kinds.length,
    doubles: kinds.includes("doubles"),
    triples: kinds.includes("triples"),
    first: kinds[0] ?? "none",
  };
}
