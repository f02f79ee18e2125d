/** Where a task's data lies: the user's file or folder, a file of the hub, or the folder under PLACEBO_DATA. */
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { InputError } from "../../errors.ts";
import { exists } from "../../io/index.ts";
import type { Split } from "../define.ts";
import { hubFile, isHubFile } from "./hub.ts";
import { EXTENSIONS } from "./read.ts";

export interface Wanted {
  readonly task: string;
  readonly split: Split;
  /** names of the split's file without extension, the likeliest first; none: the task has no such split of its own */
  readonly stems: readonly string[];
}

const GIVE_FILE =
  "Give a file of problems: --data (or --eval-data of train), `data` in a trial file.";

/**
 * @param data the user's file or folder
 * @throws InputError `data-missing` with what was looked for
 */
export async function findData(wanted: Wanted, data: string | undefined): Promise<string> {
  const { task, split, stems } = wanted;
  if (data !== undefined && isHubFile(data)) return hubFile(data);
  if (data !== undefined) {
    const found = await stat(data).catch(() => undefined);
    if (!found)
      throw missing(`${data} does not exist`, `Check the path of the ${task} data.`, data);
    return found.isDirectory() ? inFolder(data, wanted) : data;
  }
  const root = process.env["PLACEBO_DATA"];
  if (stems.length === 0) {
    throw missing(`${task} has no ${split} data of its own`, GIVE_FILE);
  }
  if (root) return inFolder(join(root, "data"), wanted);
  throw missing(
    `${task} has no ${split} data`,
    `${GIVE_FILE} Or set PLACEBO_DATA to a folder with data/${stems[0]}.jsonl.`,
  );
}

/** A path as seen from a folder; a file of the hub is where it is. */
export function resolveData(baseDirectory: string, data: string): string {
  return isHubFile(data) ? data : resolve(baseDirectory, data);
}

async function inFolder(folder: string, { task, split, stems }: Wanted): Promise<string> {
  if (stems.length === 0) {
    const hint = "Give the file itself instead of its folder.";
    throw missing(`${task} has no ${split} data of its own`, hint, folder);
  }
  for (const stem of stems) {
    for (const extension of EXTENSIONS) {
      const file = join(folder, `${stem}${extension}`);
      if (await exists(file)) return file;
    }
  }
  const hint = `${task} looks for ${stems.join(" or ")} with one of ${EXTENSIONS.join(", ")}.`;
  throw missing(`${folder} has no ${stems[0]}.jsonl`, hint, folder);
}

function missing(what: string, hint: string, file?: string): InputError {
  return new InputError(what, { code: "data-missing", hint, field: "data", file });
}
