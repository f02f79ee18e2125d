/** The grammar of rewards: what is accepted, what it becomes, and how mistakes are told. */
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { InputError } from "../errors.ts";
import { parseInput } from "../io/index.ts";
import { rewardSpecSchema } from "./spec.ts";

test.each([
  ["truth", { truth: {} }],
  ["random", { random: { gamma: 0.5 } }],
  [{ random: null }, { random: { gamma: 0.5 } }],
  [{ random: { gamma: 0.1 } }, { random: { gamma: 0.1 } }],
  [{ not: "incorrect" }, { not: { incorrect: { onRight: "skip" } } }],
  [{ sum: [{ reward: "truth" }] }, { sum: [{ weight: 1, reward: { truth: {} } }] }],
  [{ module: "./a.ts" }, { module: "./a.ts", export: "default" }],
])("%j becomes %j", (spec, resolved) => {
  expect(rewardSpecSchema.parse(spec)).toEqual(resolved);
});

const trial = z.strictObject({
  arms: z.record(z.string(), z.strictObject({ reward: rewardSpecSchema })),
});

describe("mistakes carry their field and a suggestion", () => {
  test.each<[unknown, string, RegExp]>([
    ["trut", "", /unknown reward "trut"\. Did you mean "truth"\?/],
    ["constructor", "", /unknown reward "constructor"\. Known: truth, /],
    [{ self_certainty: {} }, "", /Did you mean "self-certainty"\?/],
    [{ random: { gama: 0.1 } }, ".random.gama", /Did you mean "gamma"\?/],
    [{ random: { gamma: 2 } }, ".random.gamma", /2/],
    [{ random: { gamma: "half" } }, ".random.gamma", /must be a number, not "half"/],
    [{ incorrect: { onRight: "drop" } }, ".incorrect.onRight", /skip, runner-up/],
    [{ truth: {}, python: {} }, "", /not 2 names/],
    [{}, "", /not 0 names/],
    [7, "", /must be text or a map/],
    [{ and: [] }, ".and", /empty/],
    [{ and: "truth" }, ".and", /must be a list/],
    [{ and: ["truth", { not: "pyton" }] }, ".and.1.not", /Did you mean "python"\?/],
    [{ sum: [{ wieght: 1, reward: "truth" }] }, ".sum.0.wieght", /Did you mean "weight"\?/],
    [{ flip: { p: 0.1 } }, ".flip.reward", /missing/],
    [{ flip: { p: 1.5, reward: "truth" } }, ".flip.p", /1\.5/],
    [{ module: 5 }, ".module", /must be text/],
  ])("%j", (reward, field, message) => {
    let error: unknown;
    try {
      parseInput(trial, { arms: { a: { reward } } }, { file: "t.yaml" });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({
      field: `arms.a.reward${field}`,
      message: expect.stringMatching(message),
    });
  });
});
