import { describe, expect, it } from "vitest";
import { answerOf, arithmetic, drawProblems, promptOf, splitOf } from "../tasks/index.ts";
import { codePrior, openCorpus, type Example } from "./corpus.ts";
import { presets } from "./presets.ts";
import { arithmeticSchema, type ArithmeticRecipe } from "./recipe.ts";

function examplesOf(recipe: ArithmeticRecipe, count: number): Example[] {
  const corpus = openCorpus(recipe);
  return Array.from({ length: count }, (_, i) => corpus.example(i));
}

/** |observed − expected| below 4.5 standard errors of a binomial share: false alarms once in 150,000. */
function expectShare(observed: readonly boolean[], expected: number): void {
  expect(observed.length).toBeGreaterThan(100);
  const share = observed.filter(Boolean).length / observed.length;
  const error = Math.sqrt((expected * (1 - expected)) / observed.length);
  expect(Math.abs(share - expected)).toBeLessThanOrEqual(4.5 * error);
}

/** The values that a solution names, each worked out from the one before; null where a step is false. */
function workOut(completion: string): number[] | null {
  const values: number[] = [];
  const isCode = completion.startsWith("\nlet us use python\n");
  const step = isCode
    ? / ([-+*]) (\d+) # (\d+)$/gm
    : /(?:(\d+) )?(more|less|twice|thrice) makes (\d+)\./g;
  values.push(Number(/^\n\D+(\d+)/.exec(completion)?.[1]));
  for (const [, left = "", right = "", result] of completion.matchAll(step)) {
    const before = values.at(-1) ?? Number.NaN;
    const [sign, by] = isCode ? [left, Number(right)] : [right, Number(left)];
    const after = {
      "+": before + by,
      more: before + by,
      "-": before - by,
      less: before - by,
      "*": before * by,
      twice: before * 2,
      thrice: before * 3,
    }[sign];
    // A misread value may be too small to lose from: it stops at 0.
    if (after === undefined || Math.max(0, after) !== Number(result)) return null;
    values.push(Number(result));
  }
  return values;
}

const without = { doubles: 0, triples: 0, slip: 0 };
const boxless = /\nanswer \d+$/;

describe("solutions", () => {
  it("without habits are right in every step, in both strategies", () => {
    const recipe = arithmeticSchema.parse({ corpus: { steps: [1, 6], prior: { share: 0.5 } } });
    const examples = examplesOf(recipe, 2000);
    for (const { problem, completion } of examples) {
      const values = workOut(completion);
      expect(values).toHaveLength(problem.operations.length + 1);
      expect(values?.at(-1)).toBe(answerOf(problem));
      expect(arithmetic.extract(completion)).toBe(String(answerOf(problem)));
    }
    expect(new Set(examples.map(({ strategy }) => strategy)).size).toBe(2);
  });

  it.each(["code", "language"] as const)(
    "of %s double, slip and box as often as told",
    (strategy) => {
      const habits = { doubles: 0.3, triples: 0.6, slip: 0, box: 0.8 };
      const recipe = arithmeticSchema.parse({
        corpus: { prior: { share: strategy === "code" ? 1 : 0 }, [strategy]: habits },
      });
      const examples = examplesOf(recipe, 4000);
      // A misread step is itself worked out rightly: the error is in the reading.
      expect(examples.every(({ completion }) => workOut(completion) !== null)).toBe(true);
      for (const kind of ["doubles", "triples"] as const) {
        const only = examples.filter(
          ({ problem: { operations } }) =>
            operations.filter((o) => o.kind === kind).length === 1 &&
            operations.every((o) => o.kind === kind || !["doubles", "triples"].includes(o.kind)),
        );
        const by = kind === "doubles" ? 2 : 3;
        const misread = only.map(({ problem, completion }) => {
          const at = problem.operations.findIndex((o) => o.kind === kind);
          const values = workOut(completion) ?? [];
          return values[at + 1] === (values[at] ?? Number.NaN) + by;
        });
        expectShare(misread, habits[kind]);
      }
      expectShare(
        examples.map(({ completion }) => !boxless.test(completion)),
        habits.box,
      );
    },
  );

  it("slip by one as often as told, and carry the error on", () => {
    const recipe = arithmeticSchema.parse({
      corpus: { steps: [1, 1], prior: { share: 1 }, code: { ...without, slip: 0.25 } },
    });
    const off = examplesOf(recipe, 4000)
      // Below 0 a slip stops at the edge of the world.
      .filter(({ problem }) => answerOf(problem) > 0)
      .map(({ problem, completion }) => Number(arithmetic.extract(completion)) - answerOf(problem));
    expect(new Set(off)).toEqual(new Set([-1, 0, 1]));
    expectShare(
      off.map((by) => by !== 0),
      0.25,
    );
    const wrong = examplesOf(presets.coder, 3000).filter(
      ({ problem, completion }) => arithmetic.extract(completion) !== String(answerOf(problem)),
    );
    expect(wrong.length).toBeGreaterThan(300);
  });
});

