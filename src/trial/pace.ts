/** Progress of a whole trial while it goes on. */
import type { TrialProgress } from "./events.ts";

/** Counts runs and steps, and guesses the time left from the pace of this process so far. */
export class Pace {
  readonly #runsTotal: number;
  readonly #stepsTotal: number;
  readonly #stepOf = new Map<string, number>();
  #runsDone = 0;
  #start: { readonly time: number; readonly steps: number } | undefined;

  constructor(runs: readonly { readonly steps: number }[]) {
    this.#runsTotal = runs.length;
    this.#stepsTotal = runs.reduce((sum, { steps }) => sum + steps, 0);
  }

  /** A run stands at this step. @param key names the run */
  at(key: string, step: number): void {
    this.#stepOf.set(key, step);
  }

  finished(key: string, steps: number): void {
    this.#runsDone++;
    this.at(key, steps);
  }

  /** The first run of this process begins now. */
  begin(): void {
    this.#start ??= { time: performance.now(), steps: this.#steps() };
  }

  #steps(): number {
    return [...this.#stepOf.values()].reduce((sum, step) => sum + step, 0);
  }

  progress(): TrialProgress {
    const stepsDone = this.#steps();
    const made = this.#start === undefined ? 0 : stepsDone - this.#start.steps;
    const elapsed = this.#start === undefined ? 0 : (performance.now() - this.#start.time) / 1000;
    return {
      runsDone: this.#runsDone,
      runsTotal: this.#runsTotal,
      stepsDone,
      stepsTotal: this.#stepsTotal,
      secondsLeft: made > 0 ? ((this.#stepsTotal - stepsDone) * elapsed) / made : null,
    };
  }
}
