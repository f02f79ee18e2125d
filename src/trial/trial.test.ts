/** Whole trials in real processes, on an untrained model. */
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { CancelledError, IncompleteError } from "../errors.ts";
import { readJson } from "../io/index.ts";
import { verdictSchema } from "../records/index.ts";
import type { TrialEvent } from "./events.ts";
import { openTrial } from "./folder.ts";
import { loadTrial } from "./load.ts";
import { runTrial } from "./run.ts";
import { defineTrial, type TrialInput } from "./schema.ts";
import { trialStatus } from "./status.ts";
import { compare, contents } from "./testing/contents.ts";
import { temporaryFolder, writeTinyModel } from "./testing/folders.ts";

/** Two arms that between them need a frozen initial policy, fixed labels, and an optimiser that resumes. */
const TRIAL = `name: tiny
models:
  tiny: { path: model }
train: { problems: 8 }
arms:
  offline: { reward: self-certainty-offline, grpo: { kl: { beta: 0.1 } } }
  majority: { reward: majority-fixed }
seeds: [0, 1]
grpo: { steps: 4, prompts: 4, group: 4, updates: 2, maxTokens: 6, learningRate: 1e-2, labelSamples: 2 }
evaluation: { every: 2, problems: 6, samples: 2 }
checkpoint: { every: 1 }
`;

let folder: string;
let file: string;
let calm: string;
let events: TrialEvent[];
beforeAll(async () => {
  folder = await temporaryFolder();
  file = join(folder, "trial.yaml");
  calm = join(folder, "calm");
  await writeTinyModel(join(folder, "model"));
  await writeFile(file, TRIAL);
  events = await run(calm, 2);
}, 60_000);

/** Runs the trial file into a folder and returns what it said. */
async function run(
  out: string,
  workers: number,
  signal?: AbortSignal,
  onEvent?: (event: TrialEvent) => void,
) {
  const said: TrialEvent[] = [];
  const reporter = (event: TrialEvent) => {
    said.push(event);
    onEvent?.(event);
  };
  await runTrial(await loadTrial(file), { out, reporter, workers, signal });
  return said;
}

const count = (said: readonly TrialEvent[], name: TrialEvent["event"]) =>
  said.filter(({ event }) => event === name).length;

describe("an undisturbed trial", () => {
  it("tells what happens, from its beginning to its verdict", () => {
    expect(events[0]).toMatchObject({
      event: "trial",
      name: "tiny",
      models: ["tiny"],
      arms: ["offline", "majority"],
      seeds: [0, 1],
      resumed: false,
      progress: { runsDone: 0, runsTotal: 4, stepsDone: 0, stepsTotal: 16, secondsLeft: null },
    });
    expect(events.at(-1)?.event).toBe("verdict");
    expect(count(events, "prepared")).toBe(1);
    expect(count(events, "run-start")).toBe(4);
    expect(count(events, "step")).toBe(16);
    // Both protocols at steps 0, 2 and 4.
    expect(count(events, "evaluation")).toBe(24);
    expect(count(events, "run-end")).toBe(4);
    const ends = events.filter((event) => event.event === "run-end");
    expect(ends.at(-1)?.progress).toMatchObject({ runsDone: 4, stepsDone: 16, secondsLeft: 0 });
  });

  it("leaves a verdict that says what the event said", async () => {
    const verdict = await readJson(join(calm, "verdict.json"), verdictSchema);
    expect(events.at(-1)).toMatchObject(verdict);
    expect(verdict.models[0]?.arms.map(({ arm, seeds }) => [arm, seeds])).toEqual([
      ["offline", 2],
      ["majority", 2],
    ]);
  });

  it("has trained: weights differ by seed, and from the untrained model's", async () => {
    const weights = (path: string) => readFile(join(folder, path, "model.safetensors"), "hex");
    const all = await Promise.all([
      weights("model"),
      weights("calm/runs/tiny/offline/seed-0/checkpoint"),
      weights("calm/runs/tiny/offline/seed-1/checkpoint"),
    ]);
    expect(new Set(all).size).toBe(3);
  });

  it("is done by its status, and can be opened again", async () => {
    const status = await trialStatus(calm);
    expect(status).toMatchObject({
      name: "tiny",
      state: "done",
      progress: { runsDone: 4, stepsDone: 16 },
    });
    expect(status.runs.every(({ state, step }) => state === "done" && step === 4)).toBe(true);
    expect((await openTrial(calm)).config).toEqual((await loadTrial(file)).config);
  });

  it("has nothing left to do when it is run again", async () => {
    const again = await run(calm, 2);
    expect(again.map(({ event }) => event)).toEqual(["trial", "verdict"]);
    expect(again[0]).toMatchObject({ resumed: true, progress: { runsDone: 4 } });
  });
});

