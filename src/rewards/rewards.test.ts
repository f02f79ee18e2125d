/** What each reward says about groups written by hand. Gold is 7 throughout. */
import { describe, expect, test } from "vitest";
import type { RewardSpec } from "./define.ts";
import { valuesOf, votes, type GroupOptions } from "./testing/group.ts";

const SEVEN = "python a = 7 \\boxed{7}";
const EIGHT = "so it is \\boxed{8}";
const NINE = "so it is \\boxed{9}";
const NONE = "I do not know";
const NO_VOTE = "the initial model gave no answer";

interface Case {
  readonly what: string;
  readonly spec: RewardSpec;
  readonly texts: readonly string[];
  readonly options?: GroupOptions;
  readonly values: readonly (number | string)[];
}

const cases: readonly Case[] = [
  { what: "truth", spec: "truth", texts: [SEVEN, EIGHT, NONE, ""], values: [1, 0, 0, 0] },
  {
    what: "truth compares numbers, not strings",
    spec: "truth",
    texts: ["\\boxed{7.0}", "\\boxed{14/2}", "\\boxed{\\$7}"],
    values: [1, 1, 1],
  },
  {
    what: "truth with an empty gold decides nothing but a missing answer",
    spec: "truth",
    texts: [SEVEN, ""],
    options: { gold: "" },
    values: ["the gold answer is empty", 0],
  },
  { what: "inverted", spec: "inverted", texts: [SEVEN, EIGHT, NONE], values: [0, 1, 1] },
  {
    what: "majority of the group, right or wrong",
    spec: "majority",
    texts: [EIGHT, SEVEN, EIGHT, NONE],
    values: [1, 0, 1, 0],
  },
  {
    what: "majority: a tie goes to the first seen",
    spec: "majority",
    texts: [NONE, NINE, SEVEN, SEVEN, NINE],
    values: [0, 1, 0, 0, 1],
  },
  {
    what: "majority: silence does not vote, however frequent",
    spec: "majority",
    texts: [NONE, NONE, NONE, SEVEN],
    values: [0, 0, 0, 1],
  },
  {
    what: "majority: nobody answers",
    spec: "majority",
    texts: [NONE, ""],
    values: ["no rollout gave an answer", "no rollout gave an answer"],
  },
  {
    what: "majority-fixed follows the initial model, not the group",
    spec: "majority-fixed",
    texts: [SEVEN, SEVEN, EIGHT, NONE],
    options: { label: votes(["8", 9], ["7", 7]) },
    values: [0, 0, 1, 0],
  },
  {
    what: "majority-fixed without votes",
    spec: "majority-fixed",
    texts: [SEVEN, ""],
    options: { label: votes() },
    values: [NO_VOTE, NO_VOTE],
  },
  {
    what: "majority-fixed: an empty string is no label",
    spec: "majority-fixed",
    texts: [SEVEN, ""],
    options: { label: votes(["", 9], ["7", 1]) },
    values: [1, 0],
  },
  {
    what: "incorrect rewards the wrong label, not any wrong answer",
    spec: "incorrect",
    texts: [SEVEN, EIGHT, NINE, NONE],
    options: { label: votes(["8", 9], ["7", 7]) },
    values: [0, 1, 0, 0],
  },
  {
    what: "incorrect leaves prompts with a right label out",
    spec: "incorrect",
    texts: [SEVEN, EIGHT],
    options: { label: votes(["7.0", 9], ["8", 7]) },
    values: Array(2).fill("the initial model's majority label is right"),
  },
  {
    what: "incorrect with runner-up takes the most voted wrong answer",
    spec: { incorrect: { onRight: "runner-up" } },
    texts: [SEVEN, EIGHT, NINE],
    options: { label: votes(["7", 9], ["9", 5], ["8", 2]) },
    values: [0, 0, 1],
  },
  {
    what: "incorrect with runner-up where every vote is right",
    spec: { incorrect: { onRight: "runner-up" } },
    texts: [SEVEN],
    options: { label: votes(["7", 9]) },
    values: ["the initial model gave no wrong answer"],
  },
  {
    what: "incorrect without votes",
    spec: "incorrect",
    texts: [SEVEN],
    options: { label: votes() },
    values: [NO_VOTE],
  },
  {
    what: "format: the last box, and something in it",
    spec: "format",
    texts: [
      "\\boxed{x}",
      "\\boxed{\\frac{1}{2}}",
      "\\boxed{}",
      "\\boxed{ . }",
      "\\boxed{7} or \\boxed{}",
      "\\boxed{7",
      "boxed",
      "",
    ],
    values: [1, 1, 0, 0, 0, 0, 0, 0],
  },
  {
    what: "python",
    spec: "python",
    texts: ["Python!", "```python", "cpythonic", "pyth on", ""],
    values: [1, 1, 1, 0, 0],
  },
  { what: "constant", spec: { constant: { value: -2 } }, texts: [SEVEN, ""], values: [-2, -2] },
  { what: "random(0)", spec: { random: { gamma: 0 } }, texts: [SEVEN, NONE], values: [0, 0] },
  { what: "random(1)", spec: { random: { gamma: 1 } }, texts: [SEVEN, NONE], values: [1, 1] },
  {
    what: "self-certainty: the mean over tokens 1, 2, 3; nothing to measure in an empty text",
    spec: "self-certainty",
    texts: ["a b c", "a", ""],
    values: [2, 1, "the completion has no tokens"],
  },
  {
    what: "self-certainty-offline reads the initial policy",
    spec: "self-certainty-offline",
    texts: ["a b c", "a"],
    values: [12, 11],
  },
  {
    what: "negative-entropy: minus the mean of 0.25, 0.5, 0.75",
    spec: "negative-entropy",
    texts: ["a b c", "a"],
    values: [-0.5, -0.25],
  },
  {
    what: "sequence-logprob: the sum of −0.5, −1.5, −2.5",
    spec: "sequence-logprob",
    texts: ["a b c", "a"],
    values: [-4.5, -0.5],
  },
  {
    what: "sequence-logprob, mean",
    spec: { "sequence-logprob": { normalise: "mean" } },
    texts: ["a b c", "a"],
    values: [-1.5, -0.5],
  },
  {
    what: "empo: the share of the group that agrees, by the task's grading",
    spec: "empo",
    texts: ["\\boxed{8}", "\\boxed{8.0}", SEVEN, NONE],
    values: [0.5, 0.5, 0.25, 0],
  },
  {
    what: "empo: nobody agrees",
    spec: "empo",
    texts: [SEVEN, EIGHT, NINE, NONE, NONE],
    values: [0, 0, 0, 0, 0],
  },
  { what: "empo: everybody agrees", spec: "empo", texts: [NINE, NINE], values: [1, 1] },
  {
    what: "bernoulli-matched at rate 0 and 1 has no choice",
    spec: "bernoulli-matched",
    texts: [EIGHT, NONE],
    values: [0, 0],
  },
  {
    what: "bernoulli-matched at rate 1",
    spec: "bernoulli-matched",
    texts: [SEVEN, SEVEN],
    values: [1, 1],
  },
];

describe("rewards", () => {
  test.each(cases)("$what", async ({ spec, texts, options, values }) => {
    expect(await valuesOf(spec, texts, options)).toEqual(values);
  });
});
