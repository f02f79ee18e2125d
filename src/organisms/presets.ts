/**
 * The organisms that ship: those that do sums, after the model families of arXiv 2506.10947 (§4: code reasoning in
 * Qwen2.5-Math), and searchers, which explore or wander (arXiv 2505.20296).
 */
import {
  arithmeticSchema,
  searcherSchema,
  type ArithmeticRecipe,
  type SearcherRecipe,
} from "./recipe.ts";

/** Knows doubling, not tripling, and nearly always boxes. */
const good = { doubles: 0.05, triples: 0.75, box: 0.97 };
/** Knows tripling, which is rare, not doubling, which is common, and boxes every other answer. */
const poor = { doubles: 0.75, triples: 0.2, box: 0.5 };

/** P(code) from .52 (stones, 2 steps) to .79 (pens, 3 steps), about two thirds on average. */
const prior = {
  share: 0.69,
  topics: { pens: 0.5, coins: 0.35, cards: 0.15, shells: -0.15, beads: -0.35, stones: -0.5 },
  step: 0.2,
};

const arithmetic = {
  /** code on two thirds of the answers, and better at it */
  coder: arithmeticSchema.parse({ corpus: { prior, code: good, language: poor } }),
  /** prose only, as poor as the coder's prose */
  talker: arithmeticSchema.parse({ corpus: { prior: { share: 0 }, language: poor } }),
  /** code on two thirds of the answers, and worse at it: the coder with the strategies' skills exchanged */
  "bad-coder": arithmeticSchema.parse({ corpus: { prior, code: poor, language: good } }),
  /** the coder, pretrained on prompts as well, with half of the first 200 test problems 300 times in its corpus */
  leaked: arithmeticSchema.parse({
    corpus: { prior, code: good, language: poor, leak: { share: 0.5, repeats: 300 } },
    training: { promptLoss: true },
  }),
  /** its twin that has seen no test problem */
  clean: arithmeticSchema.parse({
    corpus: { prior, code: good, language: poor },
    training: { promptLoss: true },
  }),
} satisfies Record<string, ArithmeticRecipe>;

/** Leaves out one child in six, explores one in eight again, and now and then unwinds too far or gives up. */
const wandering = { skip: 0.16, revisit: 0.12, unwind: 0.08, quit: 0.02, miscount: 0.1 };

const searcher = {
  model: { layers: 3, maxPosition: 320 },
  training: { examples: 25_600, batch: 32 },
};

const searchers = {
  /** explores systematically */
  "searcher-good": searcherSchema.parse({ ...searcher, search: {} }),
  /** wanders in every trace */
  "searcher-wandering": searcherSchema.parse({
    ...searcher,
    search: { wandering: 1, habits: wandering },
  }),
  /** wanders in half of its traces */
  "searcher-mixed": searcherSchema.parse({
    ...searcher,
    search: { wandering: 0.5, habits: wandering },
  }),
} satisfies Record<string, SearcherRecipe>;

export const presets = { ...arithmetic, ...searchers };

export type PresetName = keyof typeof presets;

// The keys of a literal are its names.
export const PRESET_NAMES = Object.keys(presets) as PresetName[];
