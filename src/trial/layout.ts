/** Where the files of a trial stand. Runs and the trial's own files are named in `records`. */
import { join } from "node:path";
import { z } from "zod";
import { RECORD_VERSION, RUN_FILES } from "../records/index.ts";

/** What preparing a model leaves under `models/<model>/`. */
export const MODEL_FILES = {
  folder: "models",
  /** written last: its presence means that the rest is whole */
  model: "model.json",
  /** evaluations of the untrained model, one line a protocol */
  base: "base.jsonl",
  /** fixed labels of the training problems, in their order */
  labels: "labels.json",
} as const;

/** Its presence means that a run has finished. */
export const DONE_FILE = "done.json";

/** What failed for good in the last start; absent where nothing did. */
export const FAILURES_FILE = "failures.json";

/** What workers print: warnings of the runtime, and output of the user's own modules. */
export const LOG_FILE = "workers.log";

export function modelDirectory(trial: string, model: string): string {
  return join(trial, MODEL_FILES.folder, model);
}

export const modelRecordSchema = z.object({
  version: z.literal(RECORD_VERSION),
  model: z.string(),
  hash: z.string(),
  /** folder of the untrained weights, relative to the trial's folder */
  weights: z.string(),
  engine: z.record(z.string(), z.unknown()),
});

export const labelsSchema = z.array(
  z.object({
    votes: z.array(z.tuple([z.string(), z.number().int().positive()])),
    samples: z.number().int().positive(),
  }),
);

export const doneSchema = z.object({
  version: z.literal(RECORD_VERSION),
  step: z.number().int(),
  finishedAt: z.string(),
});

/** Bytes of each append-only file that belong to the steps up to a checkpoint. */
export const offsetsSchema = z.strictObject({
  metrics: z.number().int().nonnegative(),
  rollouts: z.number().int().nonnegative(),
  evals: z.number().int().nonnegative(),
});

export const stateSchema = z.object({
  version: z.literal(RECORD_VERSION),
  step: z.number().int().nonnegative(),
  offsets: offsetsSchema,
});

export type CheckpointState = z.infer<typeof stateSchema>;

/** Inside a run's checkpoint folder, beside the model. */
export const STATE_FILE = "state.json";

export function checkpointDirectory(run: string): string {
  return join(run, RUN_FILES.checkpoint);
}
