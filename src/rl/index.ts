/** Reinforcement learning on the engine port: GRPO, its evaluation, and the pieces that both are made of. */
export {
  clipSchema,
  evaluationSchema,
  grpoSchema,
  type EvaluationConfig,
  type GrpoConfig,
} from "./config.ts";
export {
  groupAdvantages,
  stepAdvantages,
  whiten,
  type Advantage,
  type GroupAdvantages,
  type StepAdvantages,
} from "./advantages.ts";
export {
  klEstimators,
  klSlopes,
  klValues,
  policyTerms,
  surrogateTerms,
  tokenWeights,
  type KlEstimator,
  type PolicyInput,
  type PolicyTerms,
  type SurrogateTerms,
} from "./losses.ts";
export { scheduledRate, totalUpdates } from "./schedule.ts";
export { minibatches, promptOrder } from "./order.ts";
export { encodePrompt, problemsThatFit } from "./prompts.ts";
export { evaluate, protocolsOf, type EvaluateOptions, type Protocol } from "./evaluate.ts";
export { countVotes, drawLabels, type LabelOptions } from "./labels.ts";
export { grpoStep, type StepResult } from "./grpo.ts";
export type { StepMetrics } from "./metrics.ts";
export type { GrpoRun } from "./rollouts.ts";
export { train, type TrainEvent, type TrainOptions } from "./train.ts";
