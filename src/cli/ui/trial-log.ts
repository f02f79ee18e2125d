/** A trial's events as plain lines, for logs and other streams that cannot be drawn over. */
import type { TrialEvent } from "../../trial/index.ts";
import { duration, percent, plural } from "./format.ts";
import { STAGES, type TrialView } from "./trial-view.ts";

/** Between two lines that only say how far the steps are. */
const QUIET_MS = 15_000;

export class TrialLog {
  readonly #view: TrialView;
  /** last line about preparing each model */
  readonly #preparing = new Map<string, string>();
  #lastLine = 0;

  /** @param view must have seen an event before `lineOf` is asked about it */
  constructor(view: TrialView) {
    this.#view = view;
  }

  /** The event as a line; null where it is not worth one. */
  lineOf(event: TrialEvent): string | null {
    const line = this.#describe(event);
    if (line !== null) this.#lastLine = performance.now();
    return line;
  }

  #describe(event: TrialEvent): string | null {
    switch (event.event) {
      case "trial": {
        const { name, models, arms, seeds, workers, resumed, directory, progress } = event;
        const size = [
          plural(models.length, "model"),
          plural(arms.length, "arm"),
          plural(seeds.length, "seed"),
        ];
        const state = resumed
          ? `going on, ${progress.runsDone}/${progress.runsTotal} runs done`
          : "new";
        return `${name} (${state}): ${size.join(" × ")}, ${workers} at a time, in ${directory}`;
      }
      case "prepare":
        return this.#preparation(event);
      case "prepared": {
        const base = percent(this.#view.base(event.model));
        return `${event.model}: ready, untrained accuracy ${base}`;
      }
      case "step":
        if (performance.now() - this.#lastLine > QUIET_MS) return this.#view.summary();
        break;
      case "run-end": {
        const { model, arm, seed } = event.run;
        const accuracy = percent(this.#view.accuracy(event.run));
        return `${model} · ${arm} · seed ${seed}: accuracy ${accuracy}  ${this.#view.summary()}`;
      }
      case "run-failed": {
        const run = event.run ? ` · ${event.run.arm} · seed ${event.run.seed}` : "";
        const next = event.willRetry ? "starting it again" : event.hint;
        return `${event.model}${run}: failed: ${event.message} (${next})`;
      }
      case "run-start":
      case "evaluation":
      case "verdict":
        break;
    }
    return null;
  }

  /** One line for each stage of a model, and for each quarter of it. */
  #preparation(event: Extract<TrialEvent, { event: "prepare" }>): string | null {
    const { model, stage, done, total } = event;
    const quarter = total === 0 ? 0 : Math.floor((4 * done) / total) * 25;
    const line = `${model}: ${STAGES[stage]} ${quarter}%`;
    if (this.#preparing.get(model) === line) return null;
    this.#preparing.set(model, line);
    const seconds = this.#view.preparationLeft(model);
    return seconds === null ? line : `${line}, ${duration(seconds)} left`;
  }
}
