/** Constant factor. */
import { z } from "zod";
import { hasSteps } from "../define.ts";
import { defineCombinator, mapGrade } from "./define.ts";

export const scale = defineCombinator({
  name: "scale",
  scope: "sample",
  description: "by · r, of each step where r is by steps",
  source: "affine change; invisible to std-normalised advantages",
  takesSteps: true,
  params: (reward) =>
    z.strictObject({ by: z.number().describe("what it is multiplied by"), reward }),
  parts: ({ reward }) => [reward],
  label: ([part], { by }) => `scale(${part}, by=${by})`,
  combine: (grades, { by }) => {
    const scaled = mapGrade(grades, (value) => by * value);
    const [grade] = grades;
    if (grade === undefined || !hasSteps(grade)) return scaled;
    return { ...scaled, steps: grade.steps.map(({ end, value }) => ({ end, value: by * value })) };
  },
});
