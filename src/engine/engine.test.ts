/** The engine as a whole: golden outputs, gradients of the whole model, agreement of sampler and scorer, the port's rules. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CancelledError, EngineError, InputError } from "../errors.ts";
import { stream } from "../random.ts";
import { sharedPath } from "../testing/data.ts";
import {
  createModelFolder,
  openEngine,
  type Engine,
  type GradientSequence,
  type SampleRequest,
} from "./index.ts";
import { parameterGradients } from "./testing/parameter-gradients.ts";
import { byteTokenizer } from "./testing/byte-tokenizer.ts";
import { objective, randomSequences } from "./testing/objective.ts";

const stories = sharedPath("models/stories260K");
let work: string;
let folder: string;

/** Two query heads a key head, odd widths, an untied head: whatever could be mixed up is unequal. */
const CONFIG = {
  architectures: ["LlamaForCausalLM"],
  hidden_size: 24,
  intermediate_size: 40,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 8,
  vocab_size: 260,
  max_position_embeddings: 96,
  rms_norm_eps: 1e-5,
  // Large enough that gradients are not lost in single precision.
  initializer_range: 0.3,
  bos_token_id: 256,
  eos_token_id: 257,
};

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "placebo-engine-"));
  folder = join(work, "untied");
  await createModelFolder(folder, {
    config: { ...CONFIG, tie_word_embeddings: false },
    tokenizer: byteTokenizer(),
    seed: 1,
  });
  await createModelFolder(join(work, "tied"), {
    config: { ...CONFIG, tie_word_embeddings: true },
    tokenizer: byteTokenizer(),
    seed: 2,
  });
});
afterAll(() => rm(work, { recursive: true, force: true }));

async function withEngine<T>(model: string, use: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await openEngine({ model, threads: 2 });
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}

const request = (engine: Engine, more: Partial<SampleRequest> = {}): SampleRequest => ({
  prompts: ["a b c", "hello there", "x"].map((text) => engine.tokenizer.encode(text)),
  rollouts: 4,
  params: { temperature: 1, maxTokens: 20 },
  key: { seed: 5, purpose: "sample", step: 0 },
  ...more,
});

describe.skipIf(!stories)("stories260K (needs PLACEBO_DATA or ../shared)", () => {
  test("greedy tokens equal the golden ones; log-probability and self-certainty within 1e-4", async () => {
    const golden: { tokens: number[]; text: string; logprob: number[]; selfCertainty: number[] } =
      JSON.parse(await readFile(join(stories ?? "", "golden.json"), "utf8"));
    await withEngine(stories ?? "", async (engine) => {
      const [[completion] = []] = await engine.sample({
        prompts: [[1]],
        rollouts: 1,
        params: { temperature: 0, maxTokens: golden.tokens.length - 1 },
        key: { seed: 0, purpose: "sample", step: 0 },
      });
      expect(completion?.tokens_T).toEqual(golden.tokens.slice(1));
      expect(completion?.text).toBe(golden.text);
      golden.logprob.forEach((value, t) => expect(completion?.logprobs_T[t]).toBeCloseTo(value, 4));
      golden.selfCertainty.forEach((value, t) =>
        expect(completion?.selfCertainty_T[t]).toBeCloseTo(value, 4),
      );
    });
  });
});

