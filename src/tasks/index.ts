/** Tasks: where problems come from, how an answer is found in a text, and how it is graded. */
import { z } from "zod";
import type { GraderOptions } from "../graders/index.ts";
import { parseInput } from "../io/index.ts";
import { didYouMean, parseInside } from "../suggest.ts";
import { aime24 } from "./aime24.ts";
import { aime25 } from "./aime25.ts";
import { amc } from "./amc.ts";
import { amc23 } from "./amc23.ts";
import { arithmetic } from "./arithmetic.ts";
import { cruxevalO } from "./cruxeval-o.ts";
import type { Grading, LoadOptions, Problem, Task } from "./define.ts";
import { holdGrader } from "./grader.ts";
import { gsm8k } from "./gsm8k.ts";
import { humaneval } from "./humaneval.ts";
import { livecodebench } from "./livecodebench.ts";
import { mathTrain } from "./math-train.ts";
import { math500 } from "./math500.ts";
import { randomCalculation } from "./random-calculation.ts";
import { search } from "./search.ts";

export { arithmetic, drawProblems, MOST_STEPS, stepsSchema } from "./arithmetic.ts";
export * from "./arithmetic-problem.ts";
export * from "./define.ts";
export { lastBoxed } from "./extract.ts";
export * from "./templates/index.ts";
export { resolveData } from "./rows/index.ts";
export * from "./search-problem.ts";
export { strategyOf, type Strategy } from "./strategy.ts";

/** Every task by name. Add yours here. */
export const tasks: readonly Task[] = [
  arithmetic,
  gsm8k,
  mathTrain,
  math500,
  amc,
  amc23,
  aime24,
  aime25,
  cruxevalO,
  humaneval,
  livecodebench,
  randomCalculation,
  search,
];

export function findTask(name: string): Task | undefined {
  return tasks.find((task) => task.name === name);
}

/** A task as trial files write it: its name, or `{ name: params }`. */
export type TaskSpec = string | Readonly<Record<string, unknown>>;

/** A task with its parameters. */
export interface ReadyTask extends Grading, Pick<Task, "name" | "description" | "source"> {
  /** defaults filled in, for manifests */
  readonly params: unknown;
  load(options: LoadOptions): Promise<Problem[]>;
  /** Ends the workers of its grader, where any were started; it cannot grade afterwards. Idempotent. */
  close(): Promise<void>;
}

export interface TaskOptions {
  /** workers and time limit of the task's grader, where it has one */
  readonly grading?: GraderOptions;
}

/** A name or `{ name: params }`; parsing checks both and fills in the defaults of the parameters. */
export const taskSpecSchema: z.ZodType<Readonly<Record<string, unknown>>, TaskSpec> = z
  .union([z.string(), z.record(z.string(), z.unknown())])
  .transform((spec, context) => {
    const entries = typeof spec === "string" ? [[spec, {}] as const] : Object.entries(spec);
    const [entry] = entries;
    if (!entry || entries.length > 1) {
      const message = `a task is one name, or one name with its parameters, not ${entries.length} names`;
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    }
    const [name, params] = entry;
    const task = findTask(name);
    if (!task) {
      const known = tasks.map((one) => one.name);
      const message = `unknown task "${name}". ${didYouMean(name, known)}`;
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    }
    // YAML reads `gsm8k:` with nothing behind it as null.
    return { [name]: parseInside(task.params, params ?? {}, [name], context) };
  });

/**
 * Finds the task and checks its parameters. Who grades with it closes it.
 *
 * @throws InputError for an unknown name or parameter
 * @example
 * ```ts
 * import { loadTask } from "placebo-rl/tasks";
 *
 * const task = loadTask("gsm8k");
 * const [problem] = await task.load({ split: "train", seed: 0, data: "gsm8k-train.jsonl" });
 * console.log(problem?.prompt, problem?.answer, task.extract("It is \\boxed{5}."));
 * ```
 */
export function loadTask(spec: TaskSpec, { grading }: TaskOptions = {}): ReadyTask {
  const resolved = parseInput(taskSpecSchema, spec, { field: ["task"] });
  const [name = "", params] = Object.entries(resolved)[0] ?? [];
  const task = findTask(name);
  if (!task) throw new Error(`the task ${name} was checked and is gone`);
  const grader = holdGrader(task.grader, name, grading);
  return {
    name,
    description: task.description,
    source: task.source,
    params,
    load: (options) => task.load(params, options),
    extract: (text) => task.extract(text),
    grade: (prediction, gold, problem) => task.grade(prediction, gold, { problem, params, grader }),
    close: () => grader.close(),
  };
}
