/** Statistics of trials: intervals over seeds and problems, paired, permutation and equivalence tests, Holm, power. */
export {
  bootstrapMean,
  percentileInterval,
  quantile,
  replicatedDifference,
  replicateMean,
  resample,
} from "./bootstrap.ts";
export type { Replicated, Resampling, SeedTable } from "./bootstrap.ts";
export { average, componentsOf, crossedDifference } from "./crossed.ts";
export type { Components, Table, TEstimate } from "./crossed.ts";
export {
  differenceOf,
  intervalOverProblems,
  meanEstimate,
  shareEstimate,
  type Estimate,
} from "./estimates.ts";
export { pAbove, pBelow, pEquivalent, pNotWorse } from "./equivalence.ts";
export { holm } from "./holm.ts";
export { pairedBootstrap, pairedT } from "./paired.ts";
export { labelPermutationTest, signFlipTest, type PermutationTest } from "./permutation.ts";
export { MOST_SEEDS, powerOf, seedsFor, type Design } from "./power.ts";
export { mannWhitney, type RankTest } from "./rank.ts";
export { normalCdf, normalQuantile, studentCdf, studentQuantile, tTestPower } from "./special.ts";
