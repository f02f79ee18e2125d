/** The papers' analyses as pure functions on records: strategies, clipping, contamination, internal feedback. */
export {
  clippingBias,
  clippingMu,
  clippingSummary,
  signalChance,
  type ClippingPoint,
  type ClippingSummary,
  type MeasuredBias,
} from "./clipping.ts";
export {
  frameOf,
  partialProblems,
  SHOWN,
  splitProblem,
  type Frame,
  type PartialProblem,
} from "./contamination/partial.ts";
export {
  compareContinuation,
  compareProbes,
  detection,
  MEASURES,
  probeVerdict,
  type Continuation,
  type Measure,
  type ProbeComparison,
  type ProbeEstimates,
  type ProbeVerdict,
} from "./contamination/probe.ts";
export { rougeL } from "./contamination/rouge.ts";
export {
  collapses,
  earlyLearning,
  separation,
  type Collapse,
  type Scored,
  type Separation,
  type StepOutlook,
} from "./internal-feedback.ts";
export { classifierOf, classifiers, type Classifier } from "./strategies/classifiers.ts";
export { StrategyCounter, type Answered, type StrategyPoint } from "./strategies/over-training.ts";
export {
  meanContributions,
  partialContributions,
  SUBSETS,
  switchingOf,
  type Contributions,
  type Subset,
  type Switched,
  type Switching,
} from "./strategies/switching.ts";
