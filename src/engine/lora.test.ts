/** LoRA: gradients, the frozen base, adapter folders and merging, and every way in which an adapter can be wrong. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openEngine, type Engine, type OpenOptions, type TokenStats } from "./index.ts";
import { objective, randomSequences } from "./testing/objective.ts";
import { parameterGradients } from "./testing/parameter-gradients.ts";
import { createPerturbedModel, KINDS } from "./testing/perturbed-model.ts";

const KIND_NAMES = ["llama with llama3 scaling", "qwen2", "qwen3", "olmo2"] as const;
const LORA = { rank: 3, alpha: 6 };
const STEP = { learningRate: 1e-2, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1 };
const sequences = randomSequences(false);

let work: string;
let base: string;
const at = (name: string) => join(work, name);

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "placebo-lora-"));
  for (const kind of KIND_NAMES) {
    await createPerturbedModel(at(kind), KINDS[kind]);
    await withEngine({ model: at(kind), lora: LORA }, async (engine) => {
      await update(engine);
      await engine.save(at(`${kind} adapter`));
    });
  }
  base = at("qwen2");
}, 60_000);
afterAll(() => rm(work, { recursive: true, force: true }));

async function withEngine<T>(options: OpenOptions, use: (engine: Engine) => Promise<T>) {
  const engine = await openEngine({ threads: 2, ...options });
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}

async function update(engine: Engine): Promise<void> {
  await engine.accumulate(sequences);
  await engine.optimStep(STEP);
}

const scoreOf = (options: OpenOptions) => withEngine(options, (engine) => engine.score(sequences));

function largestDifference(a: readonly TokenStats[], b: readonly TokenStats[]): number {
  const differences = a.flatMap(({ logprobs_T }, n) =>
    Array.from(logprobs_T, (value, t) => Math.abs(value - (b[n]?.logprobs_T[t] ?? Number.NaN))),
  );
  return Math.max(...differences);
}

describe.each(KIND_NAMES)("%s", (kind) => {
  test("the gradient of every A and B agrees with finite differences", async () => {
    const bonuses = randomSequences(true);
    const source = { model: at(kind), adapter: at(`${kind} adapter`) };
    const rows = await parameterGradients(source, bonuses, (stats) => objective(bonuses, stats));
    // A and B of seven layers in each of two.
    expect(rows).toHaveLength(2 * 7 * 2);
    for (const { name, analytic, numeric } of rows) {
      expect(analytic, name).toBeGreaterThan(0);
      const error = Math.abs(analytic - numeric);
      expect(error, name).toBeLessThan(2e-2 * Math.max(1, Math.abs(numeric)));
    }
  });

  test("sampler and scorer agree within 1e-5", async () => {
    await withEngine({ model: at(`${kind} adapter`) }, async (engine) => {
      const prompt = engine.tokenizer.encode("hello");
      const [group = []] = await engine.sample({
        prompts: [prompt],
        rollouts: 8,
        params: { temperature: 1, maxTokens: 20 },
        key: { seed: 5, purpose: "sample", step: 0 },
      });
      const scored = await engine.score(
        group.map(({ tokens_T }) => ({ prompt, completion_T: tokens_T })),
      );
      expect(largestDifference(group, scored)).toBeLessThan(1e-5);
    });
  });

  test("a new adapter changes nothing, a trained one does, and merged it is the same model", async () => {
    const before = await scoreOf({ model: at(kind) });
    expect(await scoreOf({ model: at(kind), lora: LORA })).toEqual(before);
    const merged = at(`${kind} merged`);
    const trained = await withEngine({ model: at(`${kind} adapter`) }, async (engine) => {
      await engine.save(merged, { merged: true });
      return engine.score(sequences);
    });
    expect(largestDifference(trained, before)).toBeGreaterThan(1e-2);
    expect(largestDifference(await scoreOf({ model: merged }), trained)).toBeLessThan(1e-4);
  });
});

test("training goes on exactly after save and load; the base and a snapshot stay what they were", async () => {
  await withEngine({ model: base, lora: LORA }, async (engine) => {
    const initial = await engine.score(sequences);
    await update(engine);
    const first = await engine.score(sequences);
    const snapshot = await engine.snapshot();
    await engine.save(at("middle"), { optimizer: true });
    await update(engine);
    const straight = await engine.score(sequences);
    expect(largestDifference(straight, first)).toBeGreaterThan(1e-3);
    await engine.load(at("middle"), { optimizer: true });
    await update(engine);
    expect(await engine.score(sequences)).toEqual(straight);
    expect(await engine.score(sequences, { policy: snapshot })).toEqual(first);
    await engine.load(base);
    expect(await engine.score(sequences)).toEqual(initial);
  });
  await withEngine({ model: at("middle") }, async (engine) => {
    await engine.load(at("middle"), { optimizer: true });
    await update(engine);
    await engine.save(at("end"));
  });
  await withEngine({ model: base, lora: LORA }, async (engine) => {
    await engine.load(at("middle"), { optimizer: true });
    await update(engine);
    await engine.save(at("end of another"));
  });
  const bytes = (name: string) => readFile(join(at(name), "adapter_model.safetensors"));
  expect(await bytes("end")).toEqual(await bytes("end of another"));
});

test("only the chosen layers have matrices, and info counts them", async () => {
  const lora = { rank: 2, targets: ["q_proj" as const, "down_proj" as const] };
  await withEngine({ model: base, lora }, async (engine) => {
    // 2 layers, rank 2: A[2, in] and B[out, 2] of q [32, 24] and down [24, 40].
    expect(engine.info.adapter).toEqual({
      rank: 2,
      alpha: 16,
      targets: ["q_proj", "down_proj"],
      parameters: 2 * 2 * (24 + 32 + 40 + 24),
    });
  });
  await withEngine({ model: base }, async (engine) => {
    expect(engine.info.adapter).toBeUndefined();
  });
});

describe("is refused with the field:", () => {
  const adapter = () => at("qwen2 adapter");

  test.each([
    ["an unknown layer", { targets: ["q"] as never }, "lora.targets.0"],
    ["a layer twice", { targets: ["q_proj", "q_proj"] as never }, "lora.targets"],
    ["rank 0", { rank: 0 }, "lora.rank"],
    ["an unknown key", { ranks: 8 } as never, "lora.ranks"],
  ])("%s", async (_, lora, field) => {
    await expect(openEngine({ model: base, lora })).rejects.toMatchObject({ exitCode: 2, field });
  });

  test("a new adapter beside an adapter", async () => {
    const both = openEngine({ model: base, adapter: adapter(), lora: LORA });
    await expect(both).rejects.toMatchObject({ code: "two-adapters", field: "lora" });
    const stacked = openEngine({ model: adapter(), adapter: adapter() });
    await expect(stacked).rejects.toMatchObject({ code: "two-adapters", field: "adapter" });
  });

  test("an adapter of other settings, a whole model, and an adapter where weights are trained", async () => {
    await withEngine({ model: base, lora: { ...LORA, rank: 4 } }, async (engine) => {
      await expect(engine.load(adapter())).rejects.toMatchObject({
        code: "other-adapter",
        field: "rank",
      });
      await expect(engine.load(at("olmo2"))).rejects.toMatchObject({ code: "wrong-folder" });
      const both = engine.save(at("both"), { merged: true, optimizer: true });
      await expect(both).rejects.toMatchObject({ code: "bad-save" });
    });
    await withEngine({ model: base }, async (engine) => {
      await expect(engine.load(adapter())).rejects.toMatchObject({ code: "wrong-folder" });
    });
  });

  test("an adapter of a model of another width", async () => {
    await createPerturbedModel(at("wider"), { ...KINDS.qwen2, hidden_size: 32 });
    const other = openEngine({ model: at("wider"), adapter: adapter() });
    await expect(other).rejects.toMatchObject({ code: "wrong-shape" });
  });

  const changes: readonly (readonly [field: string, value: unknown])[] = [
    ["use_dora", true],
    ["bias", "all"],
    ["rank_pattern", { q_proj: 4 }],
    ["modules_to_save", ["lm_head"]],
    ["init_lora_weights", "pissa"],
    ["target_modules", ".*_proj"],
    ["target_modules", ["embed_tokens"]],
    ["peft_type", "IA3"],
    ["r", -1],
  ];
  test.each(changes)("adapter_config.json with %s = %j", async (field, value) => {
    const folder = at("changed");
    await rm(folder, { recursive: true, force: true });
    await withEngine({ model: adapter() }, (engine) => engine.save(folder));
    const file = join(folder, "adapter_config.json");
    const config: object = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify({ ...config, [field]: value }));
    await expect(openEngine({ model: folder })).rejects.toMatchObject({ exitCode: 2 });
    const error: unknown = await openEngine({ model: folder }).catch((reason: unknown) => reason);
    expect(String(error)).toContain(field);
  });

  test.each([null, "Qwen/Qwen2.5-0.5B"])("a base that is not here: %s", async (name) => {
    const folder = at("without base");
    await withEngine({ model: adapter() }, (engine) => engine.save(folder));
    const file = join(folder, "adapter_config.json");
    const config: object = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify({ ...config, base_model_name_or_path: name }));
    await expect(openEngine({ model: folder })).rejects.toMatchObject({
      code: "no-base",
      field: "base_model_name_or_path",
    });
    await withEngine({ model: base, adapter: folder }, async (engine) => {
      expect(engine.info.adapter).toMatchObject({ rank: 3 });
    });
  });

  test("adapter_model.safetensors that is cut short or missing", async () => {
    const folder = at("cut");
    await withEngine({ model: adapter() }, (engine) => engine.save(folder));
    const file = join(folder, "adapter_model.safetensors");
    await writeFile(file, (await readFile(file)).subarray(0, -4));
    await expect(openEngine({ model: folder })).rejects.toMatchObject({ exitCode: 2, file });
    await rm(file);
    await expect(openEngine({ model: folder })).rejects.toMatchObject({ code: "file-missing" });
  });
});
