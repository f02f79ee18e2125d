import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EXIT } from "../errors.ts";
import type { EvalRow } from "../records/index.ts";
import { answer, PILOT, runFolder, runPilot } from "./testing/pilot.ts";
import { placebo } from "./testing/run.ts";

let folder: string;
let pilot: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "placebo-analyze-"));
  pilot = await runPilot(folder);
  await answer(runFolder(pilot, "truth", 0), switched);
});
afterAll(() => rm(folder, { recursive: true }));

/** Before and after of twelve problems: strategy and whether it was right. */
const SWITCHES = `
C0→C1 C1→C1 C1→C0
C0→L0 C1→L0
L0→C1 L0→C1 L0→C1 L1→C1
L0→L0 L0→L1 L1→L1`
  .trim()
  .split(/\s/);

function switched(row: EvalRow): EvalRow {
  if (row.protocol !== "greedy") return row;
  const side = row.step === 0 ? 0 : 1;
  return {
    ...row,
    problems: row.problems.map((problem, q) => {
      const [letter, right] = SWITCHES[q]?.split("→")[side] ?? "";
      const text = letter === "C" ? "let us use python\nprint(1)" : "first 1.";
      return { ...problem, text, correct: Number(right) };
    }),
  };
}

const linesOf = (stdout: string) =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line): unknown => JSON.parse(line));

describe("placebo analyze", () => {
  test("a run: strategies by step, switching between the greedy evaluations, clipping", async () => {
    const { code, stdout, stderr } = await placebo(
      "analyze",
      runFolder(pilot, "truth", 0),
      "--json",
    );
    expect([code, stderr]).toEqual([EXIT.ok, ""]);
    const [analysis] = linesOf(stdout);
    expect(analysis).toMatchObject({
      strategy: "python",
      // Rollouts of two steps: two groups of four each.
      strategies: [
        { step: 1, answers: 8, share: 0 },
        { step: 2, answers: 8, share: 0 },
      ],
      switching: {
        gain: 3,
        gainShare: 3 / 12,
        shares: { "C→C": 0, "C→L": -1 / 3, "L→C": 1, "L→L": 1 / 3 },
        subsets: {
          "C→C": { problems: 3, before: 2, after: 2 },
          "C→L": { problems: 2, before: 1, after: 0 },
          "L→C": { problems: 4, before: 1, after: 4 },
          "L→L": { problems: 3, before: 1, after: 2 },
        },
      },
      clipping: { meanLow: expect.any(Number), meanHigh: expect.any(Number) },
    });
  });

  test("a trial: each of its runs, for machines and for people", async () => {
    const { stdout } = await placebo("analyze", pilot, "--json");
    const runs = PILOT.arms.flatMap((arm) =>
      PILOT.seeds.map((seed) => join("runs", PILOT.model, arm, `seed-${seed}`)),
    );
    const named = linesOf(stdout).map((line) => (line as { readonly run: string }).run);
    expect(named.toSorted()).toEqual(runs.toSorted());
    const text = (await placebo("analyze", pilot)).stdout;
    for (const run of runs) expect(text).toContain(run);
    expect(text).toMatch(/gain of 25\.0 points .* right on 5, then 8 of 12 problems/);
    expect(text).toMatch(/before → after +problems +right before .* part of the gain/);
    expect(text).toMatch(/language → code +4 +1 +4 +\+3 +100\.0%/);
    expect(text).toMatch(/code → language +2 +1 +0 +−1 +−33\.3%/);
    expect(text).toMatch(/clipped: \d+\.\d% of tokens low \(not pushed down any further\)/);
  });

  test("a loss is called one, and a single run is headed by its path", async () => {
    const run = runFolder(pilot, "random", 0);
    // Before and after exchanged.
    await answer(run, (row) => ({
      ...switched({ ...row, step: row.step === 0 ? 1 : 0 }),
      step: row.step,
    }));
    const { stdout } = await placebo("analyze", run);
    expect(stdout.split("\n")[0]).toBe(run);
    expect(stdout).toMatch(/loss of 25\.0 points [^]* part of the loss/);
  });

  test("completions of another trainer, under a rule of the user's own", async () => {
    const file = join(folder, "completions.jsonl");
    const rows = ["so \\boxed{3}", "it is 3", "thus \\boxed{4}"].map((completion, i) => ({
      step: Math.floor(i / 2),
      prompt: "1 + 2?",
      completion,
      accuracy_reward: Number(completion.includes("3")),
      advantage: 0,
    }));
    await writeFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const { code, stdout } = await placebo("analyze", file, "--strategy", "/\\\\boxed/", "--json");
    expect(code).toBe(EXIT.ok);
    const warned = async (rule: string) =>
      (await placebo("analyze", file, "--strategy", rule)).stdout.includes("matches no answer");
    expect([await warned("/\\\\boxed/"), await warned("/\\\\\\\\boxed/")]).toEqual([false, true]);
    expect(linesOf(stdout)).toMatchObject([
      {
        strategy: "/\\\\boxed/",
        matches: 2,
        strategies: [
          { step: 0, answers: 2, share: 0.5 },
          { step: 1, answers: 1, share: 1 },
        ],
        switching: null,
        clipping: null,
      },
    ]);
  });

  test.each<[string, readonly string[], string]>([
    ["an unknown rule", ["--strategy", "pyhton"], 'Did you mean "python"?'],
    ["a broken expression", ["--strategy", "/(/"], "is no regular expression"],
  ])("%s is bad input", async (_, flags, told) => {
    const { code, stdout, stderr } = await placebo("analyze", pilot, ...flags, "--json");
    expect([code, stdout]).toEqual([EXIT.input, ""]);
    expect(JSON.parse(stderr)).toMatchObject({ field: "--strategy" });
    expect(stderr.replaceAll('\\"', '"')).toContain(told);
  });

  test("no such path, no log and no completion are bad input that names the file", async () => {
    const metrics = join(folder, "metrics.jsonl");
    await writeFile(metrics, '{"step":1,"optim/entropy":0.5,"env/all/reward/total":0.2}\n');
    for (const [path, code] of [
      [join(folder, "nowhere"), "file-missing"],
      [join(folder, "model"), "no-logs"],
      [metrics, "nothing-to-analyse"],
    ] as const) {
      const found = await placebo("analyze", path, "--json");
      expect([found.code, found.stdout]).toEqual([EXIT.input, ""]);
      expect(JSON.parse(found.stderr)).toMatchObject({ code, file: path });
      expect(JSON.parse(found.stderr)).toHaveProperty("hint");
    }
  });
});
