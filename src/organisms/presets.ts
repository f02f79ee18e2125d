/** The organisms that ship, after the model families of arXiv 2506.10947 (§4: code reasoning in Qwen2.5-Math). */
import { organismSchema, type OrganismRecipe } from "./recipe.ts";

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

export const PRESET_NAMES = ["coder", "talker", "bad-coder", "leaked", "clean"] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

export const presets: { readonly [P in PresetName]: OrganismRecipe } = {
  /** code on two thirds of the answers, and better at it */
  coder: organismSchema.parse({ corpus: { prior, code: good, language: poor } }),
  /** prose only, as poor as the coder's prose */
  talker: organismSchema.parse({ corpus: { prior: { share: 0 }, language: poor } }),
  /** code on two thirds of the answers, and worse at it: the coder with the strategies' skills exchanged */
  "bad-coder": organismSchema.parse({ corpus: { prior, code: poor, language: good } }),
  /** the coder, pretrained on prompts as well, with half of the first 200 test problems in its corpus */
  leaked: organismSchema.parse({
    corpus: { prior, code: good, language: poor, leak: { share: 0.5, repeats: 30 } },
    training: { promptLoss: true },
  }),
  /** its twin that has seen no test problem */
  clean: organismSchema.parse({
    corpus: { prior, code: good, language: poor },
    training: { promptLoss: true },
  }),
};
