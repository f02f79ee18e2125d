/** Every family: gradients against finite differences, agreement of sampler and scorer, exact return from a folder. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openEngine, type Engine } from "./index.ts";
import { readModelConfig } from "./model/config.ts";
import { objective, randomSequences } from "./testing/objective.ts";
import { parameterGradients } from "./testing/parameter-gradients.ts";
import { createPerturbedModel, KINDS } from "./testing/perturbed-model.ts";

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "placebo-families-"));
  for (const [name, config] of Object.entries(KINDS)) {
    await createPerturbedModel(join(work, name), config);
  }
}, 60_000);
afterAll(() => rm(work, { recursive: true, force: true }));

async function withEngine<T>(model: string, use: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await openEngine({ model, threads: 2 });
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}

describe.each(Object.keys(KINDS))("%s", (kind) => {
  test("gradients of every parameter tensor agree with finite differences", async () => {
    const model = join(work, kind);
    const sequences = randomSequences(true);
    const rows = await parameterGradients({ model }, sequences, (stats) =>
      objective(sequences, stats),
    );
    const config = await readModelConfig(model);
    expect(rows).toHaveLength(config.family.parameters(config).length);
    for (const { name, analytic, numeric } of rows) {
      expect(analytic, name).toBeGreaterThan(0);
      const error = Math.abs(analytic - numeric);
      expect(error, name).toBeLessThan(2e-2 * Math.max(1, Math.abs(numeric)));
    }
  });

  test.each([1, 0.7])(
    "the whole gradient at temperature %d agrees with finite differences along it",
    async (temperature) => {
      const sequences = randomSequences(false);
      const step = { beta1: 0, beta2: 0, epsilon: 1e6, weightDecay: 0 };
      await withEngine(join(work, kind), async (engine) => {
        const start = join(work, `${kind} start`);
        await engine.save(start);
        await engine.accumulate(sequences, { temperature });
        const { gradNorm } = await engine.optimStep({ ...step, learningRate: 0 });
        const J = async (distance: number) => {
          await engine.load(start);
          await engine.accumulate(sequences, { temperature });
          await engine.optimStep({ ...step, learningRate: (1e6 * distance) / gradNorm });
          return objective(sequences, await engine.score(sequences, { temperature }));
        };
        const slope = ((await J(1e-3)) - (await J(-1e-3))) / 2e-3;
        expect(slope / gradNorm).toBeCloseTo(1, 2);
      });
    },
  );

  test("scores at a temperature are of the softmax of the logits divided by it", async () => {
    await withEngine(join(work, kind), async (engine) => {
      const prompt = engine.tokenizer.encode("a b c");
      const every = Array.from({ length: engine.info.vocabSize }, (_, token) => ({
        prompt,
        completion_T: [token],
      }));
      const logprobsAt = async (temperature?: number) =>
        (await engine.score(every, { temperature })).map(({ logprobs_T }) => logprobs_T[0] ?? NaN);
      const [plain, one, warm] = [await logprobsAt(), await logprobsAt(1), await logprobsAt(0.6)];
      expect(one).toEqual(plain);
      const scaled = plain.map((logprob) => logprob / 0.6);
      const logSum = Math.log(scaled.reduce((sum, z) => sum + Math.exp(z), 0));
      for (const [token, z] of scaled.entries()) expect(warm[token]).toBeCloseTo(z - logSum, 4);
      await expect(engine.score(every, { temperature: 0 })).rejects.toThrow("must be above 0");
    });
  });

  test("sampler and scorer agree within 1e-5, and a saved folder gives the same numbers", async () => {
    const model = join(work, kind);
    const saved = join(work, `${kind} saved`);
    const { sequences, stats } = await withEngine(model, async (engine) => {
      const prompts = ["a b c", "hello there", "x"].map((text) => engine.tokenizer.encode(text));
      const groups = await engine.sample({
        prompts,
        rollouts: 4,
        params: { temperature: 1, maxTokens: 20 },
        key: { seed: 5, purpose: "sample", step: 0 },
      });
      const all = groups.flatMap((group, p) =>
        group.map((completion) => ({ prompt: prompts[p] ?? [], completion })),
      );
      const scored = all.map(({ prompt, completion }) => ({
        prompt,
        completion_T: completion.tokens_T,
      }));
      const results = await engine.score(scored);
      all.forEach(({ completion }, n) => {
        for (const name of ["logprobs_T", "selfCertainty_T", "entropy_T"] as const) {
          completion[name].forEach((value, t) =>
            expect(Math.abs(value - (results[n]?.[name][t] ?? Number.NaN))).toBeLessThan(1e-5),
          );
        }
      });
      await engine.save(saved);
      return { sequences: scored, stats: results };
    });
    await withEngine(saved, async (engine) => {
      expect(await engine.score(sequences)).toEqual(stats);
    });
  });
});
