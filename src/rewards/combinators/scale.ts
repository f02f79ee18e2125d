/** Constant factor. */
import { z } from "zod";
import { defineCombinator, mapGrade } from "./define.ts";

export const scale = defineCombinator({
  name: "scale",
  scope: "sample",
  description: "by · r",
  source: "affine change; invisible to std-normalised advantages",
  params: (reward) => z.strictObject({ by: z.number(), reward }),
  parts: ({ reward }) => [reward],
  label: ([part], { by }) => `scale(${part}, by=${by})`,
  combine: (grades, { by }) => mapGrade(grades, (value) => by * value),
});
