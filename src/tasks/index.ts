/** Tasks: where problems come from, how an answer is found in a text, and how it is graded. */
import { z } from "zod";
import { InputError } from "../errors.ts";
import { didYouMean, explainIssue } from "../suggest.ts";
import { arithmetic } from "./arithmetic.ts";
import type { LoadOptions, Problem, Task } from "./define.ts";
import { gsm8k } from "./gsm8k.ts";

export * from "./define.ts";
export { lastBoxed } from "./extract.ts";
export { strategyOf, type Strategy } from "./strategy.ts";

/** Every task by name. Add yours here. */
export const tasks: readonly Task[] = [arithmetic, gsm8k];

export function findTask(name: string): Task | undefined {
  return tasks.find((task) => task.name === name);
}

/** A task as trial files write it: its name, or `{ name: params }`. */
export type TaskSpec = string | Readonly<Record<string, unknown>>;

/** A task with its parameters. */
export interface ReadyTask extends Pick<
  Task,
  "name" | "description" | "source" | "extract" | "grade"
> {
  /** defaults filled in, for manifests */
  readonly params: unknown;
  load(options: LoadOptions): Promise<Problem[]>;
}

/** Splits a spec into its task and parsed parameters, or says what is wrong and at which path inside the spec. */
function readSpec(
  spec: TaskSpec,
): { task: Task; params: unknown } | { path: string[]; message: string; hint: string } {
  const [[name, params] = ["", undefined], ...others] =
    typeof spec === "string" ? [[spec, undefined] as const] : Object.entries(spec);
  if (name === "" || others.length > 0) {
    return { path: [], message: "not a task", hint: "Write a name, or one name with parameters." };
  }
  const task = findTask(name);
  if (!task) {
    const hint = didYouMean(
      name,
      tasks.map((known) => known.name),
    );
    return { path: [], message: `unknown task "${name}"`, hint };
  }
  const parsed = task.params.safeParse(params ?? {});
  if (parsed.success) return { task, params: parsed.data };
  const issue = parsed.error.issues[0];
  if (!issue) return { path: [name], message: "invalid parameters", hint: task.description };
  const { field, message, hint } = explainIssue(task.params, issue);
  return {
    path: [name, ...field.split(".").filter(Boolean)],
    message,
    hint: hint ?? `See the parameters of ${name}.`,
  };
}

/** A name or `{ name: params }`; parsing fills in the parameters' defaults. */
export const taskSpecSchema = z
  .union([z.string(), z.record(z.string(), z.unknown())], {
    error: "a task is a name, or one name with its parameters",
  })
  .transform((spec, context): Readonly<Record<string, unknown>> => {
    const read = readSpec(spec);
    if ("task" in read) return { [read.task.name]: read.params };
    context.addIssue({ code: "custom", message: `${read.message}. ${read.hint}`, path: read.path });
    return z.NEVER;
  })
  .describe("task that gives the problems and grades the answers");

/**
 * Finds the task and checks its parameters.
 *
 * @throws InputError for an unknown name or parameter
 * @example
 * ```ts
 * const problems = await loadTask("gsm8k").load({ split: "train", seed: 0, data: "gsm8k-train.jsonl" });
 * ```
 */
export function loadTask(spec: TaskSpec): ReadyTask {
  const read = readSpec(spec);
  if ("message" in read) {
    throw new InputError(read.message, {
      code: "bad-task",
      hint: read.hint,
      field: ["task", ...read.path].join("."),
    });
  }
  const { task, params } = read;
  return {
    name: task.name,
    description: task.description,
    source: task.source,
    params,
    load: (options) => task.load(params, options),
    extract: (text) => task.extract(text),
    grade: (prediction, gold) => task.grade(prediction, gold),
  };
}
