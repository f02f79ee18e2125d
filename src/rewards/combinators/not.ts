/** Negation. */
import { defineCombinator, mapGrade } from "./define.ts";

export const not = defineCombinator({
  name: "not",
  scope: "sample",
  description: "1 − r",
  source: "arXiv 2506.10947, compound rewards (`inverse_`)",
  params: (reward) => reward,
  parts: (reward) => [reward],
  label: ([part]) => `not(${part})`,
  combine: (grades) => mapGrade(grades, (value) => 1 - value),
});
