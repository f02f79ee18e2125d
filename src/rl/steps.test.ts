/** Rewards by steps: characters to tokens, advantages of tokens, and a step of GRPO with them. */
import { fc } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { parseTokenizer } from "../engine/tokenizer/index.ts";
import { byteTokenizer } from "../engine/testing/byte-tokenizer.ts";
import { rolloutSchema } from "../records/index.ts";
import type { RewardGrade, SteppedGrade } from "../rewards/index.ts";
import type { Grade } from "../tasks/index.ts";
import { groupAdvantages, meanAdvantage, stepAdvantages, whiten } from "./advantages.ts";
import { grpoStep } from "./grpo.ts";
import { surrogateTerms } from "./losses.ts";
import { lastTokens, textEnds, tokenAdvantages } from "./steps.ts";
import { smallRun, truth } from "./testing/world.ts";

const std = { advantage: "std", advantageEps: 0 } as const;

/** A grade of steps that end every ten characters. */
const stepped = (...values: number[]): SteppedGrade => ({
  value: values.reduce((sum, value) => sum + value, 0),
  steps: values.map((value, k) => ({ end: 10 * (k + 1), value })),
});

describe("stepAdvantages", () => {
  test("normalises all steps of the group together and sums what is to come", () => {
    // R = {1, 1, −1, 1, 0}: mean .4, deviation at ddof 1 √(3.2/4).
    const { advantages_GK, dead } = stepAdvantages([stepped(1, 1, -1), stepped(1, 0)], std);
    const z = (value: number) => (value - 0.4) / Math.sqrt(0.8);
    const expected = [
      [z(1) + z(1) + z(-1), z(1) + z(-1), z(-1)],
      [z(1) + z(0), z(0)],
    ];
    expect(dead).toBe(false);
    for (const [g, advantages_K] of expected.entries()) {
      for (const [k, advantage] of advantages_K.entries()) {
        expect(advantages_GK[g]?.[k]).toBeCloseTo(advantage, 12);
      }
    }
  });

  test("with one step a rollout it is the outcome's advantage, to the bit", () => {
    const grade = fc.oneof(
      { weight: 4, arbitrary: fc.double({ min: -10, max: 10, noNaN: true }) },
      { weight: 1, arbitrary: fc.constant(null) },
    );
    const kinds = fc.constantFrom("std", "mean-only", "none");
    fc.assert(
      fc.property(fc.array(grade, { minLength: 2, maxLength: 12 }), kinds, (values, advantage) => {
        const how = { advantage, advantageEps: 1e-6 } as const;
        const ungraded: Grade = { ungraded: "why" };
        const outcome = groupAdvantages(
          values.map((value): Grade => (value === null ? ungraded : { value })),
          how,
        );
        const process = stepAdvantages(
          values.map((value): RewardGrade => (value === null ? ungraded : stepped(value))),
          how,
        );
        expect(process.advantages_GK.map(([first = 0]) => first)).toEqual(outcome.advantages_G);
        expect(process.dead).toBe(outcome.dead);
      }),
    );
  });

  test("the first steps' advantages add up to 0 over the group", () => {
    const group = fc.array(fc.array(fc.constantFrom(-1, 0, 1), { minLength: 1, maxLength: 9 }), {
      minLength: 2,
      maxLength: 8,
    });
    fc.assert(
      fc.property(group, (values_GK) => {
        const { advantages_GK } = stepAdvantages(
          values_GK.map((values_K) => stepped(...values_K)),
          std,
        );
        const sum = advantages_GK.reduce((total, [first = 0]) => total + first, 0);
        expect(sum).toBeCloseTo(0, 8);
      }),
    );
  });

  test("equal steps are dead, whatever the lengths", () => {
    expect(stepAdvantages([stepped(1, 1, 1), stepped(1)], std)).toEqual({
      advantages_GK: [[0, 0, 0], [0]],
      dead: true,
    });
  });
});

const { tokenizerJson, tokenizerConfig } = byteTokenizer();
const bytes = parseTokenizer(
  tokenizerJson,
  tokenizerConfig,
  { vocab: 260, bos: undefined, eos: [257] },
  "m",
);

