/**
 * The clipping bias in its smallest form (arXiv 2506.10947, §4.3): one choice between two strategies, coin flips as
 * reward. The clip locks in what is already likely; without it, or with one update a batch, the policy only wanders.
 */
import { expect, test } from "vitest";
import { evaluationSchema, grpoSchema, type GrpoConfig } from "./config.ts";
import { mean, standardDeviation } from "./stats.ts";
import { BanditEngine } from "./testing/bandit-engine.ts";
import { coin, collect, problemsOf, task } from "./testing/world.ts";
import { train } from "./train.ts";

const PRIOR = 0.75;
/** 32 prompts, spelled in binary so that the vocabulary stays at two words and the end */
const trainProblems = problemsOf(32).map((problem, i) => ({
  ...problem,
  prompt: Array.from({ length: 5 }, (_, bit) => ((i >> bit) & 1 ? "code" : "prose")).join(" "),
}));
const prompts = trainProblems.map(({ prompt }) => prompt);

/** Mean probability of the first strategy over all prompts after training on coin flips. */
async function finalShare(seed: number, grpo: Partial<GrpoConfig>): Promise<number> {
  const engine = new BanditEngine({
    vocabulary: ["code", "prose"],
    prompts,
    positions: 1,
    initial: () => [-40, Math.log(PRIOR), Math.log(1 - PRIOR)],
  });
  const events = train({
    engine,
    task,
    trainProblems,
    testProblems: trainProblems.slice(0, 1),
    reward: coin,
    grpo: grpoSchema.parse({
      steps: 40,
      prompts: 32,
      group: 8,
      updates: 8,
      maxTokens: 1,
      learningRate: 0.05,
      maxGradNorm: null,
      ...grpo,
    }),
    evaluation: evaluationSchema.parse({ every: 1000, samples: 1 }),
    seed,
  });
  await collect(events);
  const scores = await engine.score(
    prompts.map((prompt) => ({ prompt: engine.tokenizer.encode(prompt), completion_T: [1] })),
  );
  const shares = scores.map(({ logprobs_T }) => Math.exp(logprobs_T[0] ?? NaN));
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

const SEEDS = [0, 1, 2, 3, 4, 5];

async function finalShares(grpo: Partial<GrpoConfig>) {
  const shares: number[] = [];
  for (const seed of SEEDS) shares.push(await finalShare(seed, grpo));
  return { mean: mean(shares) ?? NaN, spread: standardDeviation(shares) ?? NaN };
}

// Over seeds 0 to 27 the shares end at .80 ± .14 with clipping and .65 ± .25 without: one seed shows nothing.
test("coin flips raise the likelier strategy with clipping, and only scatter it without", async () => {
  const clipped = await finalShares({});
  const open = await finalShares({ clip: { low: null, high: null } });
  expect(clipped.mean).toBeGreaterThan(PRIOR);
  expect(clipped.mean - open.mean).toBeGreaterThan(0.1);
  expect(clipped.spread).toBeLessThan(open.spread);
});
