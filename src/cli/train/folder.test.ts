import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { RECORD_VERSION, type RunRecord } from "../../records/index.ts";
import { RunFolder } from "./folder.ts";

const RECORD: RunRecord = {
  version: RECORD_VERSION,
  model: "tiny",
  arm: "truth",
  seed: 0,
  hash: "0123456789abcdef",
  config: {},
  versions: {},
  engine: {},
  startedAt: new Date(0).toISOString(),
};
const RECORDS = ["evals.jsonl", "metrics.jsonl", "rollouts.jsonl", "run.json"];

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "run-")), "run");
});

describe("a run's folder", () => {
  it("is open once at a time", async () => {
    const first = await RunFolder.open(folder, RECORD);
    await expect(RunFolder.open(folder, RECORD)).rejects.toMatchObject({ code: "folder-busy" });
    await first.close();
    await (await RunFolder.open(folder, RECORD)).close();
    expect((await readdir(folder)).sort()).toEqual(RECORDS);
  });

  it("is told of the process that has it", async () => {
    await (await RunFolder.open(folder, RECORD)).close();
    await writeFile(join(folder, ".lock"), `${process.ppid} ${randomUUID()}\n`);
    await writeFile(join(folder, "metrics.jsonl"), "theirs");
    await expect(RunFolder.open(folder, RECORD)).rejects.toMatchObject({
      code: "folder-busy",
      message: expect.stringContaining(`process ${process.ppid} is at work on this run`),
      hint: expect.stringContaining(join(folder, ".lock")),
    });
    expect(await readFile(join(folder, "metrics.jsonl"), "utf8")).toBe("theirs");
  });

  it("can be opened after a kill, and after its state was repaired", async () => {
    await (await RunFolder.open(folder, RECORD)).close();
    for (const name of RECORDS) await writeFile(join(folder, name), "");
    await writeFile(join(folder, "run.json"), JSON.stringify(RECORD));
    await writeFile(join(folder, ".lock"), `${process.pid} ${randomUUID()}\n`);
    await writeFile(join(folder, "state.json"), "{");
    await expect(RunFolder.open(folder, RECORD)).rejects.toMatchObject({ code: "bad-json" });
    const offsets = { metrics: 0, rollouts: 0, evals: 0 };
    await writeFile(join(folder, "state.json"), JSON.stringify({ step: 0, offsets }));
    await (await RunFolder.open(folder, RECORD)).close();
  });
});
