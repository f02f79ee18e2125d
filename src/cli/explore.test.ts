import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { writeByteModel } from "../engine/testing/byte-model.ts";
import { EXIT } from "../errors.ts";
import { explorationSchema, traceRowSchema, type TraceRow } from "../explore/index.ts";
import { readJson, readJsonl } from "../io/index.ts";
import {
  sendAnswer,
  sendJson,
  startServer,
  type Behaviour,
  type TestServer,
} from "../remote/testing/http-server.ts";
import { placebo, spawnPlacebo } from "./testing/run.ts";

let folder: string;
let model: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "placebo-explore-"));
  model = join(folder, "tiny");
  await writeByteModel(model, { max_position_embeddings: 1024 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const tracesOf = (out: string) => readJsonl(join(out, "traces.jsonl"), traceRowSchema);
const timeless = (rows: readonly TraceRow[]) =>
  rows
    .map((row) => ({ ...row, seconds: 0 }))
    .toSorted((a, b) => a.level - b.level || a.index - b.index || a.k - b.k);
const eventsIn = (stdout: string) =>
  stdout
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));

const argv = (out: string, ...more: string[]) => [
  ..."explore --family permutations --prompt bare --out".split(" "),
  join(folder, out),
  ...more,
];
const byEngine = (...more: string[]) => [
  ..."--levels 1-2 --problems 4 --tokens 400 --threads 1 --model".split(" "),
  model,
  ...more,
];

describe("placebo explore", () => {
  test("under a controller: complete traces, which placebo audit reads", async () => {
    const out = join(folder, "dfs");
    const { code, stdout } = await placebo(
      ...argv("dfs", ...byEngine("--controller", "dfs"), "--json"),
    );
    expect(code).toBe(EXIT.ok);
    const events = eventsIn(stdout);
    expect(events[0]).toMatchObject({ event: "start", done: 0, total: 8 });
    const levels = events.filter((event) => JSON.stringify(event).startsWith('{"event":"level"'));
    expect(levels).toMatchObject([
      { level: 1, problems: 4, stops: { exhausted: 4 }, coverage: { estimate: 1 } },
      { level: 2, problems: 4, validity: { estimate: 1 } },
    ]);
    expect(events.at(-1)).toMatchObject({ event: "summary", missing: 0 });
    const rows = await tracesOf(out);
    expect(rows).toHaveLength(8);
    expect(
      rows.every(({ effort }) => (effort?.proposed ?? 0) > 0 && (effort?.scored ?? 0) > 0),
    ).toBe(true);
    const record = await readJson(join(out, "explore.json"), explorationSchema);
    expect(record.engine).toMatchObject({ exactSpelling: true });
    const audit = await placebo("audit", out, "--json");
    expect(eventsIn(audit.stdout).at(-1)).toMatchObject({ event: "summary", traces: 8 });
  });

  test("without one the model writes by itself, on the same problems with the same budget", async () => {
    const { code, stdout } = await placebo(...argv("alone", ...byEngine()));
    expect(code).toBe(EXIT.ok);
    expect(stdout).toMatch(/level +problems +traces +right +coverage/);
    const rows = timeless(await tracesOf(join(folder, "alone")));
    const searched = timeless(await tracesOf(join(folder, "dfs")));
    expect(rows.map(({ problem }) => problem)).toEqual(searched.map(({ problem }) => problem));
    for (const { stop, effort, tokens } of rows) {
      expect({ stop, effort }).toEqual({ stop: null, effort: null });
      expect(tokens).toBeLessThanOrEqual(400);
    }
  });

  test("stopped at any byte, it goes on and ends with the same traces", async () => {
    const whole = timeless(await tracesOf(join(folder, "dfs")));
    const out = join(folder, "cut");
    await placebo(...argv("cut", ...byEngine("--controller", "dfs")));
    const file = join(out, "traces.jsonl");
    const { length } = await readFile(file);
    for (const share of [0, 0.4, 0.9]) {
      await truncate(file, Math.floor(share * length));
      expect((await placebo("resume", out)).code).toBe(EXIT.ok);
      expect(timeless(await tracesOf(out))).toEqual(whole);
    }
  });

  test("a signal stops it, what is there is kept, and the same command goes on", async () => {
    const out = join(folder, "stopped");
    const many = argv("stopped", "--model", "random", "--controller", "dfs", "--samples", "10");
    const command = [...many, "--levels", "4", "--tokens", "100000", "--problems", "20"];
    const size = () =>
      stat(join(out, "traces.jsonl")).then(
        (file) => file.size,
        () => 0,
      );
    let watch: NodeJS.Timeout | undefined;
    const { code } = await spawnPlacebo([...command, "--json"], {
      onOutput: (_, kill) => {
        watch ??= setInterval(() => void size().then((bytes) => bytes > 0 && kill("SIGINT")), 5);
      },
    });
    clearInterval(watch);
    expect(code).toBe(EXIT.cancelled);
    const before = (await tracesOf(out)).length;
    expect(before).toBeGreaterThan(0);
    const { stdout } = await placebo(...command, "--json");
    expect(eventsIn(stdout)[0]).toMatchObject({ event: "start", done: before });
    const rows = await tracesOf(out);
    expect(new Set(rows.map(({ level, index, k }) => `${level}/${index}/${k}`)).size).toBe(
      rows.length,
    );
  });

  test("a folder with another exploration is left alone", async () => {
    const before = await readFile(join(folder, "dfs", "traces.jsonl"), "utf8");
    const { code, stderr } = await placebo(
      ...argv("dfs", ...byEngine("--controller", "dfs", "--seed", "1")),
    );
    expect([code, stderr]).toEqual([EXIT.input, expect.stringContaining("another exploration")]);
    expect(await readFile(join(folder, "dfs", "traces.jsonl"), "utf8")).toBe(before);
  });

  test.each<[string, string[], string]>([
    ["an unknown family", ["--family", "permutation"], "permutations"],
    ["a level that is not there", ["--levels", "1-9"], "1-5"],
    ["no level", ["--levels", "easy"], "--levels"],
    ["an unknown controller", ["--controller", "dsf"], "dfs"],
    ["nobody who writes", [], "--controller"],
    [
      "likelihoods of a server",
      ["--model", "openai:http://a/v1#m", "--controller", "beam"],
      "beam",
    ],
    ["the same trace again", ["--model", "tiny", "--samples", "2"], "--temperature"],
  ])("refuses %s before a folder is made", async (_, flags, told) => {
    const given = new Map([
      ["--family", "permutations"],
      ["--model", "random"],
      ["--out", join(folder, "never")],
    ]);
    for (let i = 0; i < flags.length; i += 2) given.set(flags[i] ?? "", flags[i + 1] ?? "");
    const { code, stderr } = await placebo("explore", ...[...given].flat());
    expect([code, stderr]).toEqual([EXIT.input, expect.stringContaining(told)]);
    expect(await readdir(folder)).not.toContain("never");
  });
});

