/** Model organisms: tiny models whose pretraining is known to the last example. */
export { codePrior, openCorpus, type Corpus, type Example, type TextExample } from "./corpus.ts";
export {
  ensureOrganism,
  searchTaskOf,
  type EnsureOptions,
  type EnsuredOrganism,
} from "./ensure.ts";
export { measure, type Measurement, type Rates } from "./measure.ts";
export { PRESET_NAMES, presets, type PresetName } from "./presets.ts";
export { pretrain, type PretrainProgress } from "./pretrain.ts";
export {
  isSearcher,
  organismSchema,
  parseRecipe,
  recipeHash,
  type ArithmeticRecipe,
  type Habits,
  type OrganismRecipe,
  type SearcherRecipe,
} from "./recipe.ts";
export { openSearchCorpus, type SearchExample } from "./search-corpus.ts";
export { measureSearch, type SearchMeasurement, type SearchRates } from "./search-measure.ts";
export type { SearchCorpus, Wandering } from "./search-recipe.ts";
export { solve } from "./solve.ts";
export { organismTokenizer } from "./tokenizer.ts";
export { SYSTEMATIC, wander } from "./wander.ts";
