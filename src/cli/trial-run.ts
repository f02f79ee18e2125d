/** Runs or resumes a trial before the user's eyes: progress, the verdict, the report. */
import { join } from "node:path";
import { exists } from "../io/index.ts";
import { TRIAL_FILES } from "../records/index.ts";
import { runTrial, type Trial, type TrialEvent } from "../trial/index.ts";
import type { CliContext } from "./context.ts";
import { goingOnIn } from "./failure.ts";
import { readSnapshot } from "./trial-snapshot.ts";
import { trialReporting } from "./ui/trial-reporter.ts";
import { verdictLines } from "./ui/verdict.ts";

export interface Conduct {
  readonly out: string;
  readonly workers?: number;
  readonly json: boolean;
}

type VerdictEvent = Extract<TrialEvent, { event: "verdict" }>;

/** @throws what `runTrial` throws; the verdict over the runs that did finish is shown before */
export async function conductTrial(
  trial: Trial,
  { out: directory, workers, json }: Conduct,
  { out, signal }: CliContext,
): Promise<void> {
  const protocol = trial.config.evaluation.primary;
  const reporting = trialReporting(out, { json, protocol, signal });
  const resumed = await exists(join(directory, TRIAL_FILES.trial));
  if (resumed) reporting.recall(await readSnapshot(directory, protocol));
  let verdict: VerdictEvent | undefined;
  const reporter = (event: TrialEvent) => {
    // The verdict is the last line: the report is written before it is shown.
    if (event.event === "verdict") verdict = event;
    else reporting.report(event);
  };
  try {
    await runTrial(trial, { out: directory, workers, signal, reporter });
  } catch (error) {
    reporting.close();
    if (verdict !== undefined) await conclude(directory, verdict, out, json);
    const isThere = await exists(join(directory, TRIAL_FILES.trial));
    throw isThere ? goingOnIn(directory, error) : error;
  }
  reporting.close();
  if (verdict !== undefined) await conclude(directory, verdict, out, json);
}

/** Writes the report, then shows its path and the verdict. */
export async function conclude(
  directory: string,
  verdict: VerdictEvent,
  out: CliContext["out"],
  json: boolean,
): Promise<void> {
  // Charts are heavy to load and only needed here.
  const { writeReport } = await import("../report/index.ts");
  const path = await writeReport(directory);
  if (json) {
    out.json({ event: "report", path });
    out.json(verdict);
    return;
  }
  out.line();
  for (const line of verdictLines(verdict, out)) out.line(line);
  out.line();
  out.line(`${out.paint("bold", "Report")}  ${path}`);
}