describe("from characters to tokens", () => {
  test("a step ends with the token that completes its text, and the last with the last token", () => {
    const steps = [
      { end: 3, value: 1 },
      { end: 5, value: 1 },
      { end: 9, value: 1 },
    ];
    // Tokens that end at 2, 4 (across the first border), 5, 8, 9, and an end token without text.
    expect(lastTokens(steps, [2, 4, 5, 8, 9, 9])).toEqual([1, 2, 5]);
    // All in one token.
    expect(lastTokens(steps, [9])).toEqual([0, 0, 0]);
    // A stop string that the text does not keep.
    expect(lastTokens([{ end: 2, value: 1 }], [1, 2, 4])).toEqual([2]);
  });

  test("ends are those of the decoded text, also in the midst of characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }), (text) => {
        const tokens_T = [...Buffer.from(text), 257];
        const ends_T = textEnds(bytes, tokens_T);
        expect(ends_T.at(-1)).toBe(text.length);
        expect(ends_T).toEqual(ends_T.toSorted((a, b) => a - b));
        // Cut after any character: the bytes up to its last token are exactly the text before the cut.
        const cuts = Array.from(text).map((_, i, all) => all.slice(0, i + 1).join("").length);
        for (const end of cuts.slice(0, -1)) {
          const [token = -1] = lastTokens(
            [
              { end, value: 0 },
              { end: text.length, value: 0 },
            ],
            ends_T,
          );
          expect(bytes.decode(tokens_T.slice(0, token + 1))).toBe(text.slice(0, end));
        }
      }),
    );
  });

  test("each token has the advantage of the first step that ends with it or later", () => {
    expect([...tokenAdvantages([3, 2, 1], [1, 2, 5])]).toEqual([3, 3, 2, 1, 1, 1]);
    // Two steps in one token: it is credited with both.
    expect([...tokenAdvantages([3, 2, 1], [1, 1, 3])]).toEqual([3, 3, 1, 1]);
  });
});

describe("advantages of tokens", () => {
  test("clip and weigh each token by its own", () => {
    const logprobs = Float32Array.from([-1, -1, -1]);
    const moved = Float32Array.from([-0.5, -1.5, -1]);
    const { coefficients_T, clippedLow, clippedHigh } = surrogateTerms(
      moved,
      logprobs,
      Float32Array.from([1, -1, 2]),
      { low: 0.2, high: 0.2 },
    );
    expect([...coefficients_T]).toEqual([0, 0, 2]);
    expect({ clippedLow, clippedHigh }).toEqual({ clippedLow: 1, clippedHigh: 1 });
  });

  test("whitening counts tokens, whichever way they are given", () => {
    const spread = whiten([Float32Array.from([2, 2, 2]), -1], [3, 2]);
    const [a, b] = whiten([2, -1], [3, 2]);
    expect(meanAdvantage(spread[0] ?? NaN)).toBeCloseTo(a ?? NaN, 6);
    expect(spread[1]).toBeCloseTo(b ?? NaN, 6);
  });
});

describe("grpoStep", () => {
  /** truth as a reward of one step, which is the whole text */
  const asStep = (value: (text: string, right: number) => readonly number[]) => ({
    ...truth,
    score: async (context: Parameters<typeof truth.score>[0]): Promise<RewardGrade[]> =>
      (await truth.score(context)).map((grade, g) => {
        if ("ungraded" in grade) return grade;
        const text = context.rollouts_G[g]?.text ?? "";
        const values = value(text, grade.value);
        const steps = values.map((each, k) => ({
          end: Math.round((text.length * (k + 1)) / values.length),
          value: each,
        }));
        return { value: values.reduce((a, b) => a + b, 0), steps };
      }),
  });

  test("with one step a rollout it learns what it learns from the outcome", async () => {
    const [outcome, process] = [
      smallRun(),
      smallRun({}, { reward: asStep((_, right) => [right]) }),
    ];
    const [first, second] = [await grpoStep(outcome, 1), await grpoStep(process, 1)];
    expect(second.rollouts.map((row) => ({ ...row, steps: undefined }))).toEqual(
      first.rollouts.map((row) => ({
        ...row,
        steps: undefined,
        advantage: expect.closeTo(row.advantage, 6),
      })),
    );
    expect(second.metrics.gradNorm).toBeCloseTo(first.metrics.gradNorm, 6);
  });

  test("rows say what each step earned and which advantage its tokens had", async () => {
    const reward = asStep((text) => text.split(" ").map((word) => (word === "red" ? 1 : -1)));
    const { rollouts } = await grpoStep(smallRun({ updates: 1 }, { reward }), 1);
    for (const row of rollouts) {
      expect(rolloutSchema.safeParse(row).error).toBeUndefined();
      const steps = row.steps ?? [];
      expect(row.reward).toBe(steps.reduce((sum, { value }) => sum + value, 0));
      expect(steps.at(-1)?.token).toBe(row.tokens.length - 1);
      // Neighbours differ by the normalised reward of the earlier one, which has its value's sign or is its group's.
      let from = 0;
      let total = 0;
      for (const { token, advantage } of steps) {
        total += advantage * Math.max(0, token + 1 - from);
        from = Math.max(from, token + 1);
      }
      expect(row.advantage).toBeCloseTo(total / row.tokens.length, 5);
    }
    expect(rollouts.some(({ advantage }) => advantage !== 0)).toBe(true);
  });

  test("rows of other rewards have no steps", async () => {
    const { rollouts } = await grpoStep(smallRun(), 1);
    for (const row of rollouts) expect(row).not.toHaveProperty("steps");
  });
});
