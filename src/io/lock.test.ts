import { fork, spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { isLocked, isScrap, LOCK_FILE, lockFolder, type Release } from "./lock.ts";
import type { Answer, Order } from "./testing/claimant.ts";

let folder: string;
let file: string;
/** id of a process that has ended */
let dead: number;
beforeAll(async () => {
  const child = spawn(process.execPath, ["-e", ""]);
  dead = child.pid ?? 0;
  await once(child, "exit");
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lock-"));
  file = join(folder, LOCK_FILE);
});

async function claimed(): Promise<Release> {
  const claim = await lockFolder(folder);
  if ("heldBy" in claim) throw new Error(`held by ${claim.heldBy}`);
  return claim.release;
}

describe("a lock", () => {
  it("has one holder within a process, until it gives the folder back and leaves nothing", async () => {
    const release = await claimed();
    expect(await lockFolder(folder)).toEqual({ heldBy: process.pid });
    expect(await isLocked(folder)).toBe(true);
    await release();
    expect(await isLocked(folder)).toBe(false);
    expect(await readdir(folder)).toEqual([]);
  });

  it("is given back once: the next holder keeps its own", async () => {
    const first = await claimed();
    await Promise.all([first(), first()]);
    const second = await claimed();
    await first();
    expect(await lockFolder(folder)).toEqual({ heldBy: process.pid });
    await second();
  });

  it("of somebody else in its place is left alone", async () => {
    const release = await claimed();
    await writeFile(file, String(process.ppid));
    await release();
    expect(await readFile(file, "utf8")).toBe(String(process.ppid));
    expect(await lockFolder(folder)).toEqual({ heldBy: process.ppid });
  });

  it.each<[string, () => string]>([
    ["a process that has ended", () => `${dead} ${randomUUID()}\n`],
    ["an earlier process with our id", () => `${process.pid} ${randomUUID()}\n`],
    ["an earlier version, with our id alone", () => String(process.pid)],
    ["nobody: it is empty", () => ""],
    ["nobody: it is text", () => "locked"],
  ])("of %s is taken over", async (_, text) => {
    await writeFile(file, text());
    expect(await isLocked(folder)).toBe(false);
    const release = await claimed();
    expect(await readFile(file, "utf8")).toMatch(new RegExp(`^${process.pid} `));
    expect(await lockFolder(folder)).toEqual({ heldBy: process.pid });
    await release();
    expect(await readdir(folder)).toEqual([]);
  });

  it("is taken over though a killed process was about to do the same", async () => {
    for (const name of ["", ".removal", ".removal.removal"]) {
      await writeFile(`${file}${name}`, `${dead} ${randomUUID()}\n`);
    }
    const release = await claimed();
    expect(await readdir(folder)).toEqual([LOCK_FILE]);
    await release();
  });

  it("has one holder of many that ask at once, a dead one's too", async () => {
    for (const text of [undefined, `${dead} ${randomUUID()}\n`]) {
      if (text !== undefined) await writeFile(file, text);
      const claims = await Promise.all(Array.from({ length: 40 }, () => lockFolder(folder)));
      const winners = claims.flatMap((claim) => ("release" in claim ? [claim.release] : []));
      expect(winners).toHaveLength(1);
      await winners[0]?.();
      expect(await readdir(folder)).toEqual([]);
    }
  });
});

describe("processes", () => {
  const ROUNDS = 60;
  let children: ChildProcess[];
  beforeAll(async () => {
    const path = fileURLToPath(new URL("./testing/claimant.ts", import.meta.url));
    children = Array.from({ length: 4 }, () => fork(path, { execArgv: ["--import", "tsx"] }));
    await Promise.all(children.map((child) => once(child, "message")));
  });
  afterAll(() => children.forEach((child) => child.kill("SIGKILL")));

  async function tell(child: ChildProcess, order: Order): Promise<Answer> {
    const answered = once(child, "message");
    child.send(order);
    const [answer] = await answered;
    return answer as Answer; // the claimant sends nothing else
  }

  it.each([
    ["a new folder", false],
    ["a folder with a dead one's lock", true],
  ])("that claim %s at the same time: one has it", async (_, isStale) => {
    for (let round = 0; round < ROUNDS; round++) {
      const directory = await mkdtemp(join(folder, "round-"));
      if (isStale) await writeFile(join(directory, LOCK_FILE), `${dead} ${randomUUID()}\n`);
      const order = { directory, at: Date.now() + 8 };
      const answers = await Promise.all(children.map((child) => tell(child, order)));
      expect(answers.filter((answer) => answer === "claimed")).toHaveLength(1);
      expect(await lockFolder(directory)).toHaveProperty("heldBy");
      await Promise.all(children.map((child) => tell(child, "release")));
      expect(await readdir(directory)).toEqual([]);
    }
  });

  it("that are killed leave a lock to the next", async () => {
    const [child] = children;
    if (child === undefined) throw new RangeError("no child");
    expect(await tell(child, { directory: folder, at: 0 })).toBe("claimed");
    expect(await lockFolder(folder)).toEqual({ heldBy: child.pid });
    child.kill("SIGKILL");
    await once(child, "exit");
    await (
      await claimed()
    )();
  });
});

describe("scrap", () => {
  it.each([
    [LOCK_FILE, true],
    [`${LOCK_FILE}.removal.removal`, true],
    [`run.json.${randomUUID()}.tmp`, true],
    [`${LOCK_FILE}.removal.${randomUUID()}.tmp`, true],
    ["run.json", false],
    ["notes.tmp", false],
    [`${randomUUID()}.tmp`, false],
    [".removal", false],
  ])("%s: %s", (name, expected) => {
    expect(isScrap(name)).toBe(expected);
  });
});