describe("sampling", () => {
  test("sampler and scorer agree within 1e-5 on every statistic", async () => {
    for (const model of ["untied", "tied"]) {
      await withEngine(join(work, model), async (engine) => {
        const r = request(engine);
        const completions = (await engine.sample(r)).flat();
        const sequences = completions.map((c, n) => ({
          prompt: r.prompts[Math.floor(n / 4)] ?? [],
          completion_T: c.tokens_T,
        }));
        const stats = await engine.score(sequences);
        completions.forEach((c, n) => {
          for (const name of ["logprobs_T", "selfCertainty_T", "entropy_T"] as const) {
            c[name].forEach((value, t) =>
              expect(Math.abs(value - (stats[n]?.[name][t] ?? Number.NaN))).toBeLessThan(1e-5),
            );
          }
        });
      });
    }
  });

  test("a rollout does not depend on its batch neighbours or their number", async () => {
    await withEngine(folder, async (engine) => {
      const all = await engine.sample(request(engine, { rollouts: 8 }));
      const prompts = request(engine).prompts;
      const alone = await engine.sample(
        request(engine, {
          prompts: prompts.slice(1, 2),
          rollouts: 3,
          key: { seed: 5, purpose: "sample", step: 0, prompts: [1] },
        }),
      );
      alone[0]?.forEach((c, g) => expect(c.tokens_T).toEqual(all[1]?.[g]?.tokens_T));
    });
  });

  test("the frequency of first tokens is the model's probability", async () => {
    await withEngine(folder, async (engine) => {
      const n = 4000;
      const prompts = [engine.tokenizer.encode("q")];
      const [group = []] = await engine.sample(
        request(engine, { prompts, rollouts: n, params: { temperature: 1, maxTokens: 1 } }),
      );
      const counts = new Map<number, number>();
      for (const c of group)
        counts.set(c.tokens_T[0] ?? -1, (counts.get(c.tokens_T[0] ?? -1) ?? 0) + 1);
      for (const c of group) {
        const p = Math.exp(c.logprobs_T[0] ?? Number.NaN);
        const seen = (counts.get(c.tokens_T[0] ?? -1) ?? 0) / n;
        // Five standard errors of a binomial share.
        expect(Math.abs(seen - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / n) + 1e-9);
      }
    });
  });

  test("top-k and top-p keep only the likeliest, a stop string ends before itself, the context is a limit", async () => {
    await withEngine(folder, async (engine) => {
      const prompts = [engine.tokenizer.encode("q")];
      const one = (params: SampleRequest["params"]) =>
        engine.sample(request(engine, { prompts, rollouts: 200, params }));
      const greedy = (await one({ temperature: 0, maxTokens: 1 }))[0]?.[0]?.tokens_T[0];
      for (const c of (await one({ temperature: 1, topK: 1, maxTokens: 1 }))[0] ?? [])
        expect(c.tokens_T).toEqual([greedy]);
      for (const c of (await one({ temperature: 1, topP: 1e-6, maxTokens: 1 }))[0] ?? [])
        expect(c.tokens_T).toEqual([greedy]);
      const [[long] = []] = await one({ temperature: 1, maxTokens: 1000 });
      expect(
        long?.finish === "stop" || (long?.tokens_T.length ?? 0) + (prompts[0]?.length ?? 0) === 96,
      ).toBe(true);
      const [[free] = []] = await one({ temperature: 0, maxTokens: 30 });
      const stop = free?.text.slice(5, 7) ?? "";
      const [[stopped] = []] = await one({ temperature: 0, maxTokens: 30, stop: [stop] });
      expect(stopped?.text).toBe(free?.text.slice(0, free.text.indexOf(stop)));
      expect(stopped?.finish).toBe("stop");
    });
  });
});

