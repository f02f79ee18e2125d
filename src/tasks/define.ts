/** What a task is: problems, how an answer is found in a text, and how it is graded. One file a task. */
import type { z } from "zod";

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
  /** the whole prompt, as the model reads it */
  readonly prompt: string;
  /** the gold answer */
  readonly answer: string;
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
  /** the user's file, for tasks that read one */
  readonly data?: string;
}

export interface Task<Params = unknown> {
  readonly name: string;
  readonly description: string;
  /** paper, data set or definition that it follows */
  readonly source: string;
  readonly params: z.ZodType<Params>;
  load(params: Params, options: LoadOptions): Promise<Problem[]>;
  /** the answer in a completion, or null where there is none */
  extract(text: string): string | null;
  /** 1 if the prediction equals the gold answer, 0 if not; `Ungraded` where that cannot be decided */
  grade(prediction: string | null, gold: string): Grade;
}

/** Declares a task; the identity function, for its types. */
export function defineTask<Params>(task: Task<Params>): Task<Params> {
  return task;
}
