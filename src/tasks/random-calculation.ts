/** Generated arithmetic: no model can have seen it, so what it gains here is no memory. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { extractMathAnswer, findGrader } from "../graders/index.ts";
import { stream } from "../random.ts";
import { defineTask, isUngraded, type Problem, type Split } from "./define.ts";
import { gradeByGrader } from "./grader.ts";
import { parseFraction, type Rational } from "./number.ts";
import { drawExpression, type Expression } from "./random-expression.ts";

const MOST_STEPS = 20;
const stepCount = z.number().int().min(1).max(MOST_STEPS);

const paramsSchema = z.strictObject({
  steps: z
    .tuple([stepCount, stepCount])
    .refine(([least, most]) => least <= most, {
      error: "the first number must not exceed the second",
    })
    .default([1, MOST_STEPS])
    .describe("fewest and most operations of an expression"),
  problems: z
    .number()
    .int()
    .positive()
    .max(100_000)
    .default(1000)
    .describe("problems of a split, of which a trial takes what it asks for"),
});

const SPLIT_NUMBER: { readonly [S in Split]: number } = { train: 0, test: 1 };
/** One expression in five is held out, by its text: none is ever in both splits, whatever the seeds. */
const TEST_MODULUS = 5;

function splitOf(text: string): Split {
  return createHash("sha256").update(text).digest().readUInt32BE(0) % TEST_MODULUS === 0
    ? "test"
    : "train";
}

function promptOf(text: string): string {
  return (
    "Evaluate this expression exactly, step by step. Put the final value, an integer or a reduced fraction, within " +
    `\\boxed{}.\n\n${text}\n`
  );
}

function answerOf({ value: { numerator, denominator } }: Expression): string {
  return denominator === 1n ? String(numerator) : `${numerator}/${denominator}`;
}

const toNumber = ({ numerator, denominator }: Rational) => Number(numerator) / Number(denominator);

/** 1 − ½·min(|a−b|, 1) − ½·min(|a−b|/(|b|+ε), 1): how near a is to b, absolutely and relatively (arXiv 2507.10532). */
export function nearness(a: number, b: number): number {
  const distance = Math.abs(a - b);
  return 1 - 0.5 * Math.min(distance, 1) - 0.5 * Math.min(distance / (Math.abs(b) + 1e-6), 1);
}

export const randomCalculation = defineTask<z.output<typeof paramsSchema>>({
  name: "random-calculation",
  description:
    "generated arithmetic of 1 to 20 steps, always clean; extracted in the released order, graded exactly by the " +
    "mathematics grader, with the continuous score as a part",
  source:
    "after RandomCalculation, arXiv 2507.10532, whose generator is not public: numbers and limits are this project's",
  params: paramsSchema,
  grader: findGrader("math"),
  load: ({ steps: [least, most], problems: all }, { split, count, seed }) => {
    const wanted = Math.min(count ?? all, all);
    const problems = new Map<string, Problem>();
    for (let draw = 0; problems.size < wanted; draw++) {
      const random = stream(seed, "problems", SPLIT_NUMBER[split], draw);
      const steps = least + random.int(most - least + 1);
      const expression = drawExpression(random, steps);
      const { text } = expression;
      if (splitOf(text) !== split || problems.has(text)) continue;
      problems.set(text, {
        id: `random-calculation-${split}-${draw}`,
        key: draw,
        prompt: promptOf(text),
        answer: answerOf(expression),
        features: { steps },
      });
    }
    return Promise.resolve([...problems.values()]);
  },
  extract: extractMathAnswer,
  grade: async (prediction, gold, context) => {
    const grade = await gradeByGrader(prediction, gold, context);
    if (isUngraded(grade)) return grade;
    const [given, wanted] = [
      prediction === null ? null : parseFraction(prediction),
      parseFraction(gold),
    ];
    if (!given || !wanted) return grade;
    return { ...grade, parts: { continuous: nearness(toNumber(given), toNumber(wanted)) } };
  },
});
