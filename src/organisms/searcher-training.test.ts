/** A searcher from its recipe to GRPO with rewards of steps, on the engine. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openEngine, type Engine } from "../engine/index.ts";
import { readJson } from "../io/index.ts";
import { compileReward, type RewardSpec } from "../rewards/index.ts";
import { grpoSchema, grpoStep } from "../rl/index.ts";
import { loadTask } from "../tasks/index.ts";
import { ensureOrganism, organismFileSchema, searchTaskOf } from "./ensure.ts";
import { searcherSchema } from "./recipe.ts";

const recipe = searcherSchema.parse({
  model: { hidden: 32, layers: 1, intermediate: 64, maxPosition: 96 },
  search: { levels: [{ level: 1, weight: 1 }] },
  training: { examples: 1920, batch: 16, learningRate: 1e-2 },
});

let cacheDirectory: string;
let engine: Engine;
let directory: string;
beforeAll(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), "searcher-"));
  ({ directory } = await ensureOrganism(recipe, { cacheDirectory }));
  engine = await openEngine({ model: directory });
});
afterAll(async () => {
  await engine.close();
  await rm(cacheDirectory, { recursive: true });
});

it("learns its corpus, and its file says how systematic it is", async () => {
  const file = join(directory, "organism.json");
  const { finalLoss, measured } = await readJson(file, organismFileSchema);
  expect(finalLoss).toBeLessThan(1.5);
  expect(measured).toHaveProperty("coverage");
  expect(measured).toHaveProperty("byLevel.1.clean");
});

const both: RewardSpec = {
  sum: [{ reward: "process" }, { weight: 4, reward: "truth" }],
};

it.each<[string, RewardSpec]>([
  ["process", "process"],
  ["both", both],
])("learns by %s: each step ends with the token that completes its text", async (_, spec) => {
  const task = loadTask({ search: searchTaskOf(recipe) });
  const reward = await compileReward(spec, { baseDirectory: "." });
  const grpo = grpoSchema.parse({ prompts: 4, group: 4, updates: 2, maxTokens: 80 });
  const trainProblems = await task.load({ split: "train", count: 8, seed: 0 });
  const { rollouts, metrics } = await grpoStep(
    { engine, task, trainProblems, reward, grpo, seed: 0 },
    1,
  );
  expect(metrics.gradNorm).toBeGreaterThan(0);
  expect(metrics.ungraded).toBe(0);
  for (const { text, tokens, steps = [], reward: total } of rollouts) {
    expect(steps.at(-1)).toMatchObject({ end: text.length, token: tokens.length - 1 });
    expect(total).toBeCloseTo(
      steps.reduce((sum, { value }) => sum + value, 0),
      10,
    );
    for (const { end, token } of steps.slice(0, -1)) {
      expect(engine.tokenizer.decode(tokens.slice(0, token + 1)).length).toBeGreaterThanOrEqual(
        end,
      );
      expect(engine.tokenizer.decode(tokens.slice(0, token)).length).toBeLessThan(end);
    }
  }
});
