/** Conjunction. */
import { z } from "zod";
import { isUngraded } from "../../tasks/index.ts";
import { defineCombinator } from "./define.ts";

/** Kleene's: a part that is 0 decides, whatever is undecided beside it; else one undecided part leaves it undecided. */
export const and = defineCombinator({
  name: "and",
  scope: "sample",
  description: "1 if no part is 0",
  source: "arXiv 2506.10947, compound rewards (`_AND_`)",
  params: (reward) => z.array(reward).min(1),
  parts: (rewards) => rewards,
  label: (parts) => `and(${parts.join(", ")})`,
  combine: (grades) => {
    if (grades.some((grade) => !isUngraded(grade) && grade.value === 0)) return { value: 0 };
    return grades.find(isUngraded) ?? { value: 1 };
  },
});
