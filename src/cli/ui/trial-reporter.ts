/** Shows a trial's events: JSON lines, a live table on a terminal, or plain lines in a log. */
import type { TrialEvent, TrialReporter } from "../../trial/index.ts";
import type { TrialSnapshot } from "../trial-snapshot.ts";
import { LiveArea, STOPPING } from "./progress.ts";
import type { Terminal } from "./terminal.ts";
import { TrialLog } from "./trial-log.ts";
import { TrialView } from "./trial-view.ts";

export interface Reporting {
  readonly report: TrialReporter;
  /** Takes over what an earlier start of the trial left. */
  recall(snapshot: TrialSnapshot): void;
  /** Leaves the last state on the terminal; call it before anything else is printed, also after an error. */
  close(): void;
}

export interface ReportingOptions {
  readonly json: boolean;
  /** the evaluation that the verdict reads */
  readonly protocol: "greedy" | "sampled";
  readonly signal: AbortSignal;
}

export function trialReporting(out: Terminal, options: ReportingOptions): Reporting {
  const nothing = () => undefined;
  if (options.json) return { report: out.json, recall: nothing, close: nothing };
  const view = new TrialView(options.protocol);
  const log = new TrialLog(view);
  const area = new LiveArea(out);
  const print = (line: string) => {
    area.clear();
    out.line(line);
  };
  const draw = (isUrgent: boolean) => area.draw(() => view.lines(out), isUrgent);
  const onStop = () => {
    print(STOPPING);
    draw(true);
  };
  options.signal.addEventListener("abort", onStop, { once: true });

  const report = (event: TrialEvent) => {
    view.update(event);
    const line = log.lineOf(event);
    // The table shows all but what went wrong.
    if (line !== null && (!out.live || event.event === "run-failed")) print(line);
    draw(event.event !== "step" && event.event !== "prepare");
  };
  return {
    report,
    recall: (snapshot) => view.recall(snapshot),
    close: () => {
      options.signal.removeEventListener("abort", onStop);
      area.finish(() => view.lines(out));
    },
  };
}
