/** Weighted sum. */
import { z } from "zod";
import { isUngraded } from "../../tasks/define.ts";
import { defineCombinator } from "./define.ts";

export const sum = defineCombinator({
  name: "sum",
  scope: "sample",
  description: "Σ weight · r; undecided where a part is",
  source: "weighted sum",
  params: (reward) => z.array(z.strictObject({ weight: z.number().default(1), reward })).min(1),
  parts: (terms) => terms.map(({ reward }) => reward),
  label: (parts, terms) =>
    `sum(${parts.map((part, i) => `${terms[i]?.weight}·${part}`).join(", ")})`,
  combine: (grades, terms) => {
    let value = 0;
    for (const [i, { weight }] of terms.entries()) {
      const grade = grades[i];
      if (grade === undefined) throw new RangeError(`sum got no grade for its part ${i}`);
      if (isUngraded(grade)) return grade;
      value += weight * grade.value;
    }
    return { value };
  },
});
