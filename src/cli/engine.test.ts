import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { EXIT } from "../errors.ts";
import { readJsonl } from "../io/index.ts";
import { evalSchema, metricsSchema, rolloutSchema } from "../records/index.ts";
import { sharedPath } from "../testing/data.ts";
import { placebo, spawnPlacebo } from "./testing/run.ts";

const model = sharedPath("models/stories260K");
const data = sharedPath("data/gsm8k-train.jsonl");
const numbers = z.array(z.number());
const completionSchema = z.strictObject({
  tokens: numbers,
  text: z.string(),
  logprobs: numbers,
  selfCertainty: numbers,
  entropy: numbers,
  finish: z.enum(["stop", "length"]),
});

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "placebo-cli-"));
});
afterAll(() => rm(folder, { recursive: true }));

const jsonLines = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line): unknown => JSON.parse(line));

/** Completions of `placebo sample --json`. */
async function sample(...args: string[]) {
  const { code, stdout, stderr } = await placebo("sample", ...args, "--json");
  expect([code, stderr]).toEqual([EXIT.ok, ""]);
  return jsonLines(stdout).map((line) => completionSchema.parse(line));
}

describe.skipIf(model === undefined)("sample on stories260K (needs PLACEBO_DATA)", () => {
  const base = ["--model", model ?? ""];

  test("greedy from the begin token gives the golden tokens and statistics", async () => {
    const golden = z
      .object({ tokens: numbers, logprob: numbers, selfCertainty: numbers })
      .parse(JSON.parse(await readFile(join(model ?? "", "golden.json"), "utf8")));
    const greedy = ["--prompt", "", "--greedy", "--max-tokens", "200"];
    const [completion, ...others] = await sample(...base, ...greedy);
    expect(others).toEqual([]);
    expect(completion?.tokens).toEqual(golden.tokens.slice(1));
    for (const [name, expected] of [
      ["logprobs", golden.logprob],
      ["selfCertainty", golden.selfCertainty],
    ] as const) {
      const actual = completion?.[name] ?? [];
      expect(actual).toHaveLength(expected.length);
      const errors = expected.map((value, t) => Math.abs(value - (actual[t] ?? NaN)));
      expect(Math.max(...errors)).toBeLessThan(1e-4);
    }
  });

  test("a seed names its completions, and --temperature 0 is --greedy", async () => {
    const prompt = [...base, "--prompt", "Once upon a time", "--max-tokens", "12"];
    const drawn = await sample(...prompt, "--n", "3", "--seed", "7");
    expect(drawn).toHaveLength(3);
    expect(new Set(drawn.map(({ text }) => text)).size).toBeGreaterThan(1);
    expect(await sample(...prompt, "--n", "3", "--seed", "7")).toEqual(drawn);
    expect(await sample(...prompt, "--n", "3", "--seed", "8")).not.toEqual(drawn);
    const [greedy, cold, single] = [
      await sample(...prompt, "--greedy"),
      await sample(...prompt, "--temperature", "0", "--seed", "9"),
      await sample(...prompt, "--top-k", "1"),
    ];
    expect(cold).toEqual(greedy);
    expect(single[0]?.tokens).toEqual(greedy[0]?.tokens);
    // "Once upon a time" goes on with ", there was": the prompt is not said again.
    expect(greedy[0]?.text).toMatch(/^, there was/);
  });

  test("a stop string ends the text and keeps its tokens", async () => {
    const prompt = [...base, "--prompt", "Once upon a time", "--greedy", "--max-tokens", "20"];
    const [stopped] = await sample(...prompt, "--stop", "xyz", "--stop", " was");
    expect(stopped).toMatchObject({ text: ", there", finish: "stop" });
    expect(stopped?.tokens.length).toBeGreaterThan(2);
  });

  test("people see the text and its statistics", async () => {
    const { stdout } = await placebo("sample", ...base, "--prompt", "Tim", "--max-tokens", "4");
    expect(stdout).toMatch(/^Tim.*\n {2}4 tokens · cut at the limit · log-probability −\d/);
  });

  test("an empty prompt without a begin token is an error", async () => {
    const without = join(folder, "no-bos");
    await cp(model ?? "", without, { recursive: true });
    const dropped = [
      ["config.json", "bos_token_id"],
      ["tokenizer_config.json", "bos_token"],
      ["tokenizer.json", "post_processor"],
    ] as const;
    for (const [name, key] of dropped) {
      const path = join(without, name);
      const text = await readFile(path, "utf8");
      const config = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
      expect(config).toHaveProperty(key);
      await rm(path);
      await writeFile(path, JSON.stringify({ ...config, [key]: null }));
    }
    const { code, stderr } = await placebo("sample", "--model", without, "--prompt", "");
    expect(code).toBe(EXIT.input);
    expect(stderr).toContain("an empty prompt needs a begin token");
  });
});

/** Records of a run without their times, which differ from run to run. */
async function recordsOf(directory: string) {
  const at = (name: string) => join(directory, name);
  const metrics = await readJsonl(at("metrics.jsonl"), metricsSchema.omit({ time: true }));
  const evals = await readJsonl(at("evals.jsonl"), evalSchema.omit({ time: true }));
  const rollouts = await readJsonl(at("rollouts.jsonl"), rolloutSchema);
  const weights = (await readFile(at("model/model.safetensors"))).toString("base64");
  return { metrics, evals, rollouts, weights };
}

