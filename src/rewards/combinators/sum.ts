/** Weighted sum. */
import { z } from "zod";
import { isUngraded } from "../../tasks/index.ts";
import { hasSteps, type RewardGrade, type StepValue } from "../define.ts";
import { defineCombinator } from "./define.ts";

/**
 * The steps of a sum. Steps that end at the same place are one step, which earns what all of them earn. A part with one
 * value a rollout earns it with the last step, where the outcome is known:
 *
 *   r_k = Σ_steps w·v_k + [k = K]·Σ_outcomes w·o
 */
function sumOfSteps(grades: readonly RewardGrade[], weights: readonly number[]): StepValue[] {
  const byEnd = new Map<number, number>();
  let outcomes = 0;
  for (const [i, grade] of grades.entries()) {
    const weight = weights[i] ?? 1;
    if (!hasSteps(grade)) {
      outcomes += isUngraded(grade) ? 0 : weight * grade.value;
      continue;
    }
    for (const { end, value } of grade.steps) {
      byEnd.set(end, (byEnd.get(end) ?? 0) + weight * value);
    }
  }
  const steps = [...byEnd].map(([end, value]) => ({ end, value })).sort((a, b) => a.end - b.end);
  return steps.map((step, k) =>
    k === steps.length - 1 ? { ...step, value: step.value + outcomes } : step,
  );
}

export const sum = defineCombinator({
  name: "sum",
  scope: "sample",
  description:
    "Σ weight · r; undecided where a part is; beside steps an outcome counts with the last",
  source: "weighted sum; outcome and process together as in arXiv 2402.03300, §4.1.3",
  takesSteps: true,
  params: (reward) =>
    z
      .array(
        z.strictObject({
          weight: z.number().default(1).describe("what the part is multiplied by"),
          reward,
        }),
      )
      .min(1),
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
    if (!grades.some(hasSteps)) return { value };
    return {
      value,
      steps: sumOfSteps(
        grades,
        terms.map(({ weight }) => weight),
      ),
    };
  },
});
