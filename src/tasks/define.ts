/** What a task is: problems, how an answer is found in a text, and how it is graded. One file a task. */
import type { z } from "zod";
import type { Grader, OpenGrader } from "../graders/index.ts";

/** Why something could not be decided. It is not a score of 0: it is counted apart and carries no reward. */
export interface Ungraded {
  readonly ungraded: string;
}

export interface Graded {
  readonly value: number;
  /** named components, for logs */
  readonly parts?: Readonly<Record<string, number>>;
}

export type Grade = Graded | Ungraded;

export function isUngraded(grade: Grade): grade is Ungraded {
  return "ungraded" in grade;
}

export interface Problem {
  /** stable and unique within the task and split */
  readonly id: string;
  /** number under which the problem's random draws are keyed; unique within the split */
  readonly key: number;
  /** the whole prompt, as a model reads it where no template is given */
  readonly prompt: string;
  /** the prompt names its own special tokens, as a rendered chat template does: none is to be added */
  readonly namesSpecialTokens?: boolean;
  /** what a template asks; absent: the prompt itself */
  readonly question?: string;
  /** the gold answer, in the form of the task's grader */
  readonly answer: string;
  /** a prediction that is right, where the data set has one and it is not the answer */
  readonly solution?: string;
  /** what later analyses group by, for example steps or topic */
  readonly features: Readonly<Record<string, string | number | boolean>>;
}

export type Split = "train" | "test";

export interface LoadOptions {
  readonly split: Split;
  /** at most this many problems, in the task's own order; absent: all that there are */
  readonly count?: number;
  /** seed of generated tasks and of nothing else */
  readonly seed: number;
  /** the user's file or folder, or `hub:owner/name/path`, for tasks that read one */
  readonly data?: string;
  /** told of each row that was left out because it cannot be graded */
  readonly onSkipped?: (row: SkippedRow) => void;
}

/** A row of a data file without a problem that can be graded: its gold answer is missing or empty. */
export interface SkippedRow {
  readonly file: string;
  /** from 1 */
  readonly row: number;
  readonly why: string;
}

/** How answers are found and graded, as trainers, rewards and evaluations see it. */
export interface Grading {
  /** the answer in a completion, or null where there is none */
  extract(text: string): string | null;
  /**
   * 1 if the prediction equals the gold answer, 0 if not; `Ungraded` where that cannot be decided. Grades may run at a
   * time: each is independent of every other, and of their order.
   *
   * @param gold the problem's answer, or the label that a reward puts in its place
   * @param problem the problem that was answered
   */
  grade(prediction: string | null, gold: string, problem: Problem): Grade | Promise<Grade>;
}

/** What a task's `grade` may use. */
export interface GradeContext<Params = unknown> {
  readonly problem: Problem;
  readonly params: Params;
  /** the task's grader; its workers start with the first call */
  readonly grader: Pick<OpenGrader, "grade">;
}

export interface Task<Params = unknown> {
  readonly name: string;
  readonly description: string;
  /** paper, data set or definition that it follows */
  readonly source: string;
  readonly params: z.ZodType<Params>;
  /** a grader that holds workers or processes; whoever loads the task closes it */
  readonly grader?: Grader;
  load(params: Params, options: LoadOptions): Promise<Problem[]>;
  extract(text: string): string | null;
  /** See `Grading.grade`. */
  grade(
    prediction: string | null,
    gold: string,
    context: GradeContext<Params>,
  ): Grade | Promise<Grade>;
}

/** Declares a task; the identity function, for its types. */
export function defineTask<Params>(task: Task<Params>): Task<Params> {
  return task;
}
