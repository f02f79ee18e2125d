/** What the trial's process and its workers say to each other. Both sides validate. */
import { z } from "zod";
import { evalSchema, metricsSchema } from "../records/index.ts";

/** One unit of work. Names refer to the plan of the trial, which the worker makes again from `trial.json`. */
export const jobSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("prepare"), model: z.string() }),
  z.strictObject({
    kind: z.literal("run"),
    model: z.string(),
    arm: z.string(),
    seed: z.number().int(),
  }),
]);

export type Job = z.infer<typeof jobSchema>;

/** What a worker process needs to know before its first job; the one argument of its command line, as JSON. */
export const workerOptionsSchema = z.strictObject({
  /** folder of the trial */
  directory: z.string(),
  /** folder of pretrained organisms */
  cacheDirectory: z.string(),
});

export type WorkerOptions = z.infer<typeof workerOptionsSchema>;

const summarySchema = evalSchema.omit({ problems: true });

export const messageSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("prepare"),
    stage: z.enum(["organism", "evaluation", "labels"]),
    done: z.number(),
    total: z.number(),
  }),
  z.strictObject({ kind: z.literal("prepared"), base: z.array(summarySchema) }),
  z.strictObject({ kind: z.literal("start"), step: z.number().int(), steps: z.number().int() }),
  z.strictObject({ kind: z.literal("step"), metrics: metricsSchema }),
  z.strictObject({ kind: z.literal("evaluation"), evaluation: summarySchema }),
  z.strictObject({ kind: z.literal("done") }),
  z.strictObject({
    kind: z.literal("failed"),
    message: z.string(),
    code: z.string(),
    hint: z.string(),
    file: z.string().optional(),
    field: z.string().optional(),
    /** the user's input is at fault */
    isInput: z.boolean(),
  }),
]);

/** From a worker; `done` and `failed` end its job. */
export type Message = z.infer<typeof messageSchema>;
export type Send = (message: Message) => void;
