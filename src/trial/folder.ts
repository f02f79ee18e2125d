/** The folder of a trial: claimed by one process at a time, begun with `trial.json`, opened again from it. */
import { readdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { z } from "zod";
import { InputError } from "../errors.ts";
import {
  exists,
  isScrap,
  LOCK_FILE,
  makeAndLock,
  parseInput,
  readJson,
  removeTemporaries,
  systemCode,
  unwritable,
  writeJsonAtomic,
  type Release,
} from "../io/index.ts";
import { RECORD_VERSION, TRIAL_FILES, trialRecordSchema } from "../records/index.ts";
import type { TrialPlan } from "./plan.ts";
import { trialSchema, type Trial } from "./schema.ts";
import { versions } from "./versions.ts";

/** `trial.json` as it is written: with the folder that its relative paths start from, seen from the trial's folder. */
const fileSchema = trialRecordSchema.extend({ baseDirectory: z.string() });

/**
 * The trial that a folder holds.
 *
 * @throws InputError where there is none, or a damaged one
 */
export async function openTrial(directory: string): Promise<Trial> {
  const file = join(directory, TRIAL_FILES.trial);
  if (!(await exists(file))) {
    throw new InputError(`${directory} holds no trial: it has no ${TRIAL_FILES.trial}`, {
      code: "no-trial",
      hint: "Give the folder that `placebo run` wrote.",
      file,
    });
  }
  const record = await readJson(file, fileSchema);
  const config = parseInput(trialSchema, record.config, { file, field: ["config"] });
  const { source } = record;
  return { config, source, baseDirectory: resolve(directory, record.baseDirectory), file };
}

/** Whether the folder already holds this very trial. @throws InputError where it holds something else */
export async function checkFolder(
  directory: string,
  plan: TrialPlan,
): Promise<{ resumed: boolean }> {
  const names = await listIfThere(directory);
  if (names === null) await checkWritable(directory);
  if (!names?.includes(TRIAL_FILES.trial)) {
    const foreign = names?.find((name) => !isScrap(name));
    if (foreign === undefined) return { resumed: false };
    throw new InputError(`${directory} is not empty and holds no trial (${foreign})`, {
      code: "folder-taken",
      hint: "Choose an empty or new folder with --out.",
      file: directory,
    });
  }
  const { hash, name } = await readJson(join(directory, TRIAL_FILES.trial), fileSchema);
  if (hash === plan.hash) return { resumed: true };
  throw new InputError(
    `${directory} holds another trial (${name}, ${hash}; this one is ${plan.hash})`,
    {
      code: "other-trial",
      hint: "Choose another folder with --out, or delete that one.",
      file: directory,
    },
  );
}

async function listIfThere(directory: string): Promise<string[] | null> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null;
    throw unwritable(directory, error);
  }
}

/** Finds out whether a folder can be made, without making it. */
async function checkWritable(directory: string): Promise<void> {
  let parent = dirname(resolve(directory));
  while (!(await exists(parent)) && parent !== dirname(parent)) parent = dirname(parent);
  try {
    // A file in its way says so when it is read as a folder.
    await readdir(parent);
  } catch (error) {
    throw unwritable(directory, error);
  }
}

/** A folder that is one trial's own until it is released. */
export interface ClaimedFolder {
  /** whether it already holds this very trial */
  readonly resumed: boolean;
  readonly release: Release;
}

/**
 * Makes the folder and claims it for one `runTrial`; a killed process's claim is taken over.
 *
 * @throws InputError `trial-running` while another one has it, and where it holds something else
 */
export async function claimFolder(directory: string, plan: TrialPlan): Promise<ClaimedFolder> {
  const release = await lock(directory);
  try {
    // Another trial may have begun and ended since the folder was last looked at.
    const { resumed } = await checkFolder(directory, plan);
    await removeTemporaries(directory);
    return { resumed, release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function lock(directory: string): Promise<Release> {
  const claimed = await makeAndLock(directory);
  if ("release" in claimed) return claimed.release;
  const path = join(directory, LOCK_FILE);
  throw new InputError(`${directory}: process ${claimed.heldBy} is running this trial`, {
    code: "trial-running",
    hint: `Wait for it, or stop it. If it is something else, delete ${path}.`,
    file: path,
  });
}

/** Writes `trial.json`. */
export async function beginTrial(directory: string, trial: Trial, plan: TrialPlan): Promise<void> {
  const record: z.infer<typeof fileSchema> = {
    version: RECORD_VERSION,
    name: trial.config.name,
    hash: plan.hash,
    source: trial.source,
    config: trial.config,
    versions: versions(),
    startedAt: new Date().toISOString(),
    runs: plan.runs.map(({ model, arm, seed, directory: at }) => ({
      model,
      arm,
      seed,
      directory: at,
    })),
    baseDirectory: relative(resolve(directory), trial.baseDirectory) || ".",
  };
  await writeJsonAtomic(join(directory, TRIAL_FILES.trial), record);
}

/** Processes at once: as asked for, else as many as keep the machine's cores busy. */
export function workersOf({ config }: Trial, asked: number | undefined, jobs: number): number {
  const cores = Math.max(1, Math.floor(availableParallelism() / config.threads));
  return Math.max(1, Math.min(asked ?? config.workers ?? cores, jobs));
}
