/** What a folder holds that can be gone on with, by the record in it: for `placebo resume` and `placebo status`. */
import { join } from "node:path";
import { z } from "zod";
import { InputError } from "../errors.ts";
import { EXPLORATION_FILES, explorationSchema } from "../explore/records.ts";
import { exists, isLocked, parseInput, readJson, readJsonl } from "../io/index.ts";
import {
  EVALUATION_FILES,
  evaluationRunSchema,
  metricsSchema,
  RUN_FILES,
  runSchema,
} from "../records/index.ts";
import { openTrial, type Trial } from "../trial/index.ts";
import {
  evalOptions,
  exploreOptions,
  trainOptions,
  type EvalOptions,
  type ExploreOptions,
  type TrainOptions,
} from "./options.ts";
import { PROBE_RESULT, probeOptions, type ProbeOptions } from "./probe/options.ts";
import { trainedModel } from "./train/folder.ts";

/** Rows on disk, of how many; null where an older version did not say. */
interface Amount {
  readonly asked: number | null;
}

export type Work =
  | { readonly kind: "trial"; readonly trial: Trial }
  | { readonly kind: "training run"; readonly options: TrainOptions }
  | ({ readonly kind: "evaluation"; readonly options: EvalOptions } & Amount)
  | ({ readonly kind: "probe"; readonly options: ProbeOptions } & Amount)
  | ({ readonly kind: "exploration"; readonly options: ExploreOptions } & Amount);

/** One job, which is not shared out as the runs of a trial are. */
export type Job = Exclude<Work, { kind: "trial" }>;

/** @throws InputError `no-trial` where the folder holds none of it, and for damaged records */
export async function openWork(directory: string): Promise<Work> {
  const at = (name: string) => join(directory, name);
  const where = (file: string) => ({ file, field: ["config"] });
  const [run, evaluation, exploration] = [
    RUN_FILES.run,
    EVALUATION_FILES.run,
    EXPLORATION_FILES.run,
  ].map(at);
  if (run !== undefined && (await exists(run))) {
    const { config } = await readJson(run, runSchema);
    return { kind: "training run", options: parseInput(trainOptions, config, where(run)) };
  }
  if (evaluation !== undefined && (await exists(evaluation))) {
    const { config, asked = null } = await readJson(evaluation, evaluationRunSchema);
    // Of the two that leave this file, only a probe says how much of a problem it shows.
    return "shown" in config
      ? { kind: "probe", asked, options: parseInput(probeOptions, config, where(evaluation)) }
      : { kind: "evaluation", asked, options: parseInput(evalOptions, config, where(evaluation)) };
  }
  if (exploration !== undefined && (await exists(exploration))) {
    const { config, asked = null } = await readJson(exploration, explorationSchema);
    const options = parseInput(exploreOptions, config, where(exploration));
    return { kind: "exploration", asked, options };
  }
  return { kind: "trial", trial: await openTrialHere(directory) };
}

async function openTrialHere(directory: string): Promise<Trial> {
  try {
    return await openTrial(directory);
  } catch (error) {
    if (!(error instanceof InputError) || error.code !== "no-trial") throw error;
    throw new InputError(`${directory} holds no trial, training run, evaluation or exploration`, {
      code: "no-trial",
      hint: "Give the folder that `placebo run`, train, eval, probe or explore wrote.",
      file: directory,
      cause: error,
    });
  }
}

/** How far a job is, from its files alone. */
export interface JobStatus {
  readonly kind: Job["kind"];
  readonly directory: string;
  /** `running`: a process is at work on it now */
  readonly state: "running" | "stopped" | "done";
  readonly model: string;
  /** what is counted */
  readonly unit: "steps" | "samples" | "continuations" | "traces";
  readonly done: number;
  /** null where an older version did not say */
  readonly total: number | null;
  /** the trained model, or the file that sums up; null before there is one */
  readonly result: string | null;
}

const lineSchema = z.looseObject({});

/** @throws InputError for damaged files */
export async function jobStatus(directory: string, job: Job): Promise<JobStatus> {
  const { kind } = job;
  const { model } = job.options;
  const counted = await countOf(directory, job);
  const isWhole = counted.total === null || counted.done >= counted.total;
  const isOver = counted.result !== null && isWhole;
  const state = (await isLocked(directory)) ? "running" : isOver ? "done" : "stopped";
  return { kind, directory, state, model, ...counted };
}

async function countOf(
  directory: string,
  job: Job,
): Promise<Pick<JobStatus, "unit" | "done" | "total" | "result">> {
  const at = (name: string) => join(directory, name);
  const rowsIn = async <Row>(name: string, schema: z.ZodType<Row>) =>
    (await exists(at(name))) ? readJsonl(at(name), schema) : [];
  if (job.kind === "training run") {
    const metrics = await rowsIn(RUN_FILES.metrics, metricsSchema);
    const done = metrics.at(-1)?.step ?? 0;
    const result = (await trainedModel(directory)) ?? null;
    return { unit: "steps", done, total: job.options.steps, result };
  }
  const { unit, rows, sum } = COUNTED[job.kind];
  const { length: done } = await rowsIn(rows, lineSchema);
  return { unit, done, total: job.asked, result: (await exists(at(sum))) ? at(sum) : null };
}

/** The file of rows that are counted, and the one that sums up. */
const COUNTED = {
  evaluation: { unit: "samples", rows: EVALUATION_FILES.samples, sum: EVALUATION_FILES.summary },
  probe: { unit: "continuations", rows: EVALUATION_FILES.samples, sum: PROBE_RESULT },
  exploration: { unit: "traces", rows: EXPLORATION_FILES.traces, sum: EXPLORATION_FILES.summary },
} as const;
