import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { planTrial } from "./plan.ts";
import { defineTrial, type TrialInput } from "./schema.ts";
import { temporaryFolder, writeTinyModel } from "./testing/folders.ts";

const base: TrialInput = {
  name: "plan",
  models: { a: { organism: "coder" }, b: { organism: "talker" } },
  arms: { truth: { reward: "truth" }, random: { reward: "random" } },
  seeds: [3, 1],
  train: { problems: 16 },
  grpo: { prompts: 4, group: 2, updates: 2 },
  evaluation: { problems: 8 },
};

const planOf = (changes: Partial<TrialInput> = {}, folder?: string) =>
  planTrial(defineTrial({ ...base, ...changes }, folder));

const hashOfFirst = async (changes: Partial<TrialInput> = {}) =>
  (await planOf(changes)).runs[0]?.hash;

describe("the order of runs", () => {
  it("has seeds outermost, then models, then arms, as the file gives them", async () => {
    const { runs } = await planOf();
    expect(runs.map(({ directory }) => directory)).toEqual([
      "runs/a/truth/seed-3",
      "runs/a/random/seed-3",
      "runs/b/truth/seed-3",
      "runs/b/random/seed-3",
      "runs/a/truth/seed-1",
      "runs/a/random/seed-1",
      "runs/b/truth/seed-1",
      "runs/b/random/seed-1",
    ]);
  });

  it("counts seeds from where it is told to", async () => {
    const { runs } = await planOf({ seeds: { from: 1000, count: 3 } });
    expect([...new Set(runs.map(({ seed }) => seed))]).toEqual([1000, 1001, 1002]);
  });
});

describe("an arm's settings", () => {
  it("are the trial's with the arm's over them, to the last level", async () => {
    const arms = {
      off: { reward: "random", grpo: { clip: { high: null }, learningRate: 1e-3 } },
    };
    const { arms: planned } = await planOf({ arms, grpo: { ...base.grpo, clip: { low: 0.1 } } });
    expect(planned[0]?.grpo).toMatchObject({
      clip: { low: 0.1, high: null },
      learningRate: 1e-3,
      prompts: 4,
    });
  });

  it("may have their own number of steps", async () => {
    const { runs } = await planOf({
      arms: { long: { reward: "truth", grpo: { steps: 9 } }, short: { reward: "truth" } },
      grpo: { ...base.grpo, steps: 2 },
    });
    expect(runs.slice(0, 2).map(({ steps }) => steps)).toEqual([9, 2]);
  });

  it("ask for fixed labels where a reward needs them", async () => {
    expect((await planOf()).needsLabels).toBe(false);
    expect((await planOf({ arms: { m: { reward: "majority-fixed" } } })).needsLabels).toBe(true);
  });
});

describe("problems", () => {
  it("one to evaluate on is refused before anything is written: it has no interval", async () => {
    await expect(planOf({ evaluation: { problems: 1 } })).rejects.toMatchObject({
      code: "too-few-problems",
      field: "evaluation.problems",
    });
  });
});