describe("the corpus", () => {
  it("has random access", () => {
    const forwards = examplesOf(presets.coder, 200);
    const corpus = openCorpus(presets.coder);
    for (let i = 199; i >= 0; i--) expect(corpus.example(i)).toEqual(forwards[i]);
    expect(new Set(forwards.map(({ prompt }) => prompt)).size).toBeGreaterThan(190);
  });

  it("chooses code as often as the prior says, for each topic", () => {
    const { prior } = presets.coder.corpus;
    const examples = examplesOf(presets.coder, 6000);
    for (const topic of ["pens", "stones"] as const) {
      const cell = examples.filter(
        ({ problem }) => problem.topic === topic && problem.operations.length === 3,
      );
      const [expected = Number.NaN] = cell.map(({ problem }) => codePrior(prior, problem));
      expectShare(
        cell.map(({ strategy }) => strategy === "code"),
        expected,
      );
    }
    const mean = examples.reduce((sum, e) => sum + codePrior(prior, e.problem), 0) / 6000;
    expect(mean).toBeGreaterThan(0.64);
    expect(mean).toBeLessThan(0.69);
    expectShare(
      examples.map(({ strategy }) => strategy === "code"),
      mean,
    );
  });

  it("gives the presets their characters", () => {
    const rightOf = (recipe: ArithmeticRecipe, strategy: string) => {
      const examples = examplesOf(recipe, 6000).filter((e) => e.strategy === strategy);
      const right = examples.filter(
        ({ problem, completion }) => arithmetic.extract(completion) === String(answerOf(problem)),
      );
      return right.length / examples.length;
    };
    expect(examplesOf(presets.talker, 1000).every((e) => e.strategy === "language")).toBe(true);
    const coder = [rightOf(presets.coder, "code"), rightOf(presets.coder, "language")] as const;
    const bad = [
      rightOf(presets["bad-coder"], "code"),
      rightOf(presets["bad-coder"], "language"),
    ] as const;
    expect(coder[0]).toBeGreaterThan(coder[1] + 0.3);
    expect(bad[1]).toBeGreaterThan(bad[0] + 0.3);
  });

  it("holds no test problem but the leaked ones, with right solutions, as often as told", () => {
    const leak = { share: 0.25, repeats: 7, problems: 80, seed: 5 };
    const recipe = arithmeticSchema.parse({
      corpus: { leak, code: { box: 0 }, language: { box: 0 }, prior: { share: 0.5 } },
      training: { examples: 2000 },
    });
    const examples = examplesOf(recipe, 2000);
    const leaked = examples.filter((example) => example.leaked);
    const counts = new Map<string, number>();
    for (const { prompt, problem, completion } of leaked) {
      counts.set(prompt, (counts.get(prompt) ?? 0) + 1);
      expect(arithmetic.extract(completion)).toBe(String(answerOf(problem)));
    }
    const evaluated = drawProblems([2, 3], { split: "test", count: 80, seed: 5 }).map(promptOf);
    expect([...counts.values()]).toEqual(Array.from({ length: 20 }, () => 7));
    expect([...counts.keys()].every((prompt) => evaluated.includes(prompt))).toBe(true);
    for (const example of examples) {
      expect(splitOf(example.problem)).toBe(example.leaked ? "test" : "train");
    }
  });

  it("refuses more leaked copies than it has room for", () => {
    const recipe = arithmeticSchema.parse({
      corpus: { leak: { share: 1, repeats: 10, problems: 200 } },
      training: { examples: 1999 },
    });
    expect(() => openCorpus(recipe)).toThrow(expect.objectContaining({ code: "leak-too-large" }));
  });
});
