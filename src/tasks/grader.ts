/** The grader that a task holds: opened with its first grade, closed with the task. */
import type { Grader, GraderOptions, OpenGrader } from "../graders/index.ts";
import { InputError } from "../errors.ts";
import type { Grade, GradeContext } from "./define.ts";

export interface HeldGrader extends Pick<OpenGrader, "grade"> {
  /** Ends the workers, where any were started. Idempotent. */
  close(): Promise<void>;
}

/** @param task names the holder in errors */
export function holdGrader(
  grader: Grader | undefined,
  task: string,
  open?: GraderOptions,
): HeldGrader {
  let opened: Promise<OpenGrader> | undefined;
  let closed = false;
  return {
    grade: async (prediction, gold, options) => {
      if (grader === undefined) throw new Error(`the task ${task} declares no grader`);
      if (closed) throw closedError(task);
      opened ??= grader.open(open);
      return (await opened).grade(prediction, gold, options);
    },
    close: async () => {
      closed = true;
      await (await opened)?.close();
    },
  };
}

function closedError(task: string): InputError {
  return new InputError(`the task ${task} was closed and cannot grade`, {
    code: "task-closed",
    hint: "Call close() after the last grade, or load the task again.",
  });
}

/** The `grade` of a task that leaves the verdict to its grader. */
export async function gradeByGrader(
  prediction: string | null,
  gold: string,
  { grader }: Pick<GradeContext, "grader">,
): Promise<Grade> {
  const { value, rung, reason } = await grader.grade(prediction, gold);
  return value === null ? { ungraded: reason ?? rung } : { value };
}