describe.skipIf(model === undefined || data === undefined)("train (needs PLACEBO_DATA)", () => {
  const files = `--model ${model} --data ${data} --task gsm8k --reward self-certainty`;
  const size = "--steps 4 --prompts 2 --group 2 --updates 1 --max-tokens 8 --problems 8 --lr 1e-3";
  const held = "--holdout 4 --eval-samples 1 --no-eval-greedy";
  const tiny = (out: string, ...more: string[]) => [
    "train",
    ...`${files} ${size} ${held} --out ${out}`.split(" "),
    ...more,
  ];
  const undisturbed = () => join(folder, "undisturbed");

  test("tells its events as JSON lines, from start to done", async () => {
    const { code, stdout, stderr } = await placebo(...tiny(undisturbed(), "--json"));
    expect([code, stderr]).toEqual([EXIT.ok, ""]);
    const events = jsonLines(stdout);
    expect(events[0]).toMatchObject({ event: "start", trainProblems: 8, testProblems: 4 });
    expect(events.at(-1)).toMatchObject({ event: "done", model: join(undisturbed(), "model") });
    const kinds = events.map((event) => z.object({ event: z.string() }).parse(event).event);
    expect(kinds.filter((kind) => kind === "step")).toHaveLength(4);
  });

  test("writes records that fit their schemas and a model that differs and samples", async () => {
    const { metrics, evals, rollouts } = await recordsOf(undisturbed());
    expect(metrics.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(evals.map(({ step }) => step)).toEqual([0, 4]);
    expect(rollouts).toHaveLength(4 * 2 * 2);
    const prompt = ["--prompt", "Once upon a time", "--greedy", "--max-tokens", "4"];
    const [before] = await sample("--model", model ?? "", ...prompt);
    const [after] = await sample("--model", join(undisturbed(), "model"), ...prompt);
    const [short] = await sample("--model", undisturbed(), ...prompt);
    expect(after?.logprobs).not.toEqual(before?.logprobs);
    expect(short).toEqual(after);
  });

  test.each([
    ["SIGINT", EXIT.cancelled],
    ["SIGKILL", null],
  ] as const)(
    "stopped by %s and resumed, it ends in the same numbers",
    async (signal, expected) => {
      const out = join(folder, signal);
      const argv = tiny(out, "--checkpoint-every", "1", "--json");
      const onOutput = (stdout: string, kill: (signal: NodeJS.Signals) => void) => {
        if (stdout.includes('"event":"step"')) kill(signal);
      };
      const stopped = await spawnPlacebo(argv, { onOutput });
      expect(stopped.code).toBe(expected);
      expect(await readdir(out)).not.toContain("model");
      const resumed = await placebo("resume", out, "--json");
      expect([resumed.code, resumed.stderr]).toEqual([EXIT.ok, ""]);
      expect(await recordsOf(out)).toEqual(await recordsOf(undisturbed()));
      // Nothing is left to do, and nothing is done again.
      const again = await placebo("resume", out, "--json");
      expect(jsonLines(again.stdout)).toEqual([
        { event: "done", directory: out, model: join(out, "model") },
      ]);
    },
  );

  test("--workers is for trials", async () => {
    const { code, stderr } = await placebo("resume", undisturbed(), "--workers", "2");
    expect(code).toBe(EXIT.input);
    expect(stderr).toContain("Leave --workers away");
  });

  test("another run does not go into the same folder", async () => {
    const { code, stderr } = await placebo(...tiny(undisturbed(), "--seed", "1"));
    expect(code).toBe(EXIT.input);
    expect(stderr).toContain("holds another run");
    expect((await recordsOf(undisturbed())).metrics).toHaveLength(4);
  });

  test.each([
    ["an unknown reward", ["--reward", "truht"], "--reward", "truth"],
    ["a wrong parameter", ["--reward", "{random: {gama: 0.5}}"], "gama", "gamma"],
    ["bad YAML", ["--reward", "{random: "], "--reward", "random"],
    ["an unknown task", ["--task", "gsm9k"], "--task", "gsm8k"],
    ["nothing to evaluate", ["--eval-samples", "0"], "--eval-samples", "--eval-every"],
    ["too many updates", ["--updates", "5"], "--updates", "--group"],
    ["too few problems", ["--prompts", "9"], "8 problems to train on", "--data"],
    ["no such data", ["--data", "nowhere.jsonl"], "nowhere.jsonl", ""],
  ])("%s is told before the folder is made", async (_, wrong, message, hint) => {
    const out = join(folder, "never");
    const [flag = ""] = wrong;
    // The wrong value takes the place of the right one.
    const argv = tiny(out);
    const at = argv.indexOf(flag);
    argv.splice(at, 2, ...wrong);
    const { code, stdout, stderr } = await placebo(...argv);
    expect([code, stdout]).toEqual([EXIT.input, ""]);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect(await readdir(folder)).not.toContain("never");
  });
});
