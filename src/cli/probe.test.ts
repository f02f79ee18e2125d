import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { writeByteModel } from "../engine/testing/byte-model.ts";
import { EXIT } from "../errors.ts";
import {
  sendAnswer,
  sendJson,
  startServer,
  type TestServer,
} from "../remote/testing/http-server.ts";
import { placebo } from "./testing/run.ts";

const PROBLEMS = 24;
const questions = Array.from(
  { length: PROBLEMS },
  (_, i) => `Box ${i} holds ${3 * i + 2} red and ${i + 5} blue balls of size ${7 * i}. How many?`,
);

let folder: string;
let data: string;
let model: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "placebo-probe-"));
  data = join(folder, "gsm8k-test.jsonl");
  const rows = questions.map((question, i) => ({ question, answer: `#### ${4 * i + 7}` }));
  await writeFile(data, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  model = join(folder, "tiny");
  await writeByteModel(model);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const interval = z.object({ estimate: z.number(), ci: z.tuple([z.number(), z.number()]) });
const estimates = z.object({ exact: interval, rougeL: interval, accuracy: interval });
const resultSchema = z.object({
  control: z.string(),
  benches: z.array(
    z.object({
      bench: z.string(),
      comparisons: z.array(
        z.object({
          shown: z.number(),
          problems: z.number(),
          benchmark: estimates,
          control: estimates,
          difference: estimates,
        }),
      ),
      verdict: z.object({ seen: z.boolean() }),
      sentence: z.string(),
    }),
  ),
});

const lastLine = (text: string) =>
  resultSchema.parse(JSON.parse(text.trimEnd().split("\n").at(-1) ?? ""));
const linesOf = async (out: string, name: string) =>
  (await readFile(join(out, name), "utf8")).trimEnd().split("\n");

describe("on a server that knows the benchmark by heart", () => {
  let http: TestServer;
  beforeEach(async () => {
    http = await startServer((response, { body }) => {
      const prompt = String(body["prompt"]);
      const i = questions.findIndex((question) => question.startsWith(prompt));
      const rest = questions[i]?.slice(prompt.length);
      sendAnswer(response, rest === undefined ? " who knows" : `${rest}\n#### ${4 * i + 7}`);
    });
  });
  afterEach(() => http.close());

  const argv = (out: string, ...more: string[]) => {
    const what = `probe --model openai:${http.url}#m --bench gsm8k --data ${data} --retries 0`;
    return [...`${what} --concurrency 4 --out ${join(folder, out)}`.split(" "), ...more];
  };

  test("it is seen: all is continued and answered, and nothing of the control", async () => {
    const { code, stdout } = await placebo(...argv("seen", "--json"));
    expect(code).toBe(EXIT.ok);
    const { control, benches } = lastLine(stdout);
    expect([control, benches[0]?.verdict.seen]).toEqual(["random-calculation", true]);
    const [bench] = benches;
    expect(bench?.comparisons.map(({ shown }) => shown)).toEqual([0.4, 0.6, 0.8]);
    for (const comparison of bench?.comparisons ?? []) {
      expect(comparison).toMatchObject({
        problems: PROBLEMS,
        benchmark: { exact: { estimate: 1 }, accuracy: { estimate: 1 } },
        control: { exact: { estimate: 0 }, rougeL: { estimate: 0 } },
      });
      expect(comparison.benchmark.rougeL.estimate).toBeGreaterThan(0.9);
      expect(comparison.difference.exact.ci[0]).toBeGreaterThan(0.7);
    }
    // Greedy, raw text, one request a problem and share.
    expect(http.seen).toHaveLength(6 * PROBLEMS);
    for (const { path, body } of http.seen) {
      expect(path).toBe("/v1/completions");
      expect(body).toMatchObject({ temperature: 0 });
    }
    const rows = await linesOf(join(folder, "seen"), "continuations.jsonl");
    expect(rows).toHaveLength(6 * PROBLEMS);
    expect(JSON.parse(rows[0] ?? "")).toMatchObject({
      bench: "gsm8k",
      control: false,
      shown: 0.4,
      exact: true,
      correct: 1,
    });
    const file: unknown = JSON.parse(await readFile(join(folder, "seen", "probe.json"), "utf8"));
    expect(resultSchema.parse(file)).toEqual(lastLine(stdout));
  });

  test("people see a table and what follows", async () => {
    const { stdout } = await placebo(...argv("table", "--shown", "0.6"));
    expect(stdout).toMatch(/60\.0% +word for word +100\.0% \[\d+\.\d, 100\.0\] +0\.0% \[0\.0, \d/);
    expect(stdout).toMatch(/gsm8k: seen\. From 60% of a problem .* random-calculation/);
    expect(stdout).toContain(`Continuations and result: ${join(folder, "table")}`);
    // One share: the sentence has the table's own interval.
    expect(stdout).not.toContain("wider than the table's");
    const both = await placebo(...argv("both", "--shown", "0.4,0.6"));
    expect(both.stdout).toMatch(/points \[.*\] \(95% for all 2 shares together, so wider than the/);
  });

  test("what the server does not give is in no figure, and asked for again", async () => {
    http.behave((response) => sendAnswer(response, " who knows"));
    let refused = 0;
    const knowing = http.seen.length;
    http.behave((response, { body }) => {
      const isBox = String(body["prompt"]).startsWith("Box 1");
      if (isBox) sendJson(response, 500, { error: "no" });
      else sendAnswer(response, " who knows");
      refused += Number(isBox);
    });
    const { code, stderr } = await placebo(...argv("partial", "--shown", "0.5"));
    expect(code).toBe(EXIT.incomplete);
    expect(stderr).toContain(`${refused} continuations are missing`);
    expect(http.seen.length - knowing).toBe(2 * PROBLEMS);
    http.behave((response) => sendAnswer(response, " who knows"));
    const before = http.seen.length;
    const again = await placebo("resume", join(folder, "partial"), "--json");
    expect([again.code, http.seen.length - before]).toEqual([EXIT.ok, refused]);
    const [bench] = lastLine(again.stdout).benches;
    expect(bench).toMatchObject({
      verdict: { seen: false },
      comparisons: [{ problems: PROBLEMS }],
    });
    expect(bench?.sentence).toContain("not shown to be seen");
  });
});

describe("by the engine", () => {
  const argv = (out: string) =>
    `probe --model ${model} --bench gsm8k --data ${data} --limit 12 --max-tokens 24 --threads 1 --out ${out}`.split(
      " ",
    );

  test("an untrained model is clean, and a stopped probe goes on and ends the same", async () => {
    const [whole, cut] = [join(folder, "whole"), join(folder, "cut")];
    const { code, stdout } = await placebo(...argv(whole), "--json");
    expect(code).toBe(EXIT.ok);
    expect(lastLine(stdout).benches[0]?.verdict.seen).toBe(false);

    await placebo(...argv(cut));
    await truncate(join(cut, "samples.jsonl"), 4000);
    await rm(join(cut, "probe.json"));
    const resumed = await placebo("resume", cut, "--json");
    expect(resumed.code).toBe(EXIT.ok);
    expect(lastLine(resumed.stdout)).toEqual(lastLine(stdout));
    const name = "continuations.jsonl";
    expect(await linesOf(cut, name)).toEqual(await linesOf(whole, name));
  });

  test("the control shares no problem with the benchmark", async () => {
    const out = join(folder, "sums");
    const sums = `probe --model ${model} --bench arithmetic --limit 40 --control arithmetic`;
    const how = `--max-tokens 8 --threads 1 --shown 0.5 --out ${out}`;
    expect((await placebo(...`${sums} ${how}`.split(" "))).code).toBe(EXIT.ok);
    const row = z.object({ control: z.boolean(), hidden: z.string(), problem: z.string() });
    const rows = (await linesOf(join(out), "samples.jsonl")).map((line) =>
      z.object({ bench: z.string(), prompt: z.string() }).parse(JSON.parse(line)),
    );
    const texts = (bench: string) => rows.filter((each) => each.bench === bench);
    expect(texts("arithmetic@0.5")).toHaveLength(40);
    expect(texts("control arithmetic@0.5")).toHaveLength(40);
    const parsed = (await linesOf(out, "continuations.jsonl")).map((line) =>
      row.parse(JSON.parse(line)),
    );
    const whole = parsed.map(({ control, hidden }, i) => [control, `${rows[i]?.prompt}${hidden}`]);
    expect(new Set(whole.map(([, text]) => text)).size).toBe(80);
  });
});

describe("what is wrong is told before a folder is made", () => {
  // Data on this machine would be found, and nothing be wrong.
  beforeEach(() => void vi.stubEnv("PLACEBO_DATA", ""));
  afterEach(() => void vi.unstubAllEnvs());

  test.each<[string, readonly string[], string]>([
    ["a share of more than all", ["--shown", "0.4,1.2"], "--shown"],
    ["no share", ["--shown", ""], "--shown"],
    ["an unknown control", ["--control", "random-calculatoin"], "random-calculation"],
    ["two controls", ["--control", "arithmetic,random-calculation"], "--control names 2"],
    ["a control without data", ["--control", "aime25"], "Give a file of problems: --data"],
    ["one problem", ["--limit", "1"], "fewer than two problems"],
    ["an unknown benchmark", ["--bench", "gsm9k"], "gsm9k"],
    ["no such model", ["--model", "nowhere"], "nowhere"],
    ["an evaluation's flag", ["--temperature", "1"], "--temperature"],
  ])("%s", async (_, flags, told) => {
    const given = new Map([
      ["--model", model],
      ["--bench", "gsm8k"],
      ["--data", data],
    ]);
    for (let i = 0; i < flags.length; i += 2) given.set(flags[i] ?? "", flags[i + 1] ?? "");
    const out = join(folder, "never");
    const { code, stdout, stderr } = await placebo("probe", ...[...given].flat(), "--out", out);
    expect([code, stdout]).toEqual([EXIT.input, ""]);
    expect(stderr).toContain(told);
    expect(stderr).toMatch(/ hint \S/);
    expect(await readdir(folder)).not.toContain("never");
  });

  test("the rest of the benchmark's own data is no control", async () => {
    const what = `--model ${model} --bench gsm8k --control gsm8k --data ${folder} --limit 4`;
    const { code, stderr } = await placebo("probe", ...what.split(" "), "--out", "never");
    expect([code, stderr]).toEqual([
      EXIT.input,
      expect.stringContaining("--control gsm8k is the data of gsm8k itself"),
    ]);
  });

  test("the help has the flags and an example", async () => {
    const { code, stdout } = await placebo("probe", "--help");
    expect(code).toBe(EXIT.ok);
    for (const flag of ["--shown", "--control", "--bench", "--json"])
      expect(stdout).toContain(flag);
    expect(stdout).not.toContain("--temperature");
    expect(stdout).toMatch(/EXAMPLES\n +placebo probe /);
  });

  test("a folder with an evaluation is left alone", async () => {
    const out = join(folder, "an-eval");
    const what = `--model ${model} --bench gsm8k --data ${data} --limit 2 --max-tokens 4 --threads 1`;
    await placebo("eval", ...`${what} --out ${out}`.split(" "));
    const { code, stderr } = await placebo("probe", ...`${what} --out ${out}`.split(" "));
    expect([code, stderr]).toEqual([EXIT.input, expect.stringContaining("another evaluation")]);
  });
});
