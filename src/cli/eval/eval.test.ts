import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { writeByteModel } from "../../engine/testing/byte-model.ts";
import { EXIT } from "../../errors.ts";
import { readJson, readJsonl } from "../../io/index.ts";
import {
  evaluationRunSchema,
  evaluationSummarySchema,
  sampleSchema,
  type SampleRow,
} from "../../records/index.ts";
import {
  sendAnswer,
  sendJson,
  startServer,
  type Behaviour,
  type TestServer,
} from "../../remote/testing/http-server.ts";
import { runCommandLine } from "../app.ts";
import { spawnPlacebo } from "../testing/run.ts";
import { openTerminal } from "../ui/terminal.ts";

const SECRET = "sk-test-0123456789";
const PROBLEMS = 40;

let folder: string;
let data: string;
let model: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "placebo-eval-"));
  data = join(folder, "gsm8k-test.jsonl");
  const rows = Array.from({ length: PROBLEMS }, (_, i) => ({
    question: `What is ${i} + 1?`,
    answer: `#### ${i + 1}`,
  }));
  await writeFile(data, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  model = join(folder, "tiny");
  await writeByteModel(model, { max_position_embeddings: 128 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the command line in this process with an environment of its own. */
async function placebo(argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const written = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof written) =>
    openTerminal({ write: (text) => (written[name] += text) }, {});
  const { signal } = new AbortController();
  const [out, err] = [stream("stdout"), stream("stderr")];
  const code = await runCommandLine({ argv, env, out, err, signal });
  return { code, ...written };
}

const samplesOf = (out: string) => readJsonl(join(out, "samples.jsonl"), sampleSchema);
const summaryOf = (out: string) => readJson(join(out, "summary.json"), evaluationSummarySchema);

/** Without the time that it took, in the order of problems. */
function timeless(rows: readonly SampleRow[]) {
  return rows
    .map((row) => ({ ...row, seconds: 0 }))
    .toSorted((a, b) => a.problem.localeCompare(b.problem) || a.k - b.k);
}

describe("by the engine", () => {
  const argv = (out: string, tokens = 12) => {
    const what = `eval --model ${model} --bench gsm8k --data ${data} --n 8 --temperature 1`;
    return `${what} --max-tokens ${tokens} --threads 1 --out ${out}`.split(" ");
  };

  test("samples, record and summary fit their schemas; events end with the summary", async () => {
    const out = join(folder, "whole");
    const { code, stdout } = await placebo([...argv(out), "--json"]);
    expect(code).toBe(EXIT.ok);
    const rows = await samplesOf(out);
    expect(rows).toHaveLength(8 * PROBLEMS);
    expect(rows.filter(({ prompt }) => prompt !== undefined)).toHaveLength(PROBLEMS);
    expect(rows[0]?.prompt).toContain("What is 0 + 1?");
    const record = await readJson(join(out, "eval.json"), evaluationRunSchema);
    expect(record.config).toMatchObject({ model, n: 8, temperature: 1 });
    const events = stdout
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(events[0]).toMatchObject({ event: "start", done: 0, total: 320 });
    expect(events.at(-1)).toMatchObject({ event: "summary", ...(await summaryOf(out)) });
  });

  test("stopped at any byte, it goes on and ends with the same numbers", async () => {
    const whole = timeless(await samplesOf(join(folder, "whole")));
    const { benches } = await summaryOf(join(folder, "whole"));
    const out = join(folder, "cut");
    await placebo(argv(out));
    const file = join(out, "samples.jsonl");
    const { length } = await readFile(file);
    for (const share of [0, 0.31, 0.77]) {
      await truncate(file, Math.floor(share * length));
      await rm(join(out, "summary.json"));
      expect((await placebo(["resume", out])).code).toBe(EXIT.ok);
      expect(timeless(await samplesOf(out))).toEqual(whole);
      const again = await summaryOf(out);
      const untimed = (of: typeof benches) => of.map((result) => ({ ...result, time: null }));
      expect(untimed(again.benches)).toEqual(untimed(benches));
    }
  });

  test("killed between two batches, it goes on after what is on disk", async () => {
    const [out, whole] = [join(folder, "killed"), join(folder, "undisturbed")];
    const size = () =>
      stat(join(out, "samples.jsonl")).then(
        (file) => file.size,
        () => 0,
      );
    let watch: NodeJS.Timeout | undefined;
    const { code } = await spawnPlacebo([...argv(out, 80), "--json"], {
      onOutput: (_, kill) => {
        watch ??= setInterval(() => void size().then((bytes) => bytes > 0 && kill("SIGKILL")), 5);
      },
    });
    clearInterval(watch);
    expect(code).not.toBe(EXIT.ok);
    const before = (await samplesOf(out)).length;
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(8 * PROBLEMS);
    const { stdout } = await placebo([...argv(out, 80), "--json"]);
    expect(JSON.parse(stdout.split("\n")[0] ?? "")).toMatchObject({ event: "start", done: before });
    await placebo(argv(whole, 80));
    expect(timeless(await samplesOf(out))).toEqual(timeless(await samplesOf(whole)));
  });

  test("a folder with another evaluation is left alone", async () => {
    const out = join(folder, "whole");
    const before = await readFile(join(out, "samples.jsonl"), "utf8");
    const { code, stderr } = await placebo([...argv(out), "--seed", "1"]);
    expect([code, stderr]).toEqual([EXIT.input, expect.stringContaining("another evaluation")]);
    expect(await readFile(join(out, "samples.jsonl"), "utf8")).toBe(before);
  });

  test("people see a table with intervals", async () => {
    const { stdout } = await placebo(argv(join(folder, "whole")));
    expect(stdout).toContain("Going on: 320 of 320 samples are there.");
    expect(stdout).toMatch(/avg@8 +\d+\.\d% \[\d+\.\d, \d+\.\d\]/);
    expect(stdout).toMatch(/k +pass@k +maj@k/);
    expect(stdout).toContain("cut at the limit");
  });
});

describe("on a server", () => {
  let http: TestServer;
  beforeEach(async () => {
    http = await startServer(rightUpTo(PROBLEMS));
  });
  afterEach(() => http.close());

  /** Right answers to the first problems, wrong ones to the others. */
  function rightUpTo(limit: number): Behaviour {
    return (response, { body }) => {
      const n = numberIn(body);
      sendAnswer(response, `It is ${n < limit ? n + 1 : 0}.`);
    };
  }

  /** The number in `What is 12 + 1?` */
  function numberIn(body: Readonly<Record<string, unknown>>): number {
    return Number(/What is (\d+) \+/.exec(JSON.stringify(body))?.[1]);
  }

  const argv = (out: string, ...more: string[]) => {
    const what = `eval --model openai:${http.url}#m --bench gsm8k --data ${data}`;
    const how = `--retries 0 --concurrency 4 --out ${join(folder, out)}`;
    return [...`${what} ${how}`.split(" "), ...more];
  };

  test("the accuracy is what the server knows, with at most so many requests at a time", async () => {
    http.behave(rightUpTo(30));
    const { code } = await placebo(argv("served"));
    expect(code).toBe(EXIT.ok);
    const { benches } = await summaryOf(join(folder, "served"));
    expect(benches[0]).toMatchObject({ missing: 0, avg: { estimate: 0.75, problems: PROBLEMS } });
    expect(http.seen).toHaveLength(PROBLEMS);
    expect(http.mostOpen()).toBeLessThanOrEqual(4);
  });

  test("each sample has a seed of its own, the same whenever it is asked for", async () => {
    const sampled = ["--n", "2", "--temperature", "0.6", "--limit", "5"];
    const seeds = async (out: string) => {
      const before = http.seen.length;
      await placebo(argv(out, ...sampled));
      return http.seen.slice(before).map(({ body }) => body["seed"]);
    };
    const [first, second] = [await seeds("seeds-1"), await seeds("seeds-2")];
    expect(new Set(first).size).toBe(10);
    expect(new Set(second)).toEqual(new Set(first));
  });

  test("chat sends messages for the server's own template, completions the text that we render", async () => {
    const ask = async (out: string, ...flags: string[]) => {
      const { code } = await placebo(argv(out, "--limit", "1", ...flags));
      expect(code).toBe(EXIT.ok);
      return http.seen.at(-1);
    };
    const user = { role: "user", content: expect.stringContaining("What is 0 + 1?") };
    expect((await ask("chat"))?.body["messages"]).toEqual([user]);
    const system = { role: "system", content: "Be brief." };
    const spec = "{chat: {system: Be brief.}}";
    expect((await ask("system", "--template", spec))?.body["messages"]).toEqual([system, user]);
    expect(await ask("r1", "--api", "completions", "--template", "r1-zero")).toMatchObject({
      path: "/v1/completions",
      body: { prompt: expect.stringMatching(/What is 0 \+ 1\?[^]*<think>$/), stop: ["</answer>"] },
    });
    const own = await ask("own", "--api", "completions", "--template", "Q: {question}\nA:");
    expect(own?.body["prompt"]).toMatch(/^Q: [^]*What is 0 \+ 1\?[^]*\nA:$/);
    // The record has the resolved template, so the same evaluation is found again.
    expect((await placebo(["resume", join(folder, "own")])).code).toBe(EXIT.ok);
  });

  test("what the server does not give is missing and not wrong, and is asked for again", async () => {
    http.behave((response, seen, n) => {
      if (numberIn(seen.body) % 4 === 0) sendJson(response, 500, { error: "no" });
      else rightUpTo(PROBLEMS)(response, seen, n);
    });
    const { code, stdout, stderr } = await placebo(argv("partial"));
    expect(code).toBe(EXIT.incomplete);
    expect(stdout).toContain("10 missing");
    expect(stderr).toContain("10 samples are missing");
    const out = join(folder, "partial");
    expect((await summaryOf(out)).benches[0]).toMatchObject({
      missing: 10,
      graded: 30,
      avg: { estimate: 1, problems: 30 },
    });

    http.behave(rightUpTo(30));
    const before = http.seen.length;
    expect((await placebo(["resume", out])).code).toBe(EXIT.ok);
    expect(http.seen.length - before).toBe(10);
    const { benches } = await summaryOf(out);
    // Of the ten, the problems 32 and 36 are beyond what the server knows now.
    expect(benches[0]).toMatchObject({ missing: 0, avg: { estimate: 38 / 40 } });
  });

  test("a server that fails throughout is given up, and what is there is kept", async () => {
    http.behave((response, seen, n) =>
      n < 8 ? rightUpTo(PROBLEMS)(response, seen, n) : sendJson(response, 500, { error: "dead" }),
    );
    const { code, stderr } = await placebo(argv("dying"));
    expect([code, stderr]).toEqual([EXIT.engine, expect.stringContaining("16 samples in a row")]);
    expect(await samplesOf(join(folder, "dying"))).toHaveLength(8);
    http.behave(rightUpTo(PROBLEMS));
    expect((await placebo(["resume", join(folder, "dying")])).code).toBe(EXIT.ok);
    expect(await samplesOf(join(folder, "dying"))).toHaveLength(PROBLEMS);
  });

  test("the key is sent, and stands in no file and no message", async () => {
    const env = { MY_KEY: SECRET };
    const named = ["--api-key-env", "MY_KEY"];
    const good = await placebo(argv("keyed", ...named, "--limit", "2"), env);
    expect(http.seen[0]?.headers.authorization).toBe(`Bearer ${SECRET}`);
    http.behave((response) =>
      sendJson(response, 401, { error: { message: `Incorrect API key: ${SECRET}` } }),
    );
    const bad = await placebo(argv("refused", ...named), env);
    expect(bad).toMatchObject({ code: EXIT.input, stdout: expect.not.stringContaining("missing") });
    expect(bad.stderr).toContain("refuses the key");
    const files = await Promise.all(
      ["keyed", "refused"].flatMap(async (out) =>
        Promise.all(
          (await readdir(join(folder, out))).map((name) =>
            readFile(join(folder, out, name), "utf8"),
          ),
        ),
      ),
    );
    const everything = [...files.flat(), good.stdout, good.stderr, bad.stdout, bad.stderr].join("");
    expect(everything).toContain("MY_KEY");
    expect(everything).not.toContain(SECRET);
  });
});

describe("what is wrong is told before a folder is made", () => {
  const tiny = () => ["--model", model, "--bench", "gsm8k", "--threads", "1"];
  const served = ["--model", "openai:http://127.0.0.1:9/v1#m", "--bench", "gsm8k"];

  test.each<[string, () => readonly string[], string]>([
    ["n samples at temperature 0", () => [...tiny(), "--n", "4"], "--temperature"],
    ["an unknown benchmark", () => ["--model", model, "--bench", "gsm8k,gsm9k"], "gsm9k"],
    ["a benchmark twice", () => ["--model", model, "--bench", "gsm8k,gsm8k"], "twice"],
    ["no such data", () => [...tiny(), "--data", join(folder, "nowhere.jsonl")], "nowhere"],
    ["no such model", () => [...tiny(), "--model", join(folder, "nowhere")], "nowhere"],
    ["an address without a name", () => [...served, "--model", "openai:http://a/v1"], "#name"],
    ["messages for a text", () => [...served, "--template", "r1-zero"], "--api completions"],
    ["an unknown template", () => [...tiny(), "--template", "r1-zro"], "r1-zero"],
    ["a chat template that is not there", () => [...tiny(), "--template", "chat"], "chat template"],
    ["a key that is not set", () => [...served, "--api-key-env", "MY_KEY"], "MY_KEY"],
    ["a key where its name belongs", () => [...served, "--api-key-env", "sk-abc"], "not the key"],
  ])("%s", async (_, flags, told) => {
    const out = join(folder, "never");
    const given = new Map<string, string>();
    const list = ["--data", data, ...flags()];
    for (let i = 0; i < list.length; i += 2) given.set(list[i] ?? "", list[i + 1] ?? "");
    const { code, stdout, stderr } = await placebo(["eval", ...[...given].flat(), "--out", out]);
    expect([code, stdout]).toEqual([EXIT.input, ""]);
    expect(stderr).toContain(told);
    expect(await readdir(folder)).not.toContain("never");
  });
});
