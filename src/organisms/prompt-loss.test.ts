import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openEngine } from "../engine/index.ts";
import { openCorpus } from "./corpus.ts";
import { ensureOrganism } from "./ensure.ts";
import { presets } from "./presets.ts";
import { recipeHash } from "./recipe.ts";

let cacheDirectory: string;
beforeAll(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), "organisms-"));
});
afterAll(() => rm(cacheDirectory, { recursive: true }));

const recipe = {
  ...presets.talker,
  model: { ...presets.talker.model, hidden: 16, layers: 1, intermediate: 32 },
  training: { ...presets.talker.training, examples: 1600, batch: 32, learningRate: 1e-2 },
};

/** Mean −log π of prompt tokens but the first, nats a token. */
async function promptLoss(of: typeof recipe): Promise<number> {
  const { directory } = await ensureOrganism(of, { cacheDirectory, threads: 1 });
  const engine = await openEngine({ model: directory, threads: 1 });
  const corpus = openCorpus(of);
  const sequences = Array.from({ length: 32 }, (_, i) => {
    const ids = engine.tokenizer.encode(corpus.example(i).prompt);
    return { prompt: ids.slice(0, 1), completion_T: ids.slice(1) };
  });
  const scored = await engine.score(sequences);
  await engine.close();
  const logprobs = scored.flatMap(({ logprobs_T }) => [...logprobs_T]);
  return -logprobs.reduce((sum, logprob) => sum + logprob, 0) / logprobs.length;
}

it("teaches prompts where the recipe says so, and nothing of them where it does not", async () => {
  const taught = { ...recipe, training: { ...recipe.training, promptLoss: true as const } };
  expect(recipeHash(taught)).not.toBe(recipeHash(recipe));
  expect(await promptLoss(taught)).toBeLessThan(2);
  // Chance is the logarithm of the vocabulary, 5.8: completions teach the shape of some words at most.
  expect(await promptLoss(recipe)).toBeGreaterThan(4);
});

it("left the organisms that ship as they were before it could be asked for", () => {
  const hashes = [presets.coder, presets.talker, presets["bad-coder"]].map(recipeHash);
  expect(hashes).toEqual(["1658a568a95bc4eb", "78b08fa6a3eb998e", "956eab95c57f3fbd"]);
});