describe("a run's hash", () => {
  it("is the same for the same run, whatever does not decide its numbers", async () => {
    const expected = await hashOfFirst();
    expect(expected).toMatch(/^[0-9a-f]{16}$/);
    const harmless: Partial<TrialInput>[] = [
      {},
      { name: "other", description: "words" },
      { workers: 7, checkpoint: { every: 1 } },
      { seeds: [3] },
      { models: { a: { organism: { preset: "coder" } } } },
      { arms: { truth: { reward: { truth: {} } } } },
      { task: "arithmetic" },
    ];
    for (const changes of harmless) expect(await hashOfFirst(changes)).toBe(expected);
  });

  it("differs with everything that decides its numbers", async () => {
    const deciding: Partial<TrialInput>[] = [
      {},
      { seeds: [4] },
      { threads: 2 },
      { models: { a: { organism: "talker" } } },
      { models: { a: { organism: { preset: "coder", training: { seed: 1 } } } } },
      { arms: { truth: { reward: "format" } } },
      { arms: { truth: { reward: "truth", grpo: { clip: { low: null } } } } },
      { arms: { truth: { reward: { random: { gamma: 0.3 } } } } },
      { grpo: { ...base.grpo, learningRate: 1e-5 } },
      { grpo: { ...base.grpo, kl: { beta: 0.1 } } },
      { evaluation: { problems: 9 } },
      { evaluation: { problems: 8, samples: 5 } },
      { train: { problems: 17 } },
      { data: { seed: 1 } },
      { task: { arithmetic: { steps: [2, 4] } } },
      { template: "none" },
      { template: "qwen-boxed" },
      { template: "<{question}>" },
      { models: { a: { organism: "coder", template: "r1-zero" } } },
    ];
    const hashes = [];
    for (const changes of deciding) hashes.push(await hashOfFirst(changes));
    expect(new Set(hashes).size).toBe(deciding.length);
  });

  it("follows the text of a template's file, and a model's own template goes before the trial's", async () => {
    const folder = await temporaryFolder();
    const file = join(folder, "prompt.txt");
    await writeFile(file, "A: {question}");
    const trial = () => planOf({ template: { file: "prompt.txt" } }, folder);
    const first = await trial();
    expect(first.models[0]?.template?.spec).toEqual({ text: { text: "A: {question}", stop: [] } });
    await writeFile(file, "B: {question}");
    expect((await trial()).hash).not.toBe(first.hash);
    const models = { a: { organism: "coder", template: "r1-zero" } };
    const own = await planOf({ template: "none", models }, folder);
    expect(own.models[0]?.template).toMatchObject({ name: "r1-zero", stop: ["</answer>"] });
    const wrong = planOf(
      { models: { a: { organism: "coder", template: { file: "gone" } } } },
      folder,
    );
    await expect(wrong).rejects.toThrow(/models\.a\.template.*gone: template file not found/);
  });

  it("follows the content of model folders and reward modules", async () => {
    const folder = await temporaryFolder();
    await writeTinyModel(join(folder, "model"));
    const reward = join(folder, "reward.mjs");
    const code = (value: number) =>
      `export default { name: "mine", scope: "sample", description: "d", source: "s",
        params: { safeParse: () => ({ success: true, data: {} }) }, score: () => ({ value: ${value} }) };`;
    await writeFile(reward, code(1));
    const trial = () =>
      planOf(
        {
          models: { a: { path: "model" } },
          arms: { mine: { reward: { module: "./reward.mjs" } } },
        },
        folder,
      );
    const first = await trial();
    expect((await trial()).hash).toBe(first.hash);
    await writeFile(reward, code(2));
    const second = await trial();
    expect(second.hash).not.toBe(first.hash);
    await writeFile(join(folder, "model", "generation_config.json"), "{}");
    expect((await trial()).hash).not.toBe(second.hash);
  });
});

describe("searchers", () => {
  const search: Partial<TrialInput> = {
    models: { a: { organism: "searcher-mixed" } },
    task: { search: { levels: [1, 2], prompt: "bare" } },
    arms: {
      process: { reward: "process" },
      both: { reward: { sum: [{ reward: "process" }, { weight: 2, reward: "truth" }] } },
    },
  };

  it("are planned on the task search, with rewards of steps", async () => {
    const { runs, arms } = await planOf(search);
    expect(runs).toHaveLength(4);
    expect(arms[1]?.reward.label).toMatch(/^sum\(1·process.*, 2·truth\)$/);
  });

  it.each(["search", { search: { family: "game24", prompt: "bare" } }])(
    "know no other prompt and family: %j",
    async (task) => {
      await expect(planOf({ ...search, task })).rejects.toMatchObject({
        code: "foreign-task",
        hint: expect.stringContaining("{ search: { family: permutations, prompt: bare } }"),
      });
    },
  );

  it("know no other task, and nobody else knows theirs", async () => {
    await expect(planOf({ ...search, task: "arithmetic" })).rejects.toMatchObject({
      code: "foreign-task",
      field: "models.a.organism",
    });
    await expect(planOf({ ...search, models: base.models })).rejects.toMatchObject({
      code: "foreign-task",
    });
  });

  it("alone have steps to reward: told before anything is run", async () => {
    await expect(planOf({ arms: { process: { reward: "process" } } })).rejects.toMatchObject({
      code: "no-search",
      field: expect.stringContaining("arms.process.reward"),
    });
  });
});
