/** Gives jobs to worker processes: as many at once as there are workers, each as soon as it can start. */
import { PlaceboError, InputError } from "../errors.ts";
import { Child, WorkerCrash, type Progress } from "./child.ts";
import type { Job, WorkerOptions } from "./messages.ts";

export interface Failure {
  readonly job: Job;
  readonly message: string;
  readonly hint: string;
}

export interface ScheduleOptions {
  /** one for each model that has work, in order */
  readonly prepare: readonly Job[];
  /** in order; a run starts once its model is prepared */
  readonly runs: readonly Job[];
  readonly workers: number;
  readonly worker: WorkerOptions;
  /** file descriptor of the workers' log */
  readonly log: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (job: Job, message: Progress) => void;
  readonly onDone: (job: Job) => void;
  readonly onFailed: (failure: Failure, willRetry: boolean) => void;
}

/** How often a job is started whose process ends in the middle of it. */
const ATTEMPTS = 2;

/**
 * Performs all jobs. A failed run does not stop the others; a failed preparation takes the runs of its model with it.
 *
 * @returns what failed in the end
 * @throws InputError as soon as a model turns out to be wrong; when the signal fires it returns early
 */
export async function perform(options: ScheduleOptions): Promise<Failure[]> {
  const schedule = new Schedule(options);
  // A signal that has fired tells no listener.
  if (options.signal?.aborted) return schedule.failures;
  const stop = () => void schedule.stop();
  options.signal?.addEventListener("abort", stop, { once: true });
  try {
    const jobs = options.prepare.length + options.runs.length;
    const count = Math.min(options.workers, jobs);
    const slots = Array.from({ length: count }, () => schedule.work());
    await Promise.all(slots);
    return schedule.failures;
  } finally {
    options.signal?.removeEventListener("abort", stop);
    await schedule.stop();
  }
}

class Schedule {
  readonly failures: Failure[] = [];
  readonly #options: ScheduleOptions;
  readonly #waiting: Job[];
  readonly #unprepared: Set<string>;
  readonly #children = new Set<Child>();
  #isStopped = false;
  /** of workers that wait for a job to become ready */
  #wake: (() => void)[] = [];

  constructor(options: ScheduleOptions) {
    this.#options = options;
    this.#waiting = [...options.prepare, ...options.runs];
    this.#unprepared = new Set(options.prepare.map(({ model }) => model));
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#changed();
    await Promise.all([...this.#children].map((child) => child.kill()));
  }

  /** One worker's life: a process, and job after job until none is left. */
  async work(): Promise<void> {
    // Started before there is a job for it: loading takes as long as a step.
    let child = this.#start();
    for (let job = await this.#next(); job !== undefined; job = await this.#next()) {
      for (let attempt = 1; !this.#isStopped; attempt++) {
        if (child.ended) child = this.#start();
        try {
          await child.run(job, (message) => this.#options.onProgress(job, message));
          this.#finished(job);
          break;
        } catch (error) {
          if (this.#isStopped) break;
          const willRetry = error instanceof WorkerCrash && attempt < ATTEMPTS;
          this.#failed(job, error, willRetry);
          if (!willRetry) break;
        }
      }
    }
  }

  #start(): Child {
    const child = new Child(this.#options.worker, this.#options.log);
    this.#children.add(child);
    return child;
  }

  /** The first job whose model is ready; waits while there may be one. */
  async #next(): Promise<Job | undefined> {
    while (!this.#isStopped) {
      const index = this.#waiting.findIndex(
        ({ kind, model }) => kind === "prepare" || !this.#unprepared.has(model),
      );
      if (index >= 0) return this.#waiting.splice(index, 1)[0];
      if (this.#waiting.length === 0) return undefined;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
    return undefined;
  }

  #changed(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  #finished(job: Job): void {
    if (job.kind === "prepare") this.#unprepared.delete(job.model);
    this.#options.onDone(job);
    this.#changed();
  }

  #failed(job: Job, error: unknown, willRetry: boolean): void {
    // A model that cannot be prepared is the user's to mend first; a fault in this process is not the job's.
    const isJobs = error instanceof WorkerCrash || error instanceof PlaceboError;
    if (!isJobs || (error instanceof InputError && job.kind === "prepare")) {
      void this.stop();
      throw error;
    }
    const hint =
      error instanceof PlaceboError ? error.hint : "What it printed is in the trial's workers.log.";
    const failure = { job, message: error.message, hint };
    this.#options.onFailed(failure, willRetry);
    if (willRetry) return;
    this.failures.push(failure);
    if (job.kind === "prepare") {
      const lost = this.#waiting.filter(({ model }) => model === job.model);
      for (const each of lost) this.#waiting.splice(this.#waiting.indexOf(each), 1);
      this.#unprepared.delete(job.model);
      this.#changed();
    }
  }
}
