/** Append-only JSON Lines. A line counts once its newline is there, so a kill in the middle of a write loses only it. */
import { mkdir, open, stat, truncate, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import type { z } from "zod";
import { InputError } from "../errors.ts";
import { readText, systemCode } from "./files.ts";
import { parseInput } from "./parse.ts";

/** Appends rows to one file and knows how many bytes are in it. */
export class JsonlWriter {
  readonly path: string;
  readonly #handle: FileHandle;
  #offset: number;

  private constructor(path: string, handle: FileHandle, offset: number) {
    this.path = path;
    this.#handle = handle;
    this.#offset = offset;
  }

  /**
   * Opens a file for appending and drops what stands after byte `keep`: rows that a killed run wrote after its last
   * checkpoint. `keep` 0 starts the file over.
   *
   * @throws InputError `run-damaged` when the file is shorter than `keep`
   */
  static async open(path: string, keep: number): Promise<JsonlWriter> {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, "a");
    try {
      const { size } = await handle.stat();
      if (size < keep) throw damaged(path, size, keep);
      if (size > keep) await truncate(path, keep);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return new JsonlWriter(path, handle, keep);
  }

  /** bytes in the file */
  get offset(): number {
    return this.#offset;
  }

  async append(rows: readonly unknown[]): Promise<void> {
    if (rows.length === 0) return;
    const bytes = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    await this.#handle.appendFile(bytes);
    this.#offset += bytes.byteLength;
  }

  /** Forces all rows to the disk. */
  async sync(): Promise<void> {
    await this.#handle.sync();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

function damaged(path: string, size: number, keep: number): InputError {
  return new InputError(`${path}: ${size} bytes, but the checkpoint counts ${keep}`, {
    code: "run-damaged",
    hint: "The file was shortened by something else: delete this run's folder and resume the trial.",
    file: path,
  });
}

/** A file's size in bytes, 0 where there is none. */
export async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return 0;
    throw error;
  }
}

/**
 * Reads all whole lines. An unterminated last line is a write in progress and is left out; any other line that does
 * not fit is an error.
 *
 * @throws InputError with file, line and field
 */
export async function readJsonl<T>(path: string, schema: z.ZodType<T>): Promise<T[]> {
  const text = await readText(path);
  const lines = text.split("\n");
  lines.pop();
  return lines.map((line, index) => parseLine(path, index + 1, line, schema));
}

function parseLine<T>(path: string, line: number, text: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path}:${line}: not valid JSON`, {
      code: "bad-jsonl",
      hint: text.trim() === "" ? "Delete the empty line." : "Every line must be one JSON object.",
      file: path,
      cause: error,
    });
  }
  return parseInput(schema, value, { file: path, line: () => line });
}
