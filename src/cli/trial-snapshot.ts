/** What a trial's files say about its runs so far: for `status`, and for the rows of runs that a resumed trial skips. */
import { join } from "node:path";
import { exists, readJsonl } from "../io/index.ts";
import { evalSchema, RUN_FILES, type EvalRow } from "../records/index.ts";
import { trialStatus, type EvalSummary, type RunStatus, type TrialStatus } from "../trial/index.ts";

export interface RunSnapshot extends RunStatus {
  /** latest evaluation, and that of the untrained model */
  readonly latest?: EvalSummary;
  readonly base?: EvalSummary;
}

export interface TrialSnapshot extends Omit<TrialStatus, "runs"> {
  readonly runs: readonly RunSnapshot[];
}

/** @throws InputError where the folder holds no trial, or a damaged one */
export async function readSnapshot(
  directory: string,
  protocol: EvalRow["protocol"],
): Promise<TrialSnapshot> {
  const status = await trialStatus(directory);
  const runs: RunSnapshot[] = [];
  for (const run of status.runs) {
    const file = join(directory, run.directory, RUN_FILES.evals);
    const all = (await exists(file)) ? await readJsonl(file, evalSchema) : [];
    const rows = all.filter((row) => row.protocol === protocol).map(summaryOf);
    runs.push({ ...run, latest: rows.at(-1), base: rows.find(({ step }) => step === 0) });
  }
  return { ...status, runs };
}

function summaryOf(row: EvalRow): EvalSummary {
  const { problems: _, ...summary } = row;
  return summary;
}