describe("gradients", () => {
  // A plain step of size η along the gradient: with β₁ = 0, huge ε and no decay AdamW is θ + (η/ε)·g.
  const EPSILON = 1e6;
  const along = (eta: number) => ({
    learningRate: eta * EPSILON,
    beta1: 0,
    beta2: 0,
    epsilon: EPSILON,
    weightDecay: 0,
  });

  /** (J(θ + ηg) − J(θ − ηg)) / 2η|g|², which is 1 + O(η²) for the true gradient g. */
  async function slopeRatio(
    model: string,
    sequences: readonly GradientSequence[],
    step: number,
  ): Promise<number> {
    return withEngine(model, async (engine) => {
      const start = join(work, "start");
      await engine.save(start);
      await engine.accumulate(sequences);
      const { gradNorm } = await engine.optimStep(along(0));
      const eta = step / gradNorm;
      const moved = async (distance: number) => {
        await engine.load(start);
        await engine.accumulate(sequences);
        await engine.optimStep(along(distance));
        return objective(sequences, await engine.score(sequences));
      };
      const up = await moved(eta);
      const down = await moved(-eta);
      return (up - down) / (2 * eta) / gradNorm ** 2;
    });
  }

  test.each([
    ["untied", false],
    ["untied", true],
    ["tied", true],
  ] as const)(
    "of the whole model (%s, bonuses %s) agree with finite differences along the gradient",
    async (model, bonuses) => {
      expect(await slopeRatio(join(work, model), randomSequences(bonuses), 1e-3)).toBeCloseTo(1, 2);
    },
  );

  // Small shapes run on one thread whatever is asked for, so a race of two threads shows only here.
  test("at SmolLM2's widths and vocabulary, on 2 threads, agree with finite differences", async () => {
    const model = join(work, "smollm2");
    await createModelFolder(model, {
      config: {
        ...CONFIG,
        hidden_size: 576,
        intermediate_size: 1536,
        num_attention_heads: 9,
        num_key_value_heads: 3,
        head_dim: 64,
        vocab_size: 49_152,
        max_position_embeddings: 2048,
        initializer_range: 0.04,
        tie_word_embeddings: true,
      },
      tokenizer: byteTokenizer(),
      seed: 3,
    });
    const random = stream(4, "test");
    const normals = (T: number) => Float32Array.from({ length: T }, () => random.normal());
    // Few different tokens: every row of the embedding's gradient is a sum of many.
    const sequences = Array.from({ length: 4 }, (): GradientSequence => ({
      prompt: Array.from({ length: 20 }, () => random.int(12)),
      completion_T: Array.from({ length: 40 }, () => random.int(12)),
      coefficients_T: normals(40),
      entropyCoefficients_T: normals(40),
      selfCertaintyCoefficients_T: normals(40),
    }));
    expect(await slopeRatio(model, sequences, 1e-2)).toBeCloseTo(1, 2);
  }, 240_000);

  test("of every single parameter tensor agree with finite differences", async () => {
    const sequences = randomSequences(true);
    const rows = await parameterGradients({ model: folder }, sequences, (stats) =>
      objective(sequences, stats),
    );
    expect(rows).toHaveLength(3 + 9 * CONFIG.num_hidden_layers);
    for (const row of rows) {
      expect(Math.abs(row.analytic - row.numeric), row.name).toBeLessThan(
        2e-2 * Math.max(1, Math.abs(row.numeric)),
      );
    }
  });

  test("accumulate twice is twice the gradient, and micro-batching does not change it", async () => {
    const sequences = randomSequences(false);
    const norm = async (tokensPerCall: number, times: number) => {
      const engine = await openEngine({ model: folder, threads: 2, tokensPerCall });
      for (let i = 0; i < times; i++) await engine.accumulate(sequences);
      const { gradNorm } = await engine.optimStep(along(0));
      await engine.close();
      return gradNorm;
    };
    const once = await norm(4096, 1);
    expect((await norm(4096, 2)) / once).toBeCloseTo(2, 4);
    expect((await norm(16, 1)) / once).toBeCloseTo(1, 4);
  });
});

