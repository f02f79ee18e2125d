/** Work that can go on: a folder that is one job's own, and rows on disk that are found by their key. */
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { InputError } from "../errors.ts";
import {
  exists,
  readJson,
  readText,
  removeTemporaries,
  systemCode,
  writeJsonAtomic,
} from "./files.ts";
import { JsonlWriter, readJsonl } from "./jsonl.ts";
import { type Claimed, isScrap, LOCK_FILE, lockFolder, type Release } from "./lock.ts";

/** Who claims a folder. */
export interface Claim<Job extends { readonly hash: string }> {
  /** the job's record in the folder, for example `run.json` */
  readonly file: string;
  readonly schema: z.ZodType<Job>;
  /** what a folder holds, for messages: `run`, `evaluation` */
  readonly what: string;
}

/**
 * Claims a folder for one job of one process: an empty or new one, which gets the job's record, or one that is already
 * this very job's. A killed process's claim is taken over.
 *
 * @param open what the folder is claimed for; it gets the function that gives the folder back. If it fails, the folder
 * is given back.
 * @throws InputError `other-run` where another job of the kind stands there, `folder-taken` where anything else does,
 * `folder-busy` while another process, or this one, is at work on it, `unwritable` where no folder can be made
 */
export async function claimFolder<Job extends { readonly hash: string }, Opened>(
  directory: string,
  job: Job,
  claim: Claim<Job>,
  open: (release: Release) => Promise<Opened>,
): Promise<Opened> {
  // First without a trace in a folder that is somebody else's.
  await holdsJob(directory, job, claim);
  const claimed = await makeAndLock(directory);
  if ("heldBy" in claimed) throw busy(directory, claim.what, claimed.heldBy);
  const { release } = claimed;
  try {
    // Another may have begun and ended in the meantime.
    const isBegun = await holdsJob(directory, job, claim);
    await removeTemporaries(directory);
    if (!isBegun) await writeJsonAtomic(join(directory, claim.file), job);
    return await open(release);
  } catch (error) {
    await release();
    throw error;
  }
}

/** Whether the folder is this very job's; false: nobody's. @throws InputError where it is something else's */
async function holdsJob<Job extends { readonly hash: string }>(
  directory: string,
  job: Job,
  { file: name, schema, what }: Claim<Job>,
): Promise<boolean> {
  const file = join(directory, name);
  if (await exists(file)) {
    const { hash } = await readJson(file, schema);
    if (hash === job.hash) return true;
    const message = `${directory} holds another ${what} (${hash}; this one is ${job.hash})`;
    throw new InputError(message, {
      code: "other-run",
      hint: "Choose another folder with --out, or delete that one.",
      file,
      field: "--out",
    });
  }
  const foreign = (await namesIn(directory)).find((each) => !isScrap(each));
  if (foreign === undefined) return false;
  throw new InputError(`${directory} is not empty and holds no ${what} (${foreign})`, {
    code: "folder-taken",
    hint: "Choose an empty or new folder with --out.",
    file: directory,
    field: "--out",
  });
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw unwritable(directory, error);
  }
}

/** Makes the folder and claims it. @throws InputError `unwritable` where that cannot be */
export async function makeAndLock(directory: string): Promise<Claimed> {
  try {
    await mkdir(directory, { recursive: true });
    return await lockFolder(directory);
  } catch (error) {
    throw unwritable(directory, error);
  }
}

/** What the system says of a folder that cannot be read or made, as the user's error; a bug of ours stays one. */
export function unwritable(directory: string, cause: unknown): unknown {
  const code = systemCode(cause);
  if (code === undefined) return cause;
  return new InputError(`${directory}: cannot write a folder here (${code})`, {
    code: "unwritable",
    hint: "Choose another folder with --out.",
    file: directory,
    field: "--out",
    cause,
  });
}

function busy(directory: string, what: string, pid: number): InputError {
  const file = join(directory, LOCK_FILE);
  return new InputError(`${directory}: process ${pid} is at work on this ${what}`, {
    code: "folder-busy",
    hint: `Wait for it, or stop it. If it is something else, delete ${file}.`,
    file,
  });
}

/** An append-only JSONL file with what is in it in memory, found by key. `Keyed` is what a row's key is made of. */
export class RowFile<Keyed, Row extends Keyed> {
  readonly #rows: Map<string, Row>;
  readonly #keyOf: (row: Keyed) => string;
  readonly #writer: JsonlWriter;
  /** files that sum the rows up, until they are gone */
  #sums: readonly string[];

  private constructor(
    rows: readonly Row[],
    keyOf: (row: Keyed) => string,
    writer: JsonlWriter,
    sums: readonly string[],
  ) {
    this.#rows = new Map(rows.map((row) => [keyOf(row), row]));
    this.#keyOf = keyOf;
    this.#writer = writer;
    this.#sums = sums;
  }

  /**
   * Makes the file, or goes on with it. A line that a kill cut is dropped.
   *
   * @param sums files that will sum the rows up; those that are there are removed before more rows are written
   */
  static async open<Keyed, Row extends Keyed>(
    file: string,
    schema: z.ZodType<Row>,
    keyOf: (row: Keyed) => string,
    sums: readonly string[],
  ): Promise<RowFile<Keyed, Row>> {
    const isThere = await exists(file);
    const rows = isThere ? await readJsonl(file, schema) : [];
    const text = isThere ? await readText(file) : "";
    const whole = Buffer.byteLength(text.slice(0, text.lastIndexOf("\n") + 1));
    return new RowFile(rows, keyOf, await JsonlWriter.open(file, whole), sums);
  }

  has(row: Keyed): boolean {
    return this.#rows.has(this.#keyOf(row));
  }

  get size(): number {
    return this.#rows.size;
  }

  /** In the order in which they were written. */
  get rows(): Row[] {
    return [...this.#rows.values()];
  }

  /** On disk when it returns: a kill does not lose it. */
  async append(rows: readonly Row[]): Promise<void> {
    for (const file of this.#sums) await rm(file, { force: true });
    this.#sums = [];
    await this.#writer.append(rows);
    await this.#writer.sync();
    for (const row of rows) this.#rows.set(this.#keyOf(row), row);
  }

  async close(): Promise<void> {
    await this.#writer.close();
  }
}
