/** Checks what a reward returned: a bug in it must surface, not train. */
import { InputError } from "../errors.ts";
import type { GroupContext, RewardGrade, Rollout } from "./define.ts";

function isFiniteNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** What is wrong with the steps of a grade, or undefined. */
function stepsFault(steps: unknown, text: string): string | undefined {
  if (!Array.isArray(steps) || steps.length === 0) return "no steps";
  let before = 0;
  for (const [k, step] of steps.entries()) {
    const { end, value } = Object(step);
    if (!isFiniteNumber(value)) return `the value ${String(value)} of step ${k}`;
    if (!Number.isInteger(end) || end < before || end > text.length) {
      return `the end ${String(end)} of step ${k}, which is not in ${before} … ${text.length},`;
    }
    before = end;
  }
  return undefined;
}

/** What is wrong with one grade, or undefined. */
function fault(grade: unknown, { text }: Pick<Rollout, "text">): string | undefined {
  if (grade instanceof Promise) return "an unawaited promise";
  if (typeof grade !== "object" || grade === null) return `${String(grade)} instead of a grade`;
  if ("ungraded" in grade) {
    return typeof grade.ungraded === "string" ? undefined : "an `ungraded` that is no text";
  }
  if (!("value" in grade)) return "an object without `value`";
  if ("steps" in grade && grade.steps !== undefined) {
    const wrong = stepsFault(grade.steps, text);
    if (wrong !== undefined) return wrong;
  }
  if (!isFiniteNumber(grade.value)) return `the value ${String(grade.value)}`;
  if (!("parts" in grade) || grade.parts === undefined) return undefined;
  const wrong = Object.entries(Object(grade.parts)).find(([, part]) => !isFiniteNumber(part));
  return wrong && `the part ${wrong[0]} = ${String(wrong[1])}`;
}

/**
 * @param grades what a reward returned for the group
 * @param file the user's module that it comes from; absent: one of ours
 * @returns the same grades, [G]
 * @throws InputError naming the reward, the problem and the rollout
 */
export function checkGrades(
  grades: unknown,
  label: string,
  { rollouts_G, problem, step }: Pick<GroupContext, "rollouts_G" | "problem" | "step">,
  file?: string,
): readonly RewardGrade[] {
  const where = `problem ${problem.id}, step ${step}`;
  const fail = (what: string) =>
    new InputError(`reward ${label} gave ${what} (${where})`, {
      code: "bad-grade",
      hint:
        file === undefined
          ? "The model's statistics or the reward's parameters are not finite: training has diverged, or a factor is too large."
          : 'Return { value: number }, by steps { steps: [{ end, value }, …] }, or { ungraded: "why" } where nothing can be said.',
      file,
      field: "reward",
    });
  if (!Array.isArray(grades) || grades.length !== rollouts_G.length) {
    const count = Array.isArray(grades) ? `${grades.length} grades` : "no array of grades";
    throw fail(`${count} for ${rollouts_G.length} rollouts`);
  }
  for (const [g, grade] of grades.entries()) {
    // There are as many rollouts as grades.
    const what = fault(grade, rollouts_G[g] as Rollout);
    if (what !== undefined) throw fail(`${what} for rollout ${g}`);
  }
  // Every element was just checked to be a grade.
  return grades as readonly RewardGrade[];
}
