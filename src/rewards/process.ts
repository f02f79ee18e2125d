/** Process supervision without a model: each step of a search trace earns what the audit says of it. */
import { z } from "zod";
import { auditTrace, type AuditedStep } from "../audit/index.ts";
import { auditParts, searchProblemOf } from "../tasks/index.ts";
import { defineReward, type StepValue } from "./define.ts";

type Value = AuditedStep["value"];

/**
 * [K] the audit's values, but for two things that could be had for nothing: what cannot be read is wrong, though no label
 * says what is wrong with it, and a return from a step that made no progress makes none.
 */
function valuesOf(steps: readonly AuditedStep[]): Value[] {
  let before: Value = 1;
  return steps.map(({ kind, value }) => {
    const undoes = kind === "return" && before === 0 && value === 1;
    before = kind === "unparsable" ? -1 : undoes ? 0 : value;
    return before;
  });
}

/**
 * The steps cover the whole text: one begins where the one before ends, so what stands between two commands belongs to
 * the first, and what follows the last one, the end token too, to the last. So a trace that stops without a conclusion,
 * which is its last step's fault, has its end token blamed. A text without any step is one step that cannot be read:
 * saying nothing is no way out.
 */
function stepValues(
  steps: readonly AuditedStep[],
  text: string,
  worth: (value: Value) => number,
): StepValue[] {
  if (steps.length === 0) return [{ end: text.length, value: worth(-1) }];
  return valuesOf(steps).map((value, k) => ({
    end: steps[k + 1]?.start ?? text.length,
    value: worth(value),
  }));
}

export const processReward = defineReward({
  name: "process",
  scope: "steps",
  description: "each step of a search: good, no progress or wrong, as the audit says",
  source:
    "process supervision, arXiv 2402.03300, §4.1.3; the values are PRM800K's, arXiv 2305.20050",
  params: z.strictObject({
    good: z.number().default(1).describe("value of a step without a finding"),
    idle: z.number().default(0).describe("value of a step that only repeats, or returns from one"),
    wrong: z.number().default(-1).describe("value of a wrong step, or one that cannot be read"),
  }),
  checkProblem: (problem) => void searchProblemOf(problem),
  scoreSteps: ({ problem, rollout: { text, finish } }, { good, idle, wrong }) => {
    const { family, problem: searched } = searchProblemOf(problem);
    const { audit } = auditTrace(family, searched, { text, finish });
    const worth = { 1: good, 0: idle, [-1]: wrong } as const;
    return {
      steps: stepValues(audit.steps, text, (value) => worth[value]),
      parts: auditParts(audit),
    };
  },
});
