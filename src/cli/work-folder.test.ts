/** What `status` says of folders, and what a stop says: how to go on, where there is something to go on with. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeByteModel } from "../engine/testing/byte-model.ts";
import { EXIT } from "../errors.ts";
import { sendAnswer, sendJson, startServer } from "../remote/testing/http-server.ts";
import { writeTinyModel } from "../trial/testing/folders.ts";
import { runCommandLine } from "./app.ts";
import { placebo, spawnPlacebo } from "./testing/run.ts";
import { openTerminal } from "./ui/terminal.ts";

let folder: string;
let data: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "placebo-folders-"));
  data = join(folder, "gsm8k-test.jsonl");
  const rows = Array.from({ length: 12 }, (_, i) => ({
    question: `What is ${i} + 1?`,
    answer: `#### ${i + 1}`,
  }));
  await writeFile(data, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  await writeByteModel(join(folder, "bytes"), { max_position_embeddings: 128 });
  await writeTinyModel(join(folder, "tiny"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a command line that can be stopped. */
async function stoppable(argv: readonly string[], stop: AbortController) {
  const written = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof written) =>
    openTerminal({ write: (text) => (written[name] += text) }, {});
  const [out, err] = [stream("stdout"), stream("stderr")];
  const code = await runCommandLine({ argv, env: {}, out, err, signal: stop.signal });
  return { code, ...written };
}

