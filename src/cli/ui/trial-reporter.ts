/** Shows a trial's events: JSON lines, a live table on a terminal, or plain lines in a log. */
import type { TrialEvent, TrialReporter } from "../../trial/index.ts";
import type { TrialSnapshot } from "../trial-snapshot.ts";
import { LiveArea } from "./progress.ts";
import type { Terminal } from "./terminal.ts";
import { logLine } from "./trial-log.ts";
import { TrialView } from "./trial-view.ts";

export interface Reporting {
  readonly report: TrialReporter;
  /** Takes over what an earlier start of the trial left. */
  recall(snapshot: TrialSnapshot): void;
  /** Takes down what was drawn live; call it before anything else is printed, also after an error. */
  close(): void;
}

/** @param protocol the evaluation that the verdict reads */
export function trialReporting(
  out: Terminal,
  options: { readonly json: boolean; readonly protocol: "greedy" | "sampled" },
): Reporting {
  if (options.json) return { report: out.json, recall: () => undefined, close: () => undefined };
  const view = new TrialView(options.protocol);
  const area = new LiveArea(out);
  const report = (event: TrialEvent) => {
    view.update(event);
    const line = out.live && event.event !== "run-failed" ? null : logLine(event, view);
    if (line !== null) {
      area.clear();
      out.line(line);
    }
    area.draw(() => view.lines(out), event.event !== "step" && event.event !== "prepare");
  };
  return {
    report,
    recall: (snapshot) => view.recall(snapshot),
    close: () => area.finish(() => view.lines(out)),
  };
}
