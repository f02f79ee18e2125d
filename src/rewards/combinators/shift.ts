/** Added constant. */
import { z } from "zod";
import { defineCombinator, mapGrade } from "./define.ts";

export const shift = defineCombinator({
  name: "shift",
  scope: "sample",
  description: "r + by",
  source: "affine change; invisible to group-normalised advantages",
  params: (reward) => z.strictObject({ by: z.number().describe("what is added"), reward }),
  parts: ({ reward }) => [reward],
  label: ([part], { by }) => `shift(${part}, by=${by})`,
  combine: (grades, { by }) => mapGrade(grades, (value) => value + by),
});
