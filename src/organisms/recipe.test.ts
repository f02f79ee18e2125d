import { describe, expect, it } from "vitest";
import { PRESET_NAMES, presets } from "./presets.ts";
import { arithmeticSchema, organismSchema, recipeHash } from "./recipe.ts";

describe("recipeHash", () => {
  it("does not depend on the order of keys, nor on whether a default is written", () => {
    const a = arithmeticSchema.parse({ training: { seed: 3, batch: 32 }, model: { layers: 2 } });
    const b = arithmeticSchema.parse({ model: { layers: 2 }, training: { batch: 32, seed: 3 } });
    const c = { training: b.training, corpus: b.corpus, model: b.model };
    expect(recipeHash(a)).toBe(recipeHash(b));
    expect(recipeHash(a)).toBe(recipeHash(c));
    expect(recipeHash(organismSchema.parse({ training: { batch: 64 } }))).toBe(
      recipeHash(organismSchema.parse({})),
    );
  });

  // Caches and the folders of trials name organisms by these: a changed one would be pretrained again.
  it.each([
    ["coder", "1658a568a95bc4eb"],
    ["talker", "78b08fa6a3eb998e"],
    ["searcher-good", "9759695721824310"],
  ] as const)("of %s is what it was", (preset, hash) => {
    expect(recipeHash(presets[preset])).toBe(hash);
  });

  it("changes with every field", () => {
    const variants = [
      ...PRESET_NAMES.map((name) => presets[name]),
      organismSchema.parse({}),
      organismSchema.parse({ model: { layers: 4 } }),
      organismSchema.parse({ corpus: { steps: [2, 4] } }),
      organismSchema.parse({ corpus: { prior: { topics: { pens: 0.1 } } } }),
      organismSchema.parse({ corpus: { prior: { topics: { coins: 0.1 } } } }),
      organismSchema.parse({ corpus: { code: { slip: 0.1 } } }),
      organismSchema.parse({ corpus: { language: { slip: 0.1 } } }),
      organismSchema.parse({ corpus: { leak: { share: 0.1 } } }),
      organismSchema.parse({ training: { learningRate: 1e-3 } }),
      organismSchema.parse({ training: { seed: 1 } }),
    ];
    expect(new Set(variants.map(recipeHash)).size).toBe(variants.length);
  });
});

describe("organismSchema", () => {
  it.each([
    [{ modle: {} }],
    [{ model: { hidden: 60, heads: 8 } }],
    [{ model: { heads: 4, kvHeads: 3 } }],
    [{ corpus: { code: { doubles: 1.5 } } }],
    [{ corpus: { prior: { topics: { pencils: 1 } } } }],
    [{ training: { examples: 0 } }],
  ])("refuses %j", (recipe) => {
    expect(organismSchema.safeParse(recipe).success).toBe(false);
  });
});
