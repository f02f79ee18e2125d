/**
 * One holder of a folder at a time, among the processes of a machine and within each. A killed process leaves its lock
 * behind; whoever comes next takes it over.
 */
import { randomUUID } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isTemporary, systemCode, temporaryOf } from "./files.ts";
import { isRunning } from "./process.ts";

/** Holds the id of the process and the token of the claim. */
export const LOCK_FILE = ".lock";

/** Behind a lock's name: the lock of those who would remove it. */
const REMOVAL = ".removal";

export type Release = () => Promise<void>;

/** The lock to give back, or the process that has it. */
export type Claimed = { readonly release: Release } | { readonly heldBy: number };

/** Tokens of this process's own claims: after a restart in a container, a dead process may have had our id. */
const own = new Set<string>();

/** Claims a folder that is there. A living process is never robbed, and of those that find a dead one's lock one wins. */
export function lockFolder(directory: string): Promise<Claimed> {
  return claim(join(directory, LOCK_FILE));
}

/** Whether somebody alive has claimed the folder. */
export async function isLocked(directory: string): Promise<boolean> {
  return typeof (await stateOf(join(directory, LOCK_FILE))) === "number";
}

/** Whether a name in a folder says nothing of what the folder holds: its lock, or what a killed write left. */
export function isScrap(name: string): boolean {
  return isTemporary(name) || name.replaceAll(REMOVAL, "") === LOCK_FILE;
}

async function claim(path: string): Promise<Claimed> {
  const token = randomUUID();
  // Before the file is there: whoever reads it in this process must find its claim alive.
  own.add(token);
  let heldBy: number | undefined;
  try {
    heldBy = await take(path, token);
  } catch (error) {
    own.delete(token);
    throw error;
  }
  if (heldBy !== undefined) {
    own.delete(token);
    return { heldBy };
  }
  let released: Promise<void> | undefined;
  return { release: () => (released ??= release(path, token)) };
}

/** @returns the living process that has the lock; undefined: it is ours now */
async function take(path: string, token: string): Promise<number | undefined> {
  while (!(await create(path, token))) {
    const state = await stateOf(path);
    if (typeof state === "number") return state;
    if (state === "free") continue;
    // Between a look and a removal another could take the lock over, and a living lock would go: one removes at a time.
    const removal = await claim(`${path}${REMOVAL}`);
    if ("heldBy" in removal) return removal.heldBy;
    try {
      if ((await stateOf(path)) === "dead") await rm(path, { force: true });
    } finally {
      await removal.release();
    }
  }
  return undefined;
}

/** @returns false if there is a lock already */
async function create(path: string, token: string): Promise<boolean> {
  const temporary = temporaryOf(path);
  await writeFile(temporary, textOf(token), { flag: "wx" });
  try {
    // A link appears with its text: nobody sees an empty lock and takes it for what a kill left.
    await link(temporary, path);
    return true;
  } catch (error) {
    const code = systemCode(error);
    // ENOENT: the winner cleared our temporary file away.
    if (code === "EEXIST" || code === "ENOENT") return false;
    return await createWithoutLinks(path, token);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** For file systems without hard links: all but atomic. */
async function createWithoutLinks(path: string, token: string): Promise<boolean> {
  try {
    await writeFile(path, textOf(token), { flag: "wx" });
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

async function release(path: string, token: string): Promise<void> {
  try {
    if ((await read(path)) === textOf(token)) await rm(path, { force: true });
  } finally {
    own.delete(token);
  }
}

const textOf = (token: string) => `${process.pid} ${token}\n`;

/** The living process that holds a lock, or why there is none. What is no lock's text is as good as dead. */
async function stateOf(path: string): Promise<number | "free" | "dead"> {
  const text = await read(path);
  if (text === undefined) return "free";
  const [, id, token] = /^([1-9]\d{0,8})(?: (\S+))?\s*$/.exec(text) ?? [];
  if (id === undefined) return "dead";
  const pid = Number(id);
  const isAlive = pid === process.pid ? token !== undefined && own.has(token) : isRunning(pid);
  return isAlive ? pid : "dead";
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
