/** How far a trial is, from its files alone: it may be running, stopped or done. */
import { join } from "node:path";
import { exists, isLocked, readJson, readJsonl } from "../io/index.ts";
import {
  evalSchema,
  metricsSchema,
  RUN_FILES,
  TRIAL_FILES,
  trialRecordSchema,
  type TrialRecord,
} from "../records/index.ts";
import { failureOf, readFailures } from "./failures.ts";
import { openTrial, workersOf } from "./folder.ts";
import { DONE_FILE, MODEL_FILES, modelDirectory } from "./layout.ts";
import type { RunName, TrialProgress } from "./events.ts";
import type { Trial } from "./schema.ts";

export interface RunStatus extends RunName {
  readonly directory: string;
  readonly state: "waiting" | "started" | "done" | "failed";
  /** why it failed in the trial's last start */
  readonly reason?: string;
  /** rollout steps on record; those after the last checkpoint are made again after a kill */
  readonly step: number;
  readonly steps: number;
}

export interface TrialStatus {
  readonly name: string;
  readonly directory: string;
  /** `running`: a process is at work on it now; `failed`: all is done but for runs that failed */
  readonly state: "running" | "stopped" | "done" | "failed";
  readonly models: readonly { readonly model: string; readonly prepared: boolean }[];
  readonly runs: readonly RunStatus[];
  readonly progress: TrialProgress;
}

/** @throws InputError where the folder holds no trial, or a damaged one */
export async function trialStatus(directory: string): Promise<TrialStatus> {
  const trial = await openTrial(directory);
  const record = await readJson(join(directory, TRIAL_FILES.trial), trialRecordSchema);
  const runs: (RunStatus & Pace)[] = [];
  const failures = await readFailures(directory);
  for (const run of record.runs) {
    const status = await statusOf(trial, directory, run);
    const failure = status.state === "done" ? undefined : failureOf(failures, run);
    runs.push(failure ? { ...status, state: "failed", reason: failure.message } : status);
  }
  const models = await Promise.all(
    [...new Set(record.runs.map(({ model }) => model))].map(async (model) => ({
      model,
      prepared: await exists(join(modelDirectory(directory, model), MODEL_FILES.model)),
    })),
  );
  const progress = progressOf(runs, workersOf(trial, undefined, runs.length));
  const isDone =
    progress.runsDone === progress.runsTotal &&
    (await exists(join(directory, TRIAL_FILES.verdict)));
  const isOver = runs.every(({ state }) => state === "done" || state === "failed");
  return {
    name: record.name,
    directory,
    state: (await isLocked(directory))
      ? "running"
      : isDone
        ? "done"
        : isOver
          ? "failed"
          : "stopped",
    models,
    runs: runs.map((run) => {
      const { seconds: _, ...status } = run;
      return status;
    }),
    progress,
  };
}

interface Pace {
  /** that the steps on record took, evaluations included */
  readonly seconds: number;
}

async function statusOf(
  { config }: Trial,
  directory: string,
  { model, arm, seed, directory: at }: TrialRecord["runs"][number],
): Promise<RunStatus & Pace> {
  const file = (name: string) => join(directory, at, name);
  const steps = config.arms[arm]?.grpo?.steps ?? config.grpo.steps;
  const run = { model, arm, seed, directory: at, steps };
  if (!(await exists(file(RUN_FILES.metrics)))) {
    return { ...run, state: "waiting", step: 0, seconds: 0 };
  }
  const metrics = await readJsonl(file(RUN_FILES.metrics), metricsSchema);
  // A kill may fall between the making of the two files.
  const evals = (await exists(file(RUN_FILES.evals)))
    ? await readJsonl(file(RUN_FILES.evals), evalSchema)
    : [];
  const trained = metrics.reduce((sum, { time }) => sum + time.total, 0);
  const evaluated = evals.reduce((sum, { step, time }) => sum + (step > 0 ? time.seconds : 0), 0);
  return {
    ...run,
    state: (await exists(file(DONE_FILE))) ? "done" : "started",
    step: metrics.at(-1)?.step ?? 0,
    seconds: trained + evaluated,
  };
}

function progressOf(runs: readonly (RunStatus & Pace)[], workers: number): TrialProgress {
  const sum = (of: (run: RunStatus & Pace) => number) =>
    runs.reduce((total, run) => total + of(run), 0);
  const stepsDone = sum(({ step }) => step);
  const stepsTotal = sum(({ steps }) => steps);
  const perStep = sum(({ seconds }) => seconds) / stepsDone;
  const runsDone = runs.filter(({ state }) => state === "done").length;
  return {
    runsDone,
    runsTotal: runs.length,
    stepsDone,
    stepsTotal,
    secondsLeft: stepsDone === 0 ? null : ((stepsTotal - stepsDone) * perStep) / workers,
  };
}
