/** Work that can go on: a folder that is one job's own, and rows on disk that are found by their key. */
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { InputError } from "../errors.ts";
import { exists, readJson, readText, writeJsonAtomic } from "./files.ts";
import { JsonlWriter, readJsonl } from "./jsonl.ts";

/** Who claims a folder. */
export interface Claim<Job extends { readonly hash: string }> {
  /** the job's record in the folder, for example `run.json` */
  readonly file: string;
  readonly schema: z.ZodType<Job>;
  /** what a folder holds, for messages: `run`, `evaluation` */
  readonly what: string;
}

/**
 * Writes the job's record into an empty or new folder, or finds that the folder is already this very job's.
 *
 * @throws InputError `other-run` where another job of the kind stands there, `folder-taken` where anything else does
 */
export async function claimFolder<Job extends { readonly hash: string }>(
  directory: string,
  job: Job,
  { file: name, schema, what }: Claim<Job>,
): Promise<void> {
  const file = join(directory, name);
  if (await exists(file)) {
    const { hash } = await readJson(file, schema);
    if (hash === job.hash) return;
    const message = `${directory} holds another ${what} (${hash}; this one is ${job.hash})`;
    throw new InputError(message, {
      code: "other-run",
      hint: "Choose another folder with --out, or delete that one.",
      file,
      field: "--out",
    });
  }
  await mkdir(directory, { recursive: true });
  const [foreign] = await readdir(directory);
  if (foreign !== undefined) {
    throw new InputError(`${directory} is not empty and holds no ${what} (${foreign})`, {
      code: "folder-taken",
      hint: "Choose an empty or new folder with --out.",
      file: directory,
      field: "--out",
    });
  }
  await writeJsonAtomic(file, job);
}

/** An append-only JSONL file with what is in it in memory, found by key. `Keyed` is what a row's key is made of. */
export class RowFile<Keyed, Row extends Keyed> {
  readonly #rows: Map<string, Row>;
  readonly #keyOf: (row: Keyed) => string;
  readonly #writer: JsonlWriter;

  private constructor(rows: readonly Row[], keyOf: (row: Keyed) => string, writer: JsonlWriter) {
    this.#rows = new Map(rows.map((row) => [keyOf(row), row]));
    this.#keyOf = keyOf;
    this.#writer = writer;
  }

  /** Makes the file, or goes on with it. A line that a kill cut is dropped. */
  static async open<Keyed, Row extends Keyed>(
    file: string,
    schema: z.ZodType<Row>,
    keyOf: (row: Keyed) => string,
  ): Promise<RowFile<Keyed, Row>> {
    const isThere = await exists(file);
    const rows = isThere ? await readJsonl(file, schema) : [];
    const text = isThere ? await readText(file) : "";
    const whole = Buffer.byteLength(text.slice(0, text.lastIndexOf("\n") + 1));
    return new RowFile(rows, keyOf, await JsonlWriter.open(file, whole));
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
    await this.#writer.append(rows);
    await this.#writer.sync();
    for (const row of rows) this.#rows.set(this.#keyOf(row), row);
  }

  async close(): Promise<void> {
    await this.#writer.close();
  }
}
