/**
 * A run's checkpoint: a model folder with `state.json`. It is written beside the old one and swapped in by two renames,
 * so that a kill at any moment leaves the old checkpoint or the new one, under its name or as `.old`.
 */
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { exists, readJson, syncTree, syncPath, writeJsonAtomic } from "../io/index.ts";
import { checkpointDirectory, STATE_FILE, stateSchema, type CheckpointState } from "./layout.ts";

const NEW = ".new";
const OLD = ".old";

/**
 * Replaces the checkpoint of a run. The append-only files must be on the disk up to `state.offsets` already.
 *
 * @param run the run's folder
 * @param save writes the model into the folder that it is given
 */
export async function saveCheckpoint(
  run: string,
  state: CheckpointState,
  save: (directory: string) => Promise<void>,
): Promise<void> {
  const current = checkpointDirectory(run);
  const fresh = current + NEW;
  const old = current + OLD;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  await save(fresh);
  await writeJsonAtomic(join(fresh, STATE_FILE), state);
  await syncTree(fresh);
  await rm(old, { recursive: true, force: true });
  if (await exists(current)) await rename(current, old);
  await rename(fresh, current);
  await syncPath(run);
  await rm(old, { recursive: true, force: true });
}

/**
 * Puts a run's checkpoint in order after a kill: gives an `.old` one its name back if the swap stopped between the
 * renames, and removes what was half written.
 *
 * @returns its state, or undefined where the run has none
 */
export async function recoverCheckpoint(run: string): Promise<CheckpointState | undefined> {
  const current = checkpointDirectory(run);
  if (!(await exists(current)) && (await exists(current + OLD)))
    await rename(current + OLD, current);
  await rm(current + NEW, { recursive: true, force: true });
  await rm(current + OLD, { recursive: true, force: true });
  return readState(run);
}

/** The state of a run's checkpoint, without touching anything. */
export async function readState(run: string): Promise<CheckpointState | undefined> {
  for (const directory of [checkpointDirectory(run), checkpointDirectory(run) + OLD]) {
    const path = join(directory, STATE_FILE);
    if (await exists(path)) return readJson(path, stateSchema);
  }
  return undefined;
}
