/** Reads what a trial's finished runs measured, for the verdict. */
import { join } from "node:path";
import { InputError } from "../errors.ts";
import { exists, readJson, readJsonl, writeJsonAtomic } from "../io/index.ts";
import {
  evalSchema,
  rolesOn,
  RUN_FILES,
  TRIAL_FILES,
  trialRecordSchema,
  type EvalRow,
  type TrialRecord,
  type Verdict,
} from "../records/index.ts";
import { openTrial } from "./folder.ts";
import { DONE_FILE, doneSchema, MODEL_FILES, modelDirectory } from "./layout.ts";
import { plannedArms } from "./hypotheses.ts";
import { readBase } from "./prepare.ts";
import { judge, type ArmResults, type Evaluated, type ModelResults } from "./verdict.ts";

/**
 * The verdict over the runs that have finished, from files alone; later runs may change it.
 *
 * @returns null while no model has been evaluated
 * @throws InputError for damaged files
 */
export async function computeVerdict(directory: string): Promise<Verdict | null> {
  const { config } = await openTrial(directory);
  const models = await readResults(directory);
  if (models.length === 0) return null;
  return judge(models, {
    primary: config.evaluation.primary,
    roles: (model) => rolesOn(model, config.arms),
    planned: plannedArms(config),
    hypotheses: config.hypotheses,
  });
}

/** Evaluations of every prepared model and every finished run. @throws InputError for damaged files */
export async function readResults(directory: string): Promise<ModelResults[]> {
  const record = await readJson(join(directory, TRIAL_FILES.trial), trialRecordSchema);
  const models: ModelResults[] = [];
  for (const model of new Set(record.runs.map((run) => run.model))) {
    if (!(await exists(join(modelDirectory(directory, model), MODEL_FILES.model)))) continue;
    const base = byProtocol(await readBase(directory, model));
    models.push({ model, base, arms: await readArms(directory, record, model) });
  }
  return models;
}

/** Computes the verdict and writes `verdict.json`. */
export async function writeVerdict(directory: string): Promise<Verdict | null> {
  const verdict = await computeVerdict(directory);
  if (verdict !== null) await writeJsonAtomic(join(directory, TRIAL_FILES.verdict), verdict);
  return verdict;
}

async function readArms(
  directory: string,
  { runs }: TrialRecord,
  model: string,
): Promise<ArmResults[]> {
  const own = runs.filter((run) => run.model === model);
  const arms: ArmResults[] = [];
  for (const arm of new Set(own.map((run) => run.arm))) {
    const planned = own.filter((run) => run.arm === arm);
    const finished: { seed: number; final: Evaluated }[] = [];
    for (const { seed, directory: at } of planned) {
      const final = await readFinal(join(directory, at));
      if (final !== null) finished.push({ seed, final });
    }
    arms.push({ arm, runs: finished, planned: planned.length });
  }
  return arms;
}

/** The evaluations of a run's last step; null while it has not finished. */
async function readFinal(run: string): Promise<Evaluated | null> {
  if (!(await exists(join(run, DONE_FILE)))) return null;
  const { step } = await readJson(join(run, DONE_FILE), doneSchema);
  const file = join(run, RUN_FILES.evals);
  const last = (await readJsonl(file, evalSchema)).filter((row) => row.step === step);
  if (last.length > 0) return byProtocol(last);
  throw new InputError(`${file}: no evaluation of the last step, ${step}`, {
    code: "run-damaged",
    hint: "Delete this run's folder and resume the trial.",
    file,
  });
}

function byProtocol(rows: readonly EvalRow[]): Evaluated {
  return Object.fromEntries(rows.map((row) => [row.protocol, row]));
}
