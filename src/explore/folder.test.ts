import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ExplorationFolder } from "./folder.ts";
import { EXPLORATION_VERSION, type ExplorationRecord } from "./records.ts";

const RECORD: ExplorationRecord = {
  version: EXPLORATION_VERSION,
  hash: "0123456789abcdef",
  config: {},
  versions: {},
  engine: {},
  startedAt: new Date(0).toISOString(),
};

it("an exploration's folder is open once at a time, and can be opened after a kill", async () => {
  const folder = await mkdtemp(join(tmpdir(), "exploration-"));
  await writeFile(join(folder, ".lock"), `${process.pid} ${randomUUID()}\n`);
  await writeFile(join(folder, `explore.json.${randomUUID()}.tmp`), "{");
  const first = await ExplorationFolder.open(folder, RECORD);
  const second = ExplorationFolder.open(folder, RECORD);
  await expect(second).rejects.toMatchObject({
    code: "folder-busy",
    message: expect.stringContaining("at work on this exploration"),
  });
  await first.close();
  await (await ExplorationFolder.open(folder, RECORD)).close();
  expect((await readdir(folder)).sort()).toEqual(["explore.json", "traces.jsonl"]);
});
