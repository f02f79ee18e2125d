/** Files that are whole or absent: a kill at any moment leaves the old content or the new one. */
import { randomUUID } from "node:crypto";
import { access, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { z } from "zod";
import { InputError } from "../errors.ts";
import { parseInput } from "./parse.ts";

/** Node's error code (`ENOENT`, …) of a failed system call, or undefined. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

export async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw error;
  }
}

/** Forces a file's content, or a folder's list of names, to the disk. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Forces all files of a folder, and of the folders in it, to the disk. */
export async function syncTree(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await syncTree(path);
    else await syncPath(path);
  }
  await syncPath(directory);
}

/** Where a file is written before it takes the place of `path`. */
export function temporaryOf(path: string): string {
  return `${path}.${randomUUID()}.tmp`;
}

/** Whether a file's name is one that `temporaryOf` gives. */
export function isTemporary(name: string): boolean {
  return /\.[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.tmp$/.test(name);
}

/** Removes what killed writes left in a folder. Only for who alone writes in it. */
export async function removeTemporaries(directory: string): Promise<void> {
  for (const name of (await readdir(directory)).filter(isTemporary)) {
    await rm(join(directory, name), { force: true });
  }
}

/** Writes a file so that readers and survivors of a kill see all of it or nothing. Makes its folder. */
export async function writeFileAtomic(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = temporaryOf(path);
  try {
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncPath(dirname(path));
}

export async function writeJsonAtomic(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** Reads a text file. @throws InputError `file-missing` or `file-unreadable`, with `what` in the message */
export async function readText(path: string, what = "file"): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = systemCode(error);
    const missing = code === "ENOENT" || code === "ENOTDIR";
    throw new InputError(
      missing ? `${path}: ${what} not found` : `${path}: cannot read this ${what} (${code})`,
      {
        code: missing ? "file-missing" : "file-unreadable",
        hint: missing ? "Check the path for typos." : "It must be a readable text file.",
        file: path,
        cause: error,
      },
    );
  }
}

/** Reads and validates a JSON file. @throws InputError with file and field */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const text = await readText(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path}: not valid JSON`, {
      code: "bad-json",
      hint: "Repair the file, or delete it if a run wrote it and start that run again.",
      file: path,
      cause: error,
    });
  }
  return parseInput(schema, value, { file: path });
}
