/** What several rewards share. */
import type { Grade, Grading, Problem } from "../tasks/index.ts";
import type { FixedLabel, Need, Rollout } from "./define.ts";

/** The rollout's answer, or null where there is none: an empty answer is no answer. */
export function answerOf(rollout: Pick<Rollout, "answer">): string | null {
  const { answer } = rollout;
  return answer === null || answer.trim() === "" ? null : answer;
}

/** 1 if the rollout's answer equals the label by the task's own grading, 0 if not or if there is no answer. */
export async function gradeAgainst(
  { task, problem }: { readonly task: Pick<Grading, "grade">; readonly problem: Problem },
  rollout: Rollout,
  label: string,
): Promise<Grade> {
  const answer = answerOf(rollout);
  return answer === null ? { value: 0 } : task.grade(answer, label, problem);
}

/** The answer with most votes, ties to the first seen; null where nobody answered. */
export function majorityOf(answers: readonly (string | null)[]): string | null {
  const votes = new Map<string, number>();
  for (const answer of answers) {
    if (answer !== null) votes.set(answer, (votes.get(answer) ?? 0) + 1);
  }
  let winner: string | null = null;
  let most = 0;
  for (const [answer, count] of votes) {
    if (count > most) [winner, most] = [answer, count];
  }
  return winner;
}

/** Arithmetic mean of per-token statistics; `Ungraded` for a completion without tokens. */
export function meanOf(values_T: Float32Array): Grade {
  if (values_T.length === 0) return { ungraded: "the completion has no tokens" };
  return { value: sumOf(values_T) / values_T.length };
}

export function sumOf(values_T: Float32Array): number {
  let sum = 0;
  for (const value of values_T) sum += value;
  return sum;
}

/** What the trainer had to provide. Its absence is a bug in the caller, not a property of the rollout. */
export function provided<T>(value: T | undefined, need: Need, reward: string): T {
  if (value === undefined) throw new Error(`${reward} was called without its need "${need}"`);
  return value;
}

/** Votes of the initial model that hold an answer. */
export function votedAnswers(label: FixedLabel): string[] {
  return label.votes.map(([answer]) => answer).filter((answer) => answer.trim() !== "");
}
