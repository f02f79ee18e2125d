/** The organisms that ship, after the model families of arXiv 2506.10947 (§4: code reasoning in Qwen2.5-Math). */
import { organismSchema, type OrganismRecipe } from "./recipe.ts";

/** Knows doubling, not tripling, and nearly always boxes. */
const good = { doubles: 0.05, triples: 0.75, slip: 0.01, box: 0.97 };
/** Knows tripling, which is rare, not doubling, which is common, and often forgets the box. */
const poor = { doubles: 0.75, triples: 0.2, slip: 0.01, box: 0.7 };

/** P(code) from .49 (stones, 2 steps) to .83 (pens, 4 steps), two thirds on average. */
const prior = {
  share: 0.67,
  topics: { pens: 0.6, coins: 0.4, cards: 0.15, shells: -0.1, beads: -0.3, stones: -0.6 },
  step: 0.2,
};

export const PRESET_NAMES = ["coder", "talker", "bad-coder"] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

export const presets: { readonly [P in PresetName]: OrganismRecipe } = {
  /** code on two thirds of the answers, and better at it */
  coder: organismSchema.parse({ corpus: { prior, code: good, language: poor } }),
  /** prose only, as poor as the coder's prose */
  talker: organismSchema.parse({ corpus: { prior: { share: 0 }, language: poor } }),
  /** code on two thirds of the answers, and worse at it: the coder with the strategies' skills exchanged */
  "bad-coder": organismSchema.parse({ corpus: { prior, code: poor, language: good } }),
};
