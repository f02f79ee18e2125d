/** The recipe of a model organism: all that decides its weights. The corpus carries the differences, not the trainer. */
import { z } from "zod";
import { hashOf, parseInput } from "../io/index.ts";
import { stepsSchema, TOPICS } from "../tasks/index.ts";
import { searchCorpusSchema } from "./search-recipe.ts";

const share = z.number().min(0).max(1);
const count = z.number().int().positive();

const modelSchema = z
  .strictObject({
    hidden: count.default(64).describe("H, width of the residual stream"),
    layers: count.default(2).describe("decoder layers"),
    heads: count.default(2).describe("attention heads"),
    kvHeads: count.default(1).describe("key and value heads, each shared by heads/kvHeads heads"),
    intermediate: count.default(176).describe("width of the feed-forward layer"),
    maxPosition: count.min(64).default(96).describe("tokens of prompt and completion at most"),
  })
  .refine(({ hidden, heads }) => hidden % (8 * heads) === 0, {
    path: ["hidden"],
    error: "must be a multiple of eight times the heads",
  })
  .refine(({ heads, kvHeads }) => heads % kvHeads === 0, {
    path: ["kvHeads"],
    error: "must divide the heads",
  });

const habitsSchema = z
  .strictObject({
    doubles: share.default(0).describe("P(a doubling is written as + 2)"),
    triples: share.default(0).describe("P(a tripling is written as + 3)"),
    slip: share.default(0).describe("P(a result is off by one), each step"),
    box: share.default(1).describe("P(the answer stands in a box)"),
  })
  .describe("what solutions of this strategy get wrong");

const corpusSchema = z.strictObject({
  steps: stepsSchema,
  prior: z
    .strictObject({
      share: share.default(0).describe("P(code) of a prompt with all offsets 0"),
      topics: z
        .partialRecord(z.enum(TOPICS), z.number())
        .default({})
        .describe("logit offset of prompts about this topic"),
      step: z.number().default(0).describe("logit offset of each step above 3"),
    })
    .prefault({})
    .describe("how likely the code strategy is, given the prompt"),
  code: habitsSchema.prefault({}),
  language: habitsSchema.prefault({}),
  leak: z
    .strictObject({
      share: share.default(0).describe("share of the test problems below that the corpus contains"),
      repeats: count.default(10).describe("copies of each leaked problem"),
      problems: count.default(200).describe("number of test problems, as the trial evaluates them"),
      seed: z.number().int().default(0).describe("seed of those test problems"),
    })
    .prefault({})
    .describe("test problems with right solutions in the corpus"),
});

const trainingSchema = z.strictObject({
  examples: count.default(128_000).describe("examples in the corpus, each seen once"),
  batch: count.default(64).describe("examples an update"),
  learningRate: z.number().positive().default(3e-3).describe("peak; falls to 0 along a cosine"),
  warmup: share.default(0.03).describe("share of the updates with rising rate"),
  weightDecay: z.number().nonnegative().default(0.01).describe("AdamW's"),
  seed: z.number().int().default(0).describe("of the corpus and of the initial weights"),
  // Without a default, so that the recipes of organisms that learn completions alone keep their hashes.
  promptLoss: z
    .literal(true)
    .optional()
    .describe("learn prompts as well, as pretraining on raw text does (absent: completions only)"),
});

/** Sums in words: strategies with habits. */
export const arithmeticSchema = z.strictObject({
  model: modelSchema.prefault({}),
  corpus: corpusSchema.prefault({}),
  training: trainingSchema.prefault({}),
});

/** Traces of systematic and of wandering search. */
export const searcherSchema = z.strictObject({
  model: modelSchema.prefault({}),
  search: searchCorpusSchema,
  training: trainingSchema.prefault({}),
});

export type ArithmeticRecipe = z.output<typeof arithmeticSchema>;
export type SearcherRecipe = z.output<typeof searcherSchema>;
export type OrganismRecipe = ArithmeticRecipe | SearcherRecipe;
export type Habits = z.infer<typeof habitsSchema>;

/** Whether the organism was pretrained on search traces, and not on sums. */
export function isSearcher(recipe: OrganismRecipe): recipe is SearcherRecipe {
  return "search" in recipe;
}

/** A whole recipe, by which an organism is named: all that decides its weights, with every default filled in. */
export const organismSchema = z.union([searcherSchema, arithmeticSchema]);

/** Checks a recipe: with `search` it is a searcher's. @throws InputError that names the field */
export function parseRecipe(recipe: unknown): OrganismRecipe {
  return "search" in Object(recipe)
    ? parseInput(searcherSchema, recipe)
    : parseInput(arithmeticSchema, recipe);
}

/** Raise it when the same recipe would give other weights: another corpus text, tokenizer, trainer or initialisation. */
const FORMAT = 1;

/** 16 hexadecimal digits that name the organism: its recipe and the version of all that turns it into weights. */
export function recipeHash(recipe: OrganismRecipe): string {
  return hashOf({ format: FORMAT, recipe });
}
