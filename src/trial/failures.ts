/** `failures.json`: what failed for good in the last start of a trial; absent where nothing did. For `trialStatus`. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { exists, readJson, writeJsonAtomic } from "../io/index.ts";
import type { RunName, TrialEvent } from "./events.ts";
import { FAILURES_FILE } from "./layout.ts";

const failureSchema = z.object({
  model: z.string(),
  /** null: the model's preparation failed, and with it all its runs */
  run: z.object({ arm: z.string(), seed: z.number().int() }).nullable(),
  message: z.string(),
  hint: z.string(),
});

export type TrialFailure = z.infer<typeof failureSchema>;

/** @throws InputError for a damaged file */
export async function readFailures(directory: string): Promise<readonly TrialFailure[]> {
  const file = join(directory, FAILURES_FILE);
  return (await exists(file)) ? readJson(file, z.array(failureSchema)) : [];
}

/** The failure that keeps a run from being done. */
export function failureOf(
  failures: readonly TrialFailure[],
  { model, arm, seed }: RunName,
): TrialFailure | undefined {
  return failures.find(
    (failure) =>
      failure.model === model &&
      (failure.run === null || (failure.run.arm === arm && failure.run.seed === seed)),
  );
}

/** Keeps the file while a trial runs. */
export class FailureLog {
  readonly #file: string;
  readonly #failures: TrialFailure[] = [];
  #written: Promise<void> = Promise.resolve();

  private constructor(file: string) {
    this.#file = file;
  }

  /** What failed before is tried again, so it counts no more. */
  static async begin(directory: string): Promise<FailureLog> {
    const file = join(directory, FAILURES_FILE);
    await rm(file, { force: true });
    return new FailureLog(file);
  }

  /** Takes what failed and is not tried again. */
  hear(event: TrialEvent): void {
    if (event.event !== "run-failed" || event.willRetry) return;
    const { model, run, message, hint } = event;
    this.#failures.push({ model, run: run && { arm: run.arm, seed: run.seed }, message, hint });
    const all = [...this.#failures];
    this.#written = this.#written.then(() => writeJsonAtomic(this.#file, all));
    // `settled` tells of it; until then it must not count as unhandled.
    this.#written.catch(() => undefined);
  }

  /** Waits until all is on disk. */
  settled(): Promise<void> {
    return this.#written;
  }
}
