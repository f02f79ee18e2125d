import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { LOCK_FILE, type Release } from "./lock.ts";
import { claimFolder, RowFile } from "./resumable.ts";

const CLAIM = { file: "run.json", schema: z.object({ hash: z.string() }), what: "run" };
const JOB = { hash: "one" };
const released = (release: Release) => release();

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "claim-"));
});

describe("claimFolder", () => {
  it("gives a folder to one at a time", async () => {
    const release = await claimFolder(folder, JOB, CLAIM, (give) => Promise.resolve(give));
    const second = claimFolder(folder, JOB, CLAIM, released);
    await expect(second).rejects.toMatchObject({
      code: "folder-busy",
      file: join(folder, LOCK_FILE),
      message: expect.stringContaining(`process ${process.pid} is at work on this run`),
    });
    await release();
    await claimFolder(folder, JOB, CLAIM, released);
    expect(await readdir(folder)).toEqual(["run.json"]);
  });

  it("goes on where a kill left the lock and half a record", async () => {
    await writeFile(join(folder, LOCK_FILE), `${process.pid} ${randomUUID()}\n`);
    await writeFile(join(folder, `run.json.${randomUUID()}.tmp`), "{");
    await writeFile(join(folder, `${LOCK_FILE}.${randomUUID()}.tmp`), "");
    await claimFolder(folder, JOB, CLAIM, released);
    expect(await readdir(folder)).toEqual(["run.json"]);
  });

  it("gives the folder back when it cannot be opened", async () => {
    const failing = claimFolder(folder, JOB, CLAIM, () => Promise.reject(new Error("damaged")));
    await expect(failing).rejects.toThrow("damaged");
    await claimFolder(folder, JOB, CLAIM, released);
  });

  it("says where no folder can be made, and leaves nothing of what a kill left behind", async () => {
    const file = join(folder, "a file");
    await writeFile(file, "");
    for (const inTheWay of [file, join(file, "below")]) {
      const claim = claimFolder(inTheWay, JOB, CLAIM, released);
      await expect(claim).rejects.toMatchObject({ code: "unwritable", field: "--out" });
    }
    const own = join(folder, "own");
    await claimFolder(own, JOB, CLAIM, released);
    await writeFile(join(own, `summary.json.${randomUUID()}.tmp`), "{");
    await claimFolder(own, JOB, CLAIM, released);
    expect(await readdir(own)).toEqual(["run.json"]);
  });

  it("leaves what is somebody else's as it was", async () => {
    const notes = [`notes.${randomUUID()}.tmp`, "notes.txt"];
    for (const name of notes) await writeFile(join(folder, name), "");
    await expect(claimFolder(folder, JOB, CLAIM, released)).rejects.toMatchObject({
      code: "folder-taken",
      message: expect.stringContaining("(notes.txt)"),
    });
    expect(await readdir(folder)).toEqual(notes);

    const other = await mkdtemp(join(tmpdir(), "claim-"));
    await claimFolder(other, JOB, CLAIM, released);
    await expect(claimFolder(other, { hash: "two" }, CLAIM, released)).rejects.toMatchObject({
      code: "other-run",
    });
    expect(await readdir(other)).toEqual(["run.json"]);
  });
});

describe("RowFile", () => {
  it("takes away what summed up fewer rows, before it writes more", async () => {
    const summary = join(folder, "summary.json");
    const open = () =>
      RowFile.open<{ n: number }, { n: number }>(
        join(folder, "rows.jsonl"),
        z.object({ n: z.number() }),
        ({ n }) => `${n}`,
        [summary],
      );
    await writeFile(summary, "{}");
    const first = await open();
    await first.close();
    expect(await readdir(folder)).toContain("summary.json");
    const second = await open();
    await second.append([{ n: 1 }]);
    expect(await readdir(folder)).toEqual(["rows.jsonl"]);
    await writeFile(summary, "{}");
    await second.close();
    expect((await readdir(folder)).sort()).toEqual(["rows.jsonl", "summary.json"]);
  });
});
