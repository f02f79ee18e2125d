/** The task `arithmetic`: generated sums in words, the world of the model organisms. */
import { z } from "zod";
import { InputError } from "../errors.ts";
import { stream } from "../random.ts";
import {
  answerOf,
  drawProblem,
  featuresOf,
  promptOf,
  type ArithmeticProblem,
} from "./arithmetic-problem.ts";
import { defineTask, type Problem, type Split } from "./define.ts";
import { lastBoxed } from "./extract.ts";
import { equalRationals, parseRational } from "./number.ts";

/** Solutions name their values with single letters, so a problem has at most this many operations. */
export const MOST_STEPS = 6;

const stepCount = z.number().int().min(1).max(MOST_STEPS);

export const stepsSchema = z
  .tuple([stepCount, stepCount])
  .refine(([least, most]) => least <= most, {
    error: "the first number must not exceed the second",
  })
  .default([2, 3])
  .describe("fewest and most operations of a problem");

const paramsSchema = z.strictObject({
  steps: stepsSchema,
  problems: z
    .number()
    .int()
    .positive()
    .max(100_000)
    .default(4096)
    .describe("problems of a split, of which a trial takes what it asks for"),
});

export type ArithmeticParams = z.infer<typeof paramsSchema>;

/** So many draws in a row without a new problem mean that hardly any is left. */
const MOST_REPEATS = 1000;

const SPLIT_NUMBER: { readonly [S in Split]: number } = { train: 0, test: 1 };

/**
 * The first `count` problems of a split, all different; a smaller count gives a prefix of a larger one.
 * Each draw is keyed by (seed, "problems", split, number of the draw).
 *
 * @throws InputError `too-few-problems` where so many different ones do not exist, as with one step and a large count
 */
export function drawProblems(
  steps: ArithmeticParams["steps"],
  { split, count, seed }: { split: Split; count: number; seed: number },
): ArithmeticProblem[] {
  const byPrompt = new Map<string, ArithmeticProblem>();
  for (let draw = 0, repeats = 0; byPrompt.size < count; draw++) {
    if (repeats > MOST_REPEATS) {
      throw new InputError(
        `arithmetic: found only ${byPrompt.size} of ${count} different ${split} problems`,
        {
          code: "too-few-problems",
          hint: `Ask for fewer problems, or for more steps than ${steps.join(" to ")}.`,
          field: "problems",
        },
      );
    }
    const problem = drawProblem(stream(seed, "problems", SPLIT_NUMBER[split], draw), steps, split);
    const prompt = promptOf(problem);
    repeats = byPrompt.has(prompt) ? repeats + 1 : 0;
    if (repeats === 0) byPrompt.set(prompt, problem);
  }
  return [...byPrompt.values()];
}

/** Numbers compare by value (`07` is 7), anything else by its text. */
function equalAnswers(a: string, b: string): boolean {
  const [x, y] = [parseRational(a), parseRational(b)];
  return x && y ? equalRationals(x, y) : a.trim() === b.trim();
}

export const arithmetic = defineTask<ArithmeticParams>({
  name: "arithmetic",
  description:
    "generated sums of a few operations (2 or 3 unless told otherwise) in words, with the answer in \\boxed{}",
  source: "this project's model organisms",
  params: paramsSchema,
  load: (params, { split, count, seed }) => {
    const wanted = Math.min(count ?? params.problems, params.problems);
    const drawn = drawProblems(params.steps, { split, count: wanted, seed });
    return Promise.resolve(
      drawn.map((problem, key): Problem => ({
        id: `${split}-${key}`,
        key,
        prompt: promptOf(problem),
        answer: String(answerOf(problem)),
        features: featuresOf(problem),
      })),
    );
  },
  extract: (text) => lastBoxed(text) || null,
  grade: (prediction, gold) => {
    if (gold.trim() === "") return { ungraded: "the gold answer is empty" };
    return { value: prediction !== null && equalAnswers(prediction, gold) ? 1 : 0 };
  },
});
