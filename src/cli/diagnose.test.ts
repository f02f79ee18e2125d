import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { plantedRun, writePlanted } from "../diagnose/testing/planted.ts";
import { EXIT } from "../errors.ts";
import { placebo } from "./testing/run.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "placebo-diagnose-"));
});
afterEach(() => rm(folder, { recursive: true }));

const findingSchema = z.object({
  pathology: z.string(),
  title: z.string().min(1),
  evidence: z.string().min(1),
  advice: z.string().min(1),
});
const diagnosisSchema = z.object({
  runs: z.array(
    z.object({
      run: z.string(),
      reading: z.object({
        formats: z.array(z.string()),
        rollouts: z.number(),
        skipped: z.array(z.object({ reason: z.string(), rows: z.number(), first: z.string() })),
      }),
      findings: z.array(findingSchema),
      notChecked: z.array(z.object({ pathology: z.string(), needs: z.string() })),
    }),
  ),
  findings: z.array(findingSchema),
});

async function diagnosed(path: string) {
  const { code, stdout, stderr } = await placebo("diagnose", path, "--json");
  expect([code, stderr]).toEqual([EXIT.ok, ""]);
  return diagnosisSchema.parse(JSON.parse(stdout));
}

describe("placebo diagnose", () => {
  test("finds what is planted, with evidence and advice, in one JSON object", async () => {
    await writePlanted(folder, "trl", plantedRun("dead-groups"));
    const { runs } = await diagnosed(folder);
    expect(runs).toHaveLength(1);
    expect(runs[0]?.reading.formats).toEqual(["trl"]);
    expect(runs[0]?.findings.map(({ pathology }) => pathology)).toEqual(["dead-groups"]);
    expect(runs[0]?.findings[0]?.evidence).toMatch(/\d/);
    expect(runs[0]?.notChecked.length).toBeGreaterThan(0);
  });

  test("says for people what it found, or that it found nothing", async () => {
    const [sick, well] = [join(folder, "sick"), join(folder, "well")];
    await writePlanted(sick, "verl", plantedRun("dead-groups"));
    await writePlanted(well, "tinker", plantedRun(null));
    const text = (await placebo("diagnose", sick)).stdout;
    expect(text).toMatch(/✗ .+\n +.*\d.*\n +→ ./);
    expect((await placebo("diagnose", well)).stdout).toMatch(/tinker · 576 rollouts[^]*✓ nothing/);
  });

  test("tells runs of one folder apart", async () => {
    await writePlanted(join(folder, "a"), "trl", plantedRun(null));
    await writePlanted(join(folder, "b"), "trl", plantedRun("constant-reward"));
    const { runs } = await diagnosed(folder);
    const found = runs.map(({ run, findings }) => [run, findings.map((each) => each.pathology)]);
    expect(found).toEqual([
      ["a", []],
      ["b", expect.arrayContaining(["constant-reward"])],
    ]);
  });

  test("skips and counts broken lines, and diagnoses the rest", async () => {
    await writePlanted(folder, "openrlhf", plantedRun(null));
    await appendFile(join(folder, "samples.jsonl"), '{"step": 12, "prompt": \n[1]\n{"step": 12');
    const [run] = (await diagnosed(folder)).runs;
    expect(run?.reading.rollouts).toBe(576);
    expect(run?.findings).toEqual([]);
    const rows = run?.reading.skipped.reduce((sum, skipped) => sum + skipped.rows, 0);
    expect(rows).toBe(3);
    expect(run?.reading.skipped[0]?.first).toContain("samples.jsonl:577");
  });

  test.each<[string, (path: string) => Promise<unknown>, string]>([
    ["nothing there", async () => undefined, "file-missing"],
    ["a folder without logs", (path) => mkdir(path), "no-logs"],
    ["an empty log", (path) => writeFile(path, ""), "unknown-log"],
    ["rows of no known format", (path) => writeFile(path, '{"a":1}\n'), "unknown-log"],
  ])("%s is bad input that names the file and what to do", async (_, make, code) => {
    const path = join(folder, "given.jsonl");
    await make(path);
    const found = await placebo("diagnose", path, "--json");
    expect([found.code, found.stdout]).toEqual([EXIT.input, ""]);
    expect(JSON.parse(found.stderr)).toMatchObject({
      code,
      file: path,
      hint: expect.stringMatching(/\w/),
    });
  });

  test("no path is bad input", async () => {
    const { code, stderr } = await placebo("diagnose");
    expect(code).toBe(EXIT.input);
    expect(stderr).toContain("placebo diagnose --help");
  });
});