describe("a trial that is stopped", () => {
  it("goes on when it is run again, and ends in the same bits, with other workers too", async () => {
    const out = join(folder, "stopped");
    // At the first step of any run, then in the middle of the others.
    for (const stopAt of [1, 4]) {
      const controller = new AbortController();
      let steps = 0;
      const stopped = run(out, 1, controller.signal, ({ event }) => {
        if (event === "step" && ++steps === stopAt) controller.abort();
      });
      await expect(stopped).rejects.toBeInstanceOf(CancelledError);
      expect((await trialStatus(out)).state).toBe("stopped");
    }
    // What a kill in the middle of a write leaves.
    const started = (await trialStatus(out)).runs.find(({ state }) => state === "started");
    await appendFile(join(out, started?.directory ?? "none", "metrics.jsonl"), '{"step":');
    const said = await run(out, 1);
    expect(count(said, "run-start")).toBeGreaterThan(0);
    expect(compare(await contents(calm), await contents(out))).toEqual([]);
  });
});

describe("a run that fails", () => {
  /** A trial with one good arm and one whose reward module does something. */
  async function withReward(name: string, body: string) {
    const home = join(folder, name);
    await mkdir(home);
    await writeFile(
      join(home, "reward.mjs"),
      `import { existsSync, writeFileSync } from "node:fs";
       export default { name: "mine", scope: "sample", description: "d", source: "s",
         params: { safeParse: () => ({ success: true, data: {} }) }, score: () => { ${body} } };`,
    );
    const input: TrialInput = {
      name,
      models: { tiny: { path: "../model" } },
      arms: { good: { reward: "random" }, bad: { reward: { module: "./reward.mjs" } } },
      seeds: [0],
      train: { problems: 4 },
      grpo: { steps: 1, prompts: 2, group: 2, updates: 1, maxTokens: 4 },
      evaluation: { problems: 2, samples: 1 },
    };
    const said: TrialEvent[] = [];
    const reporter = (event: TrialEvent) => void said.push(event);
    const out = join(home, "out");
    const result = await runTrial(defineTrial(input, home), { out, reporter, workers: 1 }).catch(
      (error: unknown) => error,
    );
    return { home, out, said, result };
  }

  const failures = (said: readonly TrialEvent[]) =>
    said.flatMap((event) =>
      event.event === "run-failed" ? [[event.run?.arm, event.willRetry]] : [],
    );

  it("is started once more when its process died", async () => {
    const marker = JSON.stringify(join(folder, "died-once"));
    const { said, result } = await withReward(
      "once",
      `if (!existsSync(${marker})) { writeFileSync(${marker}, ""); process.kill(process.pid, "SIGKILL"); }
       return { value: 1 };`,
    );
    expect(result).toMatchObject({ models: [{ arms: [{ arm: "good" }, { arm: "bad" }] }] });
    expect(failures(said)).toEqual([["bad", true]]);
    await rm(join(folder, "died-once"));
  });

  it("does not stop the others, and is tried again on resume", async () => {
    const healed = join(folder, "healed");
    const { out, said, result } = await withReward(
      "always",
      `if (!existsSync(${JSON.stringify(healed)})) process.kill(process.pid, "SIGKILL");
       return { value: 1 };`,
    );
    expect(result).toBeInstanceOf(IncompleteError);
    expect(String(result)).toContain("tiny/bad/seed-0");
    expect(failures(said)).toEqual([
      ["bad", true],
      ["bad", false],
    ]);
    const verdict = await readJson(join(out, "verdict.json"), verdictSchema);
    expect(verdict.models[0]?.arms.map(({ arm }) => arm)).toEqual(["good"]);
    expect(verdict.models[0]?.warnings).toContain("bad: 0 of 1 seeds finished.");
    expect(await trialStatus(out)).toMatchObject({
      state: "failed",
      progress: { runsDone: 1 },
      runs: [
        { arm: "good", state: "done" },
        { arm: "bad", state: "failed", reason: expect.stringContaining("SIGKILL") },
      ],
    });
    // Once it was tried again and went well, nothing is left of the failure.
    await writeFile(healed, "");
    await runTrial(await openTrial(out), { out, workers: 1 });
    expect(await trialStatus(out)).toMatchObject({ state: "done", progress: { runsDone: 2 } });
    expect(await readdir(out)).not.toContain("failures.json");
  });

  it("is not started again when it said what is wrong", async () => {
    const { said, result } = await withReward("nan", `return { value: NaN };`);
    expect(result).toBeInstanceOf(IncompleteError);
    expect(failures(said)).toEqual([["bad", false]]);
  });
});
