import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { RECORD_VERSION, type EvaluationRunRecord } from "../records/index.ts";
import { EvaluationFolder } from "./folder.ts";

const RECORD: EvaluationRunRecord = {
  version: RECORD_VERSION,
  model: "tiny",
  hash: "0123456789abcdef",
  config: {},
  versions: {},
  engine: {},
  startedAt: new Date(0).toISOString(),
};

it("an evaluation's folder is open once at a time, and can be opened after a kill", async () => {
  const folder = await mkdtemp(join(tmpdir(), "evaluation-"));
  await writeFile(join(folder, ".lock"), `${process.pid} ${randomUUID()}\n`);
  await writeFile(join(folder, `eval.json.${randomUUID()}.tmp`), "{");
  const first = await EvaluationFolder.open(folder, RECORD);
  const second = EvaluationFolder.open(folder, RECORD);
  await expect(second).rejects.toMatchObject({
    code: "folder-busy",
    message: expect.stringContaining("at work on this evaluation"),
  });
  await first.close();
  await (await EvaluationFolder.open(folder, RECORD)).close();
  expect((await readdir(folder)).sort()).toEqual(["eval.json", "samples.jsonl"]);
});

it("more samples take away what was worked out from fewer", async () => {
  const folder = await mkdtemp(join(tmpdir(), "evaluation-"));
  await (await EvaluationFolder.open(folder, RECORD)).close();
  for (const name of ["summary.json", "probe.json"]) await writeFile(join(folder, name), "{}");
  const evaluation = await EvaluationFolder.open(folder, RECORD, ["probe.json"]);
  expect(await readdir(folder)).toContain("probe.json");
  await evaluation.append([]);
  await evaluation.close();
  expect((await readdir(folder)).sort()).toEqual(["eval.json", "samples.jsonl"]);
});
