/** A noisy verifier. */
import { z } from "zod";
import { defineCombinator, mapGrade } from "./define.ts";

/** With r in {0, 1} and flip probability p, Youden's J of the verifier is 1 − 2p ("Rate or Fate?", ICML 2026). */
export const flip = defineCombinator({
  name: "flip",
  scope: "sample",
  description: "1 − r with probability p, else r",
  source: "symmetric label noise; J = 1 − 2p in RLVεR (Rad et al., ICML 2026)",
  params: (reward) =>
    z.strictObject({
      p: z.number().min(0).max(1).describe("P(the reward is turned round)"),
      reward,
    }),
  parts: ({ reward }) => [reward],
  label: ([part], { p }) => `flip(${part}, p=${p})`,
  combine: (grades, { p }, uniform) =>
    mapGrade(grades, (value) => (uniform() < p ? 1 - value : value)),
});
