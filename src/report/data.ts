/** All that a report shows, as plain data: validated, aggregated and small. */
import { join } from "node:path";
import { TRIAL_FILES, type TrialRecord, type Verdict } from "../records/index.ts";
import { aggregate, primaryProtocol, type ModelData } from "./aggregate.ts";
import { readTrial, type Protocol, type RunStatus } from "./read.ts";
import { rolesOf, type TrialRoles } from "./roles.ts";
import { pickSamples, type ModelSamples } from "./samples.ts";

export interface RunSummary {
  readonly model: string;
  readonly arm: string;
  readonly seed: number;
  readonly directory: string;
  readonly status: RunStatus;
  readonly hash: string | null;
  readonly startedAt: string | null;
  /** steps made and steps planned; planned is null before the run started */
  readonly step: number;
  readonly steps: number | null;
  /** time in steps so far */
  readonly seconds: number;
}

export interface ReportData extends TrialRoles {
  readonly trial: Omit<TrialRecord, "runs">;
  /** null while runs are unfinished and the trial has not judged them */
  readonly verdict: Verdict | null;
  /** protocol of all charts */
  readonly protocol: Protocol;
  readonly models: readonly ModelData[];
  readonly samples: readonly ModelSamples[];
  /** every planned run */
  readonly runs: readonly RunSummary[];
  /** how the first run that started was computed */
  readonly engine: Readonly<Record<string, unknown>>;
}

/**
 * Reads a trial's folder. Rollouts are streamed; nothing is kept of them but what is shown.
 *
 * @throws InputError naming file, line and field of the first thing that is missing, malformed or contradictory
 */
export async function reportData(directory: string): Promise<ReportData> {
  const files = await readTrial(directory);
  const { runs: _, ...trial } = files.trial;
  const roles = rolesOf(files.trial, join(directory, TRIAL_FILES.trial));
  return {
    trial,
    verdict: files.verdict,
    protocol: primaryProtocol(files),
    ...roles,
    models: aggregate(files),
    samples: await pickSamples(directory, files, roles),
    runs: files.runs.map(({ record, metrics, evaluations, ...run }) => ({
      model: run.model,
      arm: run.arm,
      seed: run.seed,
      directory: run.directory,
      status: run.status,
      hash: record?.hash ?? null,
      startedAt: record?.startedAt ?? null,
      step: metrics.at(-1)?.step ?? evaluations.at(-1)?.step ?? 0,
      steps: run.steps,
      seconds: metrics.reduce((sum, row) => sum + row.time.total, 0),
    })),
    engine: files.runs.find((run) => run.record !== null)?.record?.engine ?? {},
  };
}
