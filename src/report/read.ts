/** Reads a trial's folder through the record schemas. Evaluations lose their texts here: there may be gigabytes. */
import { join } from "node:path";
import { z } from "zod";
import { InputError } from "../errors.ts";
import { exists, parseInput, readJson } from "../io/index.ts";
import {
  evalSchema,
  metricsSchema,
  RUN_FILES,
  runSchema,
  TRIAL_FILES,
  trialRecordSchema,
  verdictSchema,
  type EvalRow,
  type MetricsRow,
  type RunRecord,
  type TrialRecord,
  type Verdict,
} from "../records/index.ts";
import { streamJsonl } from "./stream.ts";

/** One evaluation without its problems. */
export type Evaluation = Omit<EvalRow, "problems">;
export type Protocol = EvalRow["protocol"];

/** A run counts as finished when its last step was made and evaluated: only then the verdict reads it. */
export type RunStatus = "finished" | "unfinished" | "not started";

export interface RunFiles {
  readonly model: string;
  readonly arm: string;
  readonly seed: number;
  /** relative to the trial's folder */
  readonly directory: string;
  readonly status: RunStatus;
  /** null: not started */
  readonly record: RunRecord | null;
  /** steps that the run is to make; null: not started */
  readonly steps: number | null;
  readonly metrics: readonly MetricsRow[];
  readonly evaluations: readonly Evaluation[];
}

export interface TrialFiles {
  readonly trial: TrialRecord;
  /** null while runs are unfinished */
  readonly verdict: Verdict | null;
  /** evaluations of each untrained model; a model that has not been prepared has none */
  readonly base: Readonly<Record<string, readonly Evaluation[]>>;
  readonly runs: readonly RunFiles[];
}

/** Where the untrained model's evaluations are, relative to the trial's folder. */
export const baseFile = (model: string) => join("models", model, "base.jsonl");

const stepsSchema = z.object({ grpo: z.object({ steps: z.number().int().nonnegative() }) });

/**
 * Reads everything but rollouts and texts.
 *
 * @throws InputError naming file, line and field of the first thing that is missing, malformed or contradictory
 */
export async function readTrial(directory: string): Promise<TrialFiles> {
  const trial = await readJson(join(directory, TRIAL_FILES.trial), trialRecordSchema);
  rejectTwins(trial, join(directory, TRIAL_FILES.trial));
  const runs: RunFiles[] = [];
  for (const plan of trial.runs) runs.push(await readRun(directory, plan));
  const base: Record<string, readonly Evaluation[]> = {};
  for (const model of new Set(trial.runs.map((run) => run.model))) {
    const file = join(directory, baseFile(model));
    const started = runs.some((run) => run.model === model && run.record !== null);
    base[model] = started || (await exists(file)) ? await readEvaluations(file) : [];
  }
  return { trial, verdict: await readVerdict(directory, runs), base, runs };
}

function rejectTwins(trial: TrialRecord, file: string): void {
  const seen = new Set<string>();
  for (const [i, { model, arm, seed }] of trial.runs.entries()) {
    const name = `${model}/${arm}/seed-${seed}`;
    if (seen.has(name)) {
      throw new InputError(`${file}: runs.${i}: ${name} is listed twice`, {
        code: "twin-run",
        hint: "Restore the file that the trial wrote.",
        file,
        field: `runs.${i}`,
      });
    }
    seen.add(name);
  }
}

async function readRun(directory: string, plan: TrialRecord["runs"][number]): Promise<RunFiles> {
  const at = (name: string) => join(directory, plan.directory, name);
  if (!(await exists(at(RUN_FILES.run)))) {
    if (await exists(at(RUN_FILES.metrics))) await readJson(at(RUN_FILES.run), runSchema);
    return {
      ...plan,
      status: "not started",
      record: null,
      steps: null,
      metrics: [],
      evaluations: [],
    };
  }
  const record = await readJson(at(RUN_FILES.run), runSchema);
  for (const field of ["model", "arm", "seed"] as const) {
    if (record[field] !== plan[field]) throw misplaced(at(RUN_FILES.run), field, plan[field]);
  }
  const where = { file: at(RUN_FILES.run), field: ["config"] };
  const { steps } = parseInput(stepsSchema, record.config, where).grpo;
  const metrics = (await exists(at(RUN_FILES.metrics)))
    ? await readMetrics(at(RUN_FILES.metrics))
    : [];
  const evaluations = (await exists(at(RUN_FILES.evals)))
    ? await readEvaluations(at(RUN_FILES.evals))
    : [];
  const status = isFinished(evaluations, metrics, steps) ? "finished" : "unfinished";
  return { ...plan, status, record, steps, metrics, evaluations };
}

/** Whether the last step was made and evaluated on every protocol: a kill may fall between any two of them. */
function isFinished(
  evaluations: readonly Evaluation[],
  metrics: readonly MetricsRow[],
  steps: number,
): boolean {
  if ((metrics.at(-1)?.step ?? 0) < steps) return false;
  const protocols = new Set(evaluations.map((row) => row.protocol));
  const reached = evaluations.filter((row) => row.step === steps).map((row) => row.protocol);
  return protocols.size > 0 && [...protocols].every((protocol) => reached.includes(protocol));
}

function misplaced(file: string, field: string, expected: string | number): InputError {
  return new InputError(
    `${file}: ${field} is not ${JSON.stringify(expected)}, as trial.json has it`,
    {
      code: "misplaced-run",
      hint: "A run's folder was moved or copied: put it back, or delete it and resume the trial.",
      file,
      field,
    },
  );
}

async function readMetrics(file: string): Promise<MetricsRow[]> {
  const rows: MetricsRow[] = [];
  for await (const { row, line } of streamJsonl(file, metricsSchema)) {
    if (row.step <= (rows.at(-1)?.step ?? -Infinity)) throw backwards(file, line, row.step);
    rows.push(row);
  }
  return rows;
}

async function readEvaluations(file: string): Promise<Evaluation[]> {
  const rows: Evaluation[] = [];
  const last: { [P in Protocol]: number } = { greedy: -Infinity, sampled: -Infinity };
  for await (const { row, line } of streamJsonl(file, evalSchema)) {
    if (row.step <= last[row.protocol]) throw backwards(file, line, row.step);
    last[row.protocol] = row.step;
    const { problems: _, ...summary } = row;
    rows.push(summary);
  }
  return rows;
}

function backwards(file: string, line: number, step: number): InputError {
  return new InputError(`${file}:${line}: step ${step} does not come after the step before it`, {
    code: "steps-out-of-order",
    hint: "Steps only grow in a run's files: delete this run's folder and resume the trial.",
    file,
    field: "step",
  });
}

async function readVerdict(directory: string, runs: readonly RunFiles[]): Promise<Verdict | null> {
  const file = join(directory, TRIAL_FILES.verdict);
  if (runs.some((run) => run.status !== "finished") && !(await exists(file))) return null;
  const verdict = await readJson(file, verdictSchema);
  for (const [i, { model, arms }] of verdict.models.entries()) {
    for (const [j, { arm }] of arms.entries()) {
      if (!runs.some((run) => run.model === model && run.arm === arm)) {
        throw new InputError(
          `${file}: models.${i}.arms.${j}: trial.json has no run of ${model}/${arm}`,
          {
            code: "stray-verdict",
            hint: "The verdict is of another trial: delete it and resume this one.",
            file,
            field: `models.${i}.arms.${j}`,
          },
        );
      }
    }
  }
  return verdict;
}
