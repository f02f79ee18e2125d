import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { EXIT } from "../errors.ts";
import { placebo, spawnPlacebo } from "./testing/run.ts";

const COMMANDS = ["run", "resume", "status", "report", "list", "train", "eval", "sample"];

describe("list", () => {
  test("rewards --json is one array with exactly the fields of the contract", async () => {
    const { code, stdout, stderr } = await placebo("list", "rewards", "--json");
    expect([code, stderr]).toEqual([EXIT.ok, ""]);
    const row = z.strictObject({
      name: z.string(),
      scope: z.enum(["sample", "group"]),
      source: z.string().min(1),
      description: z.string().min(1),
      params: z.array(
        z.strictObject({
          name: z.string().nullable(),
          type: z.string().min(1),
          required: z.boolean(),
          default: z.unknown().optional(),
          description: z.string().nullable(),
        }),
      ),
    });
    const rows = z.array(row).parse(JSON.parse(stdout));
    const names = rows.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["truth", "random", "majority", "and"]));
    expect(new Set(names).size).toBe(names.length);
    const paramsOf = (name: string) => rows.find((each) => each.name === name)?.params;
    expect(paramsOf("truth")).toEqual([]);
    expect(paramsOf("random")).toEqual([
      {
        name: "gamma",
        type: "number from 0 to 1",
        required: false,
        default: 0.5,
        description: expect.stringContaining("probability"),
      },
    ]);
    expect(paramsOf("flip")).toMatchObject([
      { name: "p", required: true },
      { name: "reward", type: "reward" },
    ]);
    expect(paramsOf("and")).toMatchObject([{ name: null, type: "list of reward" }]);
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  });

  test.each([
    ["tasks", "gsm8k"],
    ["organisms", "coder"],
    ["architectures", "llama"],
    ["families", "game24"],
  ])("%s names %s, for machines and for people", async (what, name) => {
    const [json, text] = await Promise.all([
      placebo("list", what, "--json"),
      placebo("list", what),
    ]);
    const named = z.array(z.object({ name: z.string() })).parse(JSON.parse(json.stdout));
    expect(named.map((row) => row.name)).toContain(name);
    expect(text.stdout).toMatch(new RegExp(`^${name}`, "m"));
  });
});

test("list shows parameters, and what tells organisms apart", async () => {
  const rewards = (await placebo("list", "rewards")).stdout;
  expect(rewards).toContain("gamma  number from 0 to 1, default 0.5: γ, the probability");
  const tasks = (await placebo("list", "tasks")).stdout;
  expect(tasks).toContain("family  counting | ");
  const row = z.object({ name: z.string(), description: z.string() });
  const { stdout } = await placebo("list", "organisms", "--json");
  const organisms = z.array(row).parse(JSON.parse(stdout));
  expect(new Set(organisms.map(({ description }) => description)).size).toBe(organisms.length);
  const leaked = organisms.find(({ name }) => name === "leaked")?.description;
  expect(leaked).toContain("has seen 50.0% of the first 200 test problems, 300 times each");
});

describe("help", () => {
  test("placebo help is --help, and placebo help COMMAND that of the command", async () => {
    expect((await placebo("help")).stdout).toBe((await placebo("--help")).stdout);
    expect((await placebo("help", "eval")).stdout).toBe((await placebo("eval", "--help")).stdout);
  });

  test.each(COMMANDS)("%s --help shows flags and an example", async (command) => {
    const { code, stdout, stderr } = await placebo(command, "--help");
    expect([code, stderr]).toEqual([EXIT.ok, ""]);
    expect(stdout).toMatch(new RegExp(`EXAMPLES\n +placebo ${command} `));
    expect(stdout).toContain("--json");
  });

  test("--version is the package's, and no command at all shows the commands", async () => {
    const [version, bare] = await Promise.all([placebo("--version"), placebo()]);
    const file = await readFile(new URL("../../package.json", import.meta.url), "utf8");
    expect(version.stdout.trim()).toBe(
      z.object({ version: z.string() }).parse(JSON.parse(file)).version,
    );
    expect(bare.code).toBe(EXIT.ok);
    for (const command of COMMANDS) expect(bare.stdout).toContain(`  ${command} `);
  });
});