describe("an evaluation", () => {
  test("stopped, it says once how to go on; status knows how far it is, before and after", async () => {
    const stop = new AbortController();
    const http = await startServer((response, _, n) => {
      if (n === 5) stop.abort();
      else sendAnswer(response, "It is 1.");
    });
    const out = join(folder, "eval");
    const what = `eval --model openai:${http.url}#m --bench gsm8k --data ${data} --concurrency 1`;
    const argv = [...what.split(" "), "--retries", "0", "--out", out];
    const stopped = await stoppable(argv, stop);
    expect(stopped.code).toBe(EXIT.cancelled);
    expect(stopped.stderr).toBe(`Stopped. Go on with: placebo resume ${out}\n`);
    expect(stopped.stdout).not.toContain("resume");
    // A log says how far it was.
    expect(stopped.stdout).toContain("gsm8k: 0%  0/12 samples");

    expect(JSON.parse((await placebo("status", out, "--json")).stdout)).toEqual({
      kind: "evaluation",
      directory: out,
      state: "stopped",
      model: `openai:${http.url}#m`,
      unit: "samples",
      done: 5,
      total: 12,
      result: null,
    });
    const text = (await placebo("status", out)).stdout;
    expect(text).toMatch(/^evaluation of openai:.*#m {2}5 of 12 samples, 41\.7% {2}stopped\n/);
    expect(text).toContain(`Go on with: placebo resume ${out}`);

    http.behave((response) => sendAnswer(response, "It is 1."));
    expect((await placebo("resume", out)).code).toBe(EXIT.ok);
    await http.close();
    const done = (await placebo("status", out)).stdout;
    expect(done).toMatch(/12 of 12 samples, 100\.0% {2}done\nResult: .*summary\.json/);
  });
});

test("an exploration of which a server gave nothing has no table, and its status says so", async () => {
  const http = await startServer((response) => sendJson(response, 400, { error: "no" }));
  const out = join(folder, "explored");
  const what = `explore --family permutations --model openai:${http.url}#m --controller dfs --out ${out}`;
  const { code, stdout } = await placebo(
    ...`${what} --levels 1 --problems 3 --retries 0`.split(" "),
  );
  await http.close();
  expect(code).toBe(EXIT.incomplete);
  expect(stdout).not.toMatch(/level|95%/);
  expect(stdout).toContain(out);
  const status = (await placebo("status", out)).stdout;
  expect(status).toMatch(/^exploration of .* {2}0 of 3 traces, 0\.0% {2}stopped\nGo on with/);
});

test("a training run has steps, and its trained model for a result", async () => {
  const out = join(folder, "trained");
  const what = `train --model ${join(folder, "tiny")} --task arithmetic --reward random --out ${out}`;
  const size = "--steps 2 --prompts 2 --group 2 --updates 1 --max-tokens 6 --problems 8";
  const held = "--holdout 4 --eval-samples 1 --no-eval-greedy";
  expect((await placebo(...`${what} ${size} ${held}`.split(" "))).code).toBe(EXIT.ok);
  const { stdout } = await placebo("status", out);
  expect(stdout).toMatch(/^training run of .*tiny {2}2 of 2 steps, 100\.0% {2}done\n/);
  expect(stdout).toContain(`Result: ${join(out, "model")}`);
});

test("a trial tells which runs failed, and why", async () => {
  const [file, out] = [join(folder, "trial.yaml"), join(folder, "trial")];
  await writeFile(
    join(folder, "bad.mjs"),
    `export default { name: "mine", scope: "sample", description: "d", source: "s",
       params: { safeParse: () => ({ success: true, data: {} }) }, score: () => ({ value: NaN }) };`,
  );
  await writeFile(
    file,
    `name: failing
models: { tiny: { path: tiny } }
train: { problems: 4 }
arms: { good: { reward: random }, bad: { reward: { module: ./bad.mjs } } }
seeds: [0]
grpo: { steps: 1, prompts: 2, group: 2, updates: 1, maxTokens: 4 }
evaluation: { problems: 2, samples: 1 }
`,
  );
  // In a process of its own: its engine has another number of threads than those above.
  expect((await spawnPlacebo(["run", file, "--out", out])).code).toBe(EXIT.incomplete);
  const { code, stdout } = await placebo("status", out);
  expect(code).toBe(EXIT.ok);
  expect(stdout.split("\n")[0]).toMatch(/^failing .* failed$/);
  expect(stdout).toMatch(/tiny +good +1\/1 /);
  expect(stdout).toMatch(/tiny +bad +0\/1, 1 failed /);
  expect(stdout).toMatch(/\nfailed tiny · bad · seed 0: reward mine gave the value NaN/);
  expect(stdout).toContain(`placebo resume ${out}`);
});

describe("stopped where there is nothing to go on with", () => {
  const argv = () => ["sample", "--model", join(folder, "bytes"), "--prompt", "x"];

  test("it says so plainly", async () => {
    const stop = new AbortController();
    stop.abort();
    const { code, stderr } = await stoppable(argv(), stop);
    expect([code, stderr]).toEqual([EXIT.cancelled, "Stopped.\n"]);
    const json = await stoppable([...argv(), "--json"], stop);
    expect(JSON.parse(json.stderr)).toEqual({
      error: "CancelledError",
      code: "cancelled",
      message: "stopped",
      hint: "Give the same command again.",
    });
  });

  test("pretraining tells how far it is, in a log and as events", async () => {
    const what = ["sample", "--model", "coder", "--prompt", "x"];
    const stopAtOnce = (stderr: string, kill: (signal: NodeJS.Signals) => void) => {
      if (stderr.includes("\n")) kill("SIGINT");
    };
    const log = await spawnPlacebo(what, { cwd: folder, onError: stopAtOnce });
    expect(log.code).toBe(EXIT.cancelled);
    expect(log.stderr).toMatch(/^pretraining coder, once: 0% {2}\S.* left\n(.*\n)*Stopped\.\n$/);
    const events = await spawnPlacebo([...what, "--json"], { cwd: folder, onError: stopAtOnce });
    expect(events.stdout).toBe("");
    expect(JSON.parse(events.stderr.split("\n")[0] ?? "")).toMatchObject({
      event: "prepare",
      stage: "organism",
      model: "coder",
      total: 2000,
      secondsLeft: expect.any(Number),
    });
  });
});