describe("the port's rules", () => {
  test("training goes on exactly after save and load, and a snapshot stays what it was", async () => {
    const random = stream(9, "test");
    const sequences = Array.from({ length: 3 }, (): GradientSequence => ({
      prompt: [random.int(256), random.int(256)],
      completion_T: Array.from({ length: 5 }, () => random.int(256)),
      coefficients_T: new Float32Array(5).fill(1),
    }));
    const step = {
      learningRate: 1e-3,
      beta1: 0.9,
      beta2: 0.95,
      epsilon: 1e-8,
      weightDecay: 0.1,
      maxGradNorm: 1,
    };
    await withEngine(folder, async (engine) => {
      const initial = await engine.score(sequences);
      const reference = await engine.snapshot();
      await engine.accumulate(sequences);
      await engine.optimStep(step);
      await engine.save(join(work, "middle"), { optimizer: true });
      await engine.accumulate(sequences);
      await engine.optimStep(step);
      const straight = await engine.score(sequences);
      expect(straight).not.toEqual(initial);
      await engine.load(join(work, "middle"), { optimizer: true });
      await engine.accumulate(sequences);
      await engine.optimStep(step);
      expect(await engine.score(sequences)).toEqual(straight);
      expect(await engine.score(sequences, { policy: reference })).toEqual(initial);
      await engine.release(reference);
      await expect(engine.score(sequences, { policy: reference })).rejects.toBeInstanceOf(
        EngineError,
      );
    });
    await withEngine(join(work, "middle"), async (engine) => {
      await engine.load(join(work, "middle"), { optimizer: true });
      await engine.accumulate(sequences);
      await engine.optimStep(step);
      await engine.save(join(work, "end"));
      await expect(engine.load(join(work, "end"), { optimizer: true })).rejects.toMatchObject({
        code: "no-optimizer",
      });
    });
    await withEngine(join(work, "end"), async (engine) => {
      expect((await engine.score(sequences)).length).toBe(3);
    });
  });

  test("loaded weights have a fresh optimiser, as if the engine had been opened on them", async () => {
    const model = join(work, "with a state");
    const sequences = [
      { prompt: [1, 2], completion_T: [3, 4], coefficients_T: Float32Array.of(1, 1) },
    ];
    const step = { learningRate: 1e-2, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0 };
    const update = async (engine: Engine) => {
      await engine.accumulate(sequences);
      await engine.optimStep(step);
      return engine.score(sequences);
    };
    await withEngine(folder, async (engine) => {
      await update(engine);
      await engine.save(model, { optimizer: true });
    });
    await withEngine(model, async (engine) => {
      const first = await update(engine);
      await engine.load(model);
      expect(await update(engine)).toEqual(first);
    });
  });

  test("calls wait for one another, can be cancelled, and fail after close", async () => {
    const engine = await openEngine({ model: folder, threads: 2 });
    const abort = new AbortController();
    const first = engine.sample(request(engine));
    const second = engine.sample(
      request(engine, { rollouts: 64, params: { temperature: 1, maxTokens: 80 } }),
      { signal: abort.signal },
    );
    abort.abort();
    expect(await first).toHaveLength(3);
    await expect(second).rejects.toBeInstanceOf(CancelledError);
    await engine.close();
    await engine.close();
    await expect(engine.sample(request(engine))).rejects.toMatchObject({ code: "engine-closed" });
  });

  test.each([
    ["an empty prompt", { prompt: [], completion_T: [1] }],
    ["an empty completion", { prompt: [1], completion_T: [] }],
    ["a token outside the vocabulary", { prompt: [1], completion_T: [260] }],
    ["a fractional token", { prompt: [1.5], completion_T: [1] }],
    [
      "a sequence beyond the context",
      { prompt: [1], completion_T: Array.from({ length: 96 }, () => 1) },
    ],
  ])("%s is an InputError", async (_, sequence) => {
    await withEngine(folder, async (engine) => {
      await expect(engine.score([sequence])).rejects.toBeInstanceOf(InputError);
    });
  });

  test("a gradient that is not finite stops the update and leaves the weights", async () => {
    await withEngine(folder, async (engine) => {
      const sequence = {
        prompt: [1],
        completion_T: [2],
        coefficients_T: new Float32Array([Number.NaN]),
      };
      const before = await engine.score([sequence]);
      await engine.accumulate([sequence]);
      await expect(engine.optimStep(along1())).rejects.toMatchObject({
        code: "gradient-not-finite",
      });
      expect(await engine.score([sequence])).toEqual(before);
    });
  });
});

const along1 = () => ({ learningRate: 1, beta1: 0, beta2: 0, epsilon: 1, weightDecay: 0 });