describe("what the user got wrong exits with 2 and says what to do", () => {
  const train = ["train", "--model", "m", "--task", "t", "--reward", "r", "--out", "o"];
  test.each([
    ["an unknown command", ["trian"], 'unknown command "trian"', 'Did you mean "train"?'],
    ["a name of Object.prototype", ["constructor"], 'unknown command "constructor"', "Known: run"],
    ["an unknown flag", [...train, "--lrr", "5"], "unknown flag --lrr", "Did you mean --lr?"],
    ["an unknown flag of all", ["--versoin"], "unknown flag --versoin", 'mean "--version"?'],
    ["a slip in --help", ["eval", "--hlep"], "unknown flag --hlep", "Did you mean --help?"],
    ["no flag that is needed", ["sample", "--prompt", "x"], "--model is missing", "--help"],
    [
      "a slip in an organism's name",
      ["sample", "--model", "codr", "--prompt", "x"],
      "codr: no such",
      'the organism "coder"',
    ],
    [
      "a temperature beside --greedy",
      ["sample", "--model", "m", "--prompt", "x", "--greedy", "--temperature", "0.5"],
      "--temperature would be ignored",
      "--temperature away",
    ],
    [
      "requests at a time to no server",
      ["eval", "--model", "m", "--bench", "gsm8k", "--concurrency", "4"],
      "--concurrency would be ignored: it needs a model on a server",
      "--concurrency away",
    ],
    [
      "a beam's width without a beam",
      "explore --family game24 --model m --out o --controller dfs --width 4".split(" "),
      "--width would be ignored: it needs --controller beam",
      "--width away",
    ],
    [
      "traces to draw and no folder for them",
      ["audit", "traces.jsonl", "--draw", "3"],
      "--draw would be ignored: it needs --out",
      "--draw away",
    ],
    ["an unknown letter", ["sample", "-z"], "unknown flag -z", "placebo sample --help"],
    ["no value", ["sample", "--prompt", "x", "--model"], "--model needs a value", "--help"],
    ["a flag twice", [...train, "--lr", "1", "--learning-rate", "1"], "--lr was given", "once"],
    [
      "a word for a number",
      [...train, "--steps", "ten"],
      '--steps: must be a number, not "ten"',
      "",
    ],
    ["a number out of range", [...train, "--group", "1"], "--group: ", "rollouts a prompt"],
    [
      "an unknown choice",
      [...train, "--schedule", "linear"],
      "--schedule: must be one of",
      "cosine",
    ],
    ["an unknown list", ["list", "reward"], "WHAT: must be one of", 'Did you mean "rewards"?'],
    ["one argument too many", ["list", "tasks", "x"], "Too many arguments", "placebo list --help"],
    ["no such trial file", ["run", "nowhere.yaml"], "nowhere.yaml: trial file not found", "typos"],
    ["no such trial", ["status", "nowhere"], "nowhere holds no trial", "placebo run"],
    ["no such run", ["resume", "nowhere"], "nowhere holds no trial, training run", "placebo run"],
    [
      "no such model",
      ["sample", "--model", "nowhere", "--prompt", "x"],
      "nowhere: no such",
      "GGUF",
    ],
  ])("%s", async (_, args, message, hint) => {
    const { code, stdout, stderr } = await placebo(...args);
    expect([code, stdout]).toEqual([EXIT.input, ""]);
    const lines = stderr.trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^error /);
    expect(lines[0]).toContain(message);
    expect(lines[1]).toMatch(/^ hint /);
    expect(lines[1]).toContain(hint);
  });

  test("with --json it is one JSON line on stderr of the process", async () => {
    const { code, stdout, stderr } = await spawnPlacebo(["run", "nowhere.yaml", "--json"]);
    expect([code, stdout]).toEqual([EXIT.input, ""]);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    const error: unknown = JSON.parse(stderr);
    expect(error).toMatchObject({
      error: "InputError",
      code: "file-missing",
      file: "nowhere.yaml",
    });
    expect(error).toHaveProperty("message");
    expect(error).toHaveProperty("hint");
  });

  test("several missing flags are named together, with one hint", async () => {
    const { code, stderr } = await placebo("train");
    expect(code).toBe(EXIT.input);
    const named = ["--model", "--task", "--reward", "--out"].map(
      (flag) => `error ${flag} is missing`,
    );
    expect(stderr.trimEnd().split("\n")).toEqual([...named, " hint See `placebo train --help`."]);
  });
});

test("a reader that goes away is no crash", async () => {
  const { code, stderr } = await spawnPlacebo(["list", "rewards", "--json"], { unread: true });
  expect([code, stderr]).toEqual([EXIT.ok, ""]);
});
