import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { EXIT } from "../errors.ts";
import { sharedPath } from "../testing/data.ts";
import { placebo } from "./testing/run.ts";

const model = sharedPath("models/stories260K");
const data = sharedPath("data/gsm8k-train.jsonl");
const testData = sharedPath("data/gsm8k-test.jsonl");

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "placebo-trial-"));
});
afterAll(() => rm(folder, { recursive: true }));

const jsonLines = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line): unknown => JSON.parse(line));

describe.skipIf(model === undefined || data === undefined)("run (needs PLACEBO_DATA)", () => {
  const trial = (name: string, gamma: number) => `
name: ${name}
models: { stories: { path: ${model} } }
task: gsm8k
data: { train: ${data}, test: ${testData} }
train: { problems: 8 }
arms:
  truth: { reward: truth }
  random: { reward: { random: { gamma: ${gamma} } } }
seeds: [0, 1]
grpo: { steps: 2, prompts: 2, group: 2, updates: 1, maxTokens: 8 }
evaluation: { problems: 4, samples: 1, greedy: false }
`;

  test("ends with the verdict, reports, resumes, and refuses another trial's folder", async () => {
    const [file, other, out] = ["a.yaml", "b.yaml", "trial"].map((name) => join(folder, name));
    if (!file || !other || !out) throw new RangeError("three paths");
    await writeFile(file, trial("one", 0.5));
    await writeFile(other, trial("one", 0.25));

    const ran = await placebo("run", file, "--out", out, "--workers", "2", "--json");
    expect([ran.code, ran.stderr]).toEqual([EXIT.ok, ""]);
    const verdict = jsonLines(ran.stdout).at(-1);
    expect(verdict).toMatchObject({ event: "verdict", models: [{ model: "stories" }] });
    z.object({
      models: z.array(
        z.object({
          base: z.number(),
          arms: z
            .array(
              z.object({
                arm: z.string(),
                gain: z.number(),
                ci: z.tuple([z.number(), z.number()]),
                seeds: z.literal(2),
              }),
            )
            .length(2),
          decomposition: z.unknown(),
        }),
      ),
    }).parse(verdict);
    expect(await readFile(join(out, "report.html"), "utf8")).toContain("<html");

    const again = await placebo("run", file, "--out", out, "--json");
    expect(jsonLines(again.stdout).at(-1)).toEqual(verdict);
    const reported = await placebo("report", out, "--json");
    expect(jsonLines(reported.stdout).at(-1)).toEqual(verdict);

    const status = await placebo("status", out, "--json");
    expect(JSON.parse(status.stdout)).toMatchObject({ state: "done", progress: { runsDone: 4 } });
    expect((await placebo("status", out)).stdout).toMatch(/stories +truth +2\/2 +2\/2/);
    const text = (await placebo("resume", out)).stdout;
    expect(text).toContain("VERDICT");
    expect(text).toContain(join(out, "report.html"));

    const refused = await placebo("run", other, "--out", out);
    expect(refused.code).toBe(EXIT.input);
    expect(refused.stderr).toContain("holds another trial");
  });
});
