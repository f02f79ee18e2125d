/** Runs a trial from its beginning, or from wherever it was stopped, to its verdict. */
import { open } from "node:fs/promises";
import { join } from "node:path";
import { IncompleteError, throwIfCancelled } from "../errors.ts";
import { exists } from "../io/index.ts";
import type { Verdict } from "../records/index.ts";
import { readState } from "./checkpoint.ts";
import type { Progress } from "./child.ts";
import { writeVerdict } from "./collect.ts";
import type { RunName, TrialReporter } from "./events.ts";
import { FailureLog } from "./failures.ts";
import { beginTrial, checkFolder, claimFolder, workersOf } from "./folder.ts";
import { DONE_FILE, LOG_FILE } from "./layout.ts";
import type { Job } from "./messages.ts";
import { pinModels } from "./models.ts";
import { checkModels } from "./models-check.ts";
import { Pace } from "./pace.ts";
import { planTrial, type PlannedRun, type TrialPlan } from "./plan.ts";
import { perform, type Failure } from "./schedule.ts";
import { seedsOf, type Trial } from "./schema.ts";

export interface RunTrialOptions {
  /** the trial's folder; made where absent, resumed where it holds this very trial */
  readonly out: string;
  /** stops the work; what is on disk can be resumed */
  readonly signal?: AbortSignal;
  readonly reporter?: TrialReporter;
  /** processes at once; absent: the trial file's, or as many as keep the cores busy */
  readonly workers?: number;
  /** folder of pretrained organisms; default `.placebo/organisms` in the working directory */
  readonly cacheDirectory?: string;
}

export const DEFAULT_CACHE = join(".placebo", "organisms");

/**
 * Runs a trial, or goes on with it where the folder already holds a part of it. Numbers do not depend on how often it
 * was stopped, nor on the number of workers.
 *
 * @returns the verdict, which also stands in `verdict.json`
 * @throws InputError before anything is written, when the trial, its models, data or folder are wrong
 * @throws IncompleteError when runs failed; the others are done, and the verdict is over those
 * @throws CancelledError
 */
export async function runTrial(given: Trial, options: RunTrialOptions): Promise<Verdict> {
  const { out: directory, signal } = options;
  const trial = await pinModels(given, { signal });
  const plan = await planTrial(trial);
  await checkFolder(directory, plan);
  await checkModels(trial, plan);
  throwIfCancelled(signal, "the trial");
  const { resumed, release } = await claimFolder(directory, plan);
  try {
    if (!resumed) await beginTrial(directory, trial, plan);
    return await work(trial, plan, resumed, options);
  } finally {
    await release();
  }
}

async function work(
  trial: Trial,
  plan: TrialPlan,
  resumed: boolean,
  { out: directory, signal, reporter = () => {}, ...options }: RunTrialOptions,
): Promise<Verdict> {
  const pace = new Pace(plan.runs);
  const unfinished: PlannedRun[] = [];
  for (const run of plan.runs) {
    const at = join(directory, run.directory);
    if (await exists(join(at, DONE_FILE))) {
      pace.finished(run.directory, run.steps);
      continue;
    }
    unfinished.push(run);
    pace.at(run.directory, (await readState(at))?.step ?? 0);
  }
  const models = plan.models.filter(({ name }) => unfinished.some(({ model }) => model === name));
  const workers = workersOf(trial, options.workers, plan.runs.length);
  reporter({
    event: "trial",
    name: trial.config.name,
    directory,
    models: plan.models.map(({ name }) => name),
    arms: plan.arms.map(({ name }) => name),
    seeds: seedsOf(trial.config),
    workers,
    resumed,
    progress: pace.progress(),
  });

  const failed = await FailureLog.begin(directory);
  const log = await open(join(directory, LOG_FILE), "a");
  const report = reporterOf(plan, pace, (event) => {
    failed.hear(event);
    reporter(event);
  });
  let failures: Failure[];
  try {
    failures = await perform({
      ...report,
      prepare: models.map(({ name }): Job => ({ kind: "prepare", model: name })),
      runs: unfinished.map(({ model, arm, seed }): Job => ({ kind: "run", model, arm, seed })),
      workers,
      worker: {
        directory,
        cacheDirectory: options.cacheDirectory ?? DEFAULT_CACHE,
      },
      log: log.fd,
      signal,
    });
  } finally {
    await log.close();
  }
  await failed.settled();
  throwIfCancelled(signal, "the trial");
  const verdict = await writeVerdict(directory);
  if (verdict !== null) reporter({ event: "verdict", directory, ...verdict });
  const [first] = failures;
  if (first === undefined && verdict !== null) return verdict;
  throw new IncompleteError(
    `${failures.length} of the trial's jobs failed; the first: ${nameOf(first?.job)}: ${first?.message}`,
    {
      code: "runs-failed",
      hint: `${first?.hint ?? ""} Finished runs are kept: with nothing else changed, \`placebo resume ${directory}\` tries the others again.`,
      file: directory,
    },
  );
}

function nameOf(job: Job | undefined): string {
  if (job === undefined) return "none";
  return job.kind === "run" ? `${job.model}/${job.arm}/seed-${job.seed}` : job.model;
}

/** Turns what workers say into events. */
function reporterOf({ runs }: TrialPlan, pace: Pace, reporter: TrialReporter) {
  const planned = (name: RunName) => {
    const { model, arm, seed } = name;
    const run = runs.find((r) => r.model === model && r.arm === arm && r.seed === seed);
    if (run === undefined) throw new RangeError(`no run ${model}/${arm}/seed-${seed}`);
    return run;
  };
  return {
    onProgress: (job: Job, message: Progress) => {
      const { model } = job;
      if (job.kind === "prepare") {
        if (message.kind === "prepare") {
          const { stage, done, total } = message;
          reporter({ event: "prepare", model, stage, done, total });
        } else if (message.kind === "prepared") {
          reporter({ event: "prepared", model, base: message.base });
        }
        return;
      }
      const run: RunName = { model, arm: job.arm, seed: job.seed };
      const { directory, steps } = planned(run);
      if (message.kind === "start") {
        pace.at(directory, message.step);
        pace.begin();
        reporter({ event: "run-start", run, step: message.step, steps });
      } else if (message.kind === "evaluation") {
        reporter({ event: "evaluation", run, evaluation: message.evaluation });
      } else if (message.kind === "step") {
        const { metrics } = message;
        pace.at(directory, metrics.step);
        reporter({ event: "step", run, steps, metrics, progress: pace.progress() });
      }
    },
    onDone: (job: Job) => {
      if (job.kind !== "run") return;
      const run: RunName = { model: job.model, arm: job.arm, seed: job.seed };
      const { directory, steps } = planned(run);
      pace.finished(directory, steps);
      reporter({ event: "run-end", run, progress: pace.progress() });
    },
    onFailed: ({ job, message, hint }: Failure, willRetry: boolean) => {
      const run = job.kind === "run" ? { model: job.model, arm: job.arm, seed: job.seed } : null;
      reporter({ event: "run-failed", run, model: job.model, message, hint, willRetry });
    },
  };
}
