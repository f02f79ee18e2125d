/** A trial's events as plain lines, for logs and other streams that cannot be drawn over. */
import type { TrialEvent } from "../../trial/index.ts";
import { percent, plural } from "./format.ts";
import { STAGES, type TrialView } from "./trial-view.ts";

/** One event as a line for logs; null where it is not worth one. */
export function logLine(event: TrialEvent, view: TrialView): string | null {
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
      return event.done === 0 ? `${event.model}: ${STAGES[event.stage]}` : null;
    case "prepared":
      return `${event.model}: ready, untrained accuracy ${percent(view.base(event.model))}`;
    case "run-end": {
      const { model, arm, seed } = event.run;
      const accuracy = percent(view.accuracy(event.run));
      return `${model} · ${arm} · seed ${seed}: accuracy ${accuracy}  ${view.summary()}`;
    }
    case "run-failed": {
      const run = event.run ? ` · ${event.run.arm} · seed ${event.run.seed}` : "";
      const next = event.willRetry ? "starting it again" : event.hint;
      return `${event.model}${run}: failed: ${event.message} (${next})`;
    }
    case "run-start":
    case "step":
    case "evaluation":
    case "verdict":
      break;
  }
  return null;
}
