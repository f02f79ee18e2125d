/** Model organisms: tiny models whose pretraining is known to the last example. */
export { codePrior, openCorpus, type Corpus, type Example } from "./corpus.ts";
export { ensureOrganism, type EnsureOptions, type EnsuredOrganism } from "./ensure.ts";
export { measure, type Measurement, type Rates } from "./measure.ts";
export { PRESET_NAMES, presets, type PresetName } from "./presets.ts";
export { pretrain, type PretrainProgress } from "./pretrain.ts";
export { organismSchema, recipeHash, type Habits, type OrganismRecipe } from "./recipe.ts";
export { solve } from "./solve.ts";
export { organismTokenizer } from "./tokenizer.ts";
