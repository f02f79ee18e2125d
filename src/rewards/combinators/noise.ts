/** Added Gaussian noise. */
import { z } from "zod";
import { defineCombinator, mapGrade } from "./define.ts";

export const noise = defineCombinator({
  name: "noise",
  scope: "sample",
  description: "r + std · ε, ε standard normal",
  source: "additive noise; Box and Muller, 1958",
  params: (reward) =>
    z.strictObject({
      std: z.number().nonnegative().describe("standard deviation of the noise"),
      reward,
    }),
  parts: ({ reward }) => [reward],
  label: ([part], { std }) => `noise(${part}, std=${std})`,
  combine: (grades, { std }, uniform) =>
    mapGrade(grades, (value) => {
      // 1 − u lies in (0, 1], so that the logarithm is finite.
      const radius = Math.sqrt(-2 * Math.log(1 - uniform(0)));
      return value + std * radius * Math.cos(2 * Math.PI * uniform(1));
    }),
});
