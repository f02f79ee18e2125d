import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openEngine } from "../engine/index.ts";
import { readJson } from "../io/index.ts";
import { ensureOrganism, organismFileSchema } from "./ensure.ts";
import type { PretrainProgress } from "./pretrain.ts";
import { organismSchema, recipeHash } from "./recipe.ts";

const recipe = organismSchema.parse({
  model: { hidden: 16, layers: 1, heads: 2, kvHeads: 1, intermediate: 32 },
  corpus: { steps: [1, 2], prior: { share: 0.7 } },
  training: { examples: 2400, batch: 32, learningRate: 1e-2 },
});

let cacheDirectory: string;
beforeAll(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), "organisms-"));
});
afterAll(() => rm(cacheDirectory, { recursive: true }));

describe("ensureOrganism", () => {
  it("pretrains once: the loss falls, the folder opens, and the same recipe is found again", async () => {
    const progress: PretrainProgress[] = [];
    const onProgress = (update: PretrainProgress) => void progress.push(update);
    const first = await ensureOrganism(recipe, { cacheDirectory, onProgress });
    expect(first).toEqual({
      directory: join(cacheDirectory, recipeHash(recipe)),
      hash: recipeHash(recipe),
      cached: false,
    });
    expect(progress.map(({ done }) => done)).toEqual(Array.from({ length: 75 }, (_, i) => i + 1));
    // A fresh model knows nothing: the loss starts at the logarithm of the vocabulary.
    expect(progress[0]?.loss).toBeCloseTo(Math.log(336), 0);
    expect(progress.at(-1)?.loss).toBeLessThan(2);
    expect(progress.at(-1)?.secondsLeft).toBe(0);

    const record = await readJson(join(first.directory, "organism.json"), organismFileSchema);
    expect(record.recipe).toEqual(recipe);
    expect(record.finalLoss).toBeLessThan(2);
    expect(record.measured).toMatchObject({ samples: 1000 });

    const again = await ensureOrganism(recipe, { cacheDirectory });
    expect(again).toEqual({ ...first, cached: true });
    expect(await readdir(cacheDirectory)).toEqual([first.hash]);

    const engine = await openEngine({ model: first.directory });
    const prompts = [engine.tokenizer.encode("sam has 12 pens, gets 5. how many?")];
    const params = { temperature: 0, maxTokens: 40 };
    const key = { seed: 0, purpose: "sample", step: 0 } as const;
    const [[completion] = []] = await engine.sample({ prompts, rollouts: 1, params, key });
    expect(completion?.text).toMatch(/^\n(let|first)/);
    await engine.close();
  });

  it("gives the same weights to two that ask at once", async () => {
    const small = { ...recipe, training: { ...recipe.training, examples: 320 } };
    const both = await Promise.all([
      ensureOrganism(small, { cacheDirectory }),
      ensureOrganism(small, { cacheDirectory }),
    ]);
    expect(both[0].directory).toBe(both[1].directory);
    expect((await readdir(cacheDirectory)).filter((name) => name.startsWith("unfinished"))).toEqual(
      [],
    );
    const elsewhere = await mkdtemp(join(tmpdir(), "organisms-"));
    const other = await ensureOrganism(small, { cacheDirectory: elsewhere });
    const [a, b] = await Promise.all(
      [both[0], other].map(({ directory }) =>
        readJson(join(directory, "organism.json"), organismFileSchema),
      ),
    );
    expect(a).toEqual(b);
    await rm(elsewhere, { recursive: true });
  });

  it("leaves nothing behind when it is cancelled", async () => {
    const cancelled = { ...recipe, training: { ...recipe.training, seed: 9 } };
    const controller = new AbortController();
    const before = await readdir(cacheDirectory);
    const onProgress = ({ done }: PretrainProgress) => done === 3 && controller.abort();
    await expect(
      ensureOrganism(cancelled, { cacheDirectory, onProgress, signal: controller.signal }),
    ).rejects.toMatchObject({ code: "cancelled" });
    expect(await readdir(cacheDirectory)).toEqual(before);
  });

  it("says which folder to delete when its record is damaged", async () => {
    const small = { ...recipe, training: { ...recipe.training, examples: 64 } };
    const { directory } = await ensureOrganism(small, { cacheDirectory });
    await writeFile(join(directory, "organism.json"), "{");
    await expect(ensureOrganism(small, { cacheDirectory })).rejects.toMatchObject({
      code: "damaged-organism",
      file: join(directory, "organism.json"),
    });
  });
});