describe("on a server", () => {
  let http: TestServer;
  beforeEach(async () => {
    http = await startServer(nextLine);
  });
  afterEach(() => http.close());

  /** Names the greatest element that is left, in words of its own; twice something that is no move. */
  const nextLine: Behaviour = (response, { body }, n) => {
    const said = JSON.stringify(body);
    if (n < 2) return sendAnswer(response, "CHECK([99])==continue;");
    const elements = /Input: \[([\d,]+)\]/.exec(said)?.[1]?.split(",") ?? [];
    const greatest = elements.toSorted((a, b) => Number(b) - Number(a))[0];
    return sendAnswer(response, `Next I write:\n\`CHECK([ ${greatest} ]) == continue\``);
  };

  const served = (out: string, ...more: string[]) =>
    argv(out, "--model", `openai:${http.url}#m`, "--levels", "2", "--retries", "0", ...more);

  test("the model names the moves; what is no open move is asked for again, then chosen by the controller", async () => {
    const { code } = await placebo(
      ...served("served", "--controller", "dfs", "--problems", "2", "--concurrency", "1"),
    );
    expect(code).toBe(EXIT.ok);
    const rows = await tracesOf(join(folder, "served"));
    for (const { stop, effort, text, problem } of rows) {
      expect(stop).toBe("exhausted");
      const elements = numbersIn(problem["elements"]);
      expect(text.startsWith(`CHECK([${Math.max(...elements)}])==continue;`)).toBe(true);
      expect(effort?.proposed).toBeGreaterThan(0);
      // Below the first element the server's line is never open.
      expect(effort?.own).toBeGreaterThan(0);
    }
    const retried = http.seen[1]?.body["messages"];
    expect(JSON.stringify(retried)).toContain("no move that is open here");
  });

  test("a server that fails on a problem leaves it missing; it is asked for again", async () => {
    http.behave((response, seen, n) => {
      if (JSON.stringify(seen.body).includes("Input: [1")) {
        return sendJson(response, 400, { error: "no" });
      }
      return nextLine(response, seen, n + 2);
    });
    const command = served("partial", "--controller", "dfs", "--problems", "8");
    const { code, stderr } = await placebo(...command);
    expect(code).toBe(EXIT.incomplete);
    expect(stderr).toContain("missing");
    const there = await tracesOf(join(folder, "partial"));
    expect(there.length).toBeGreaterThan(0);
    http.behave((response, seen, n) => nextLine(response, seen, n + 2));
    const before = http.seen.length;
    expect((await placebo(...command)).code).toBe(EXIT.ok);
    expect(await tracesOf(join(folder, "partial"))).toHaveLength(8);
    const asked = JSON.stringify(http.seen.slice(before).map(({ body }) => body));
    for (const { problem } of there) {
      expect(asked).not.toContain(`Input: [${numbersIn(problem["elements"]).join(",")}]`);
    }
  });

  test("the one trace that is missing, and fails again, is an error and not the end", async () => {
    http.behave((response, seen, n) => nextLine(response, seen, n + 2));
    const command = served("one", "--controller", "dfs", "--problems", "4");
    expect((await placebo(...command)).code).toBe(EXIT.ok);
    const file = join(folder, "one", "traces.jsonl");
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    await writeFile(
      file,
      lines.slice(0, -1).map((line) => `${line}\n`),
    );
    http.behave((response) => sendJson(response, 500, { error: "out of memory" }));
    for (const again of [command, ["resume", join(folder, "one")]]) {
      const before = http.seen.length;
      const { code, stderr } = await placebo(...again);
      expect(code).toBe(EXIT.incomplete);
      expect(stderr).toMatch(/out of memory[^]*1 traces are missing[^]*placebo resume/);
      expect(http.seen.length).toBe(before + 1);
      expect((await readFile(file, "utf8")).trimEnd().split("\n")).toEqual(lines.slice(0, -1));
    }
    http.behave((response, seen, n) => nextLine(response, seen, n + 2));
    expect((await placebo(...command)).code).toBe(EXIT.ok);
    expect(await tracesOf(join(folder, "one"))).toHaveLength(4);
  });

  test("a server that fails again and again is given up; what was there before is kept", async () => {
    const many = ["--problems", "4", "--samples", "5", "--temperature", "1", "--concurrency", "1"];
    const command = served("gone", "--controller", "dfs", ...many);
    http.behave((response, seen, n) =>
      JSON.stringify(seen.body).includes("Input: [1")
        ? sendJson(response, 400, { error: "no" })
        : nextLine(response, seen, n + 2),
    );
    expect((await placebo(...command)).code).toBe(EXIT.incomplete);
    const there = await readFile(join(folder, "gone", "traces.jsonl"), "utf8");
    expect(there).not.toBe("");
    await truncateToLine(join(folder, "gone", "traces.jsonl"));
    http.behave((response) => sendJson(response, 500, { error: "out of memory" }));
    const before = http.seen.length;
    const { code, stderr } = await placebo(...command);
    expect([code, stderr]).toEqual([
      EXIT.engine,
      expect.stringMatching(/failed 16 questions in a row.*out of memory/),
    ]);
    expect(http.seen.length).toBe(before + 16);
    const [first] = there.split("\n");
    expect(await readFile(join(folder, "gone", "traces.jsonl"), "utf8")).toBe(`${first}\n`);
  });

  test("by itself it writes the whole trace", async () => {
    http.behave((response) => sendAnswer(response, "CHECK([1])==continue;\nEND()==1;"));
    const { code } = await placebo(...served("whole", "--problems", "3"));
    expect(code).toBe(EXIT.ok);
    expect((await tracesOf(join(folder, "whole")))[0]).toMatchObject({
      text: "CHECK([1])==continue;\nEND()==1;",
      stop: null,
    });
  });
});

/** The numbers in a value that ought to be a list of them. */
function numbersIn(value: unknown): number[] {
  return Array.isArray(value) ? value.map(Number) : [];
}

/** Leaves the first line of a file. */
async function truncateToLine(file: string): Promise<void> {
  await truncate(file, (await readFile(file)).indexOf("\n") + 1);
}
