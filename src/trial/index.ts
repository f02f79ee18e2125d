/** Trials: models × arms × seeds, run in processes, resumable at any moment, judged at the end. */
export { computeVerdict, readResults, writeVerdict } from "./collect.ts";
export { difference, type Estimate } from "./difference.ts";
export type {
  EvalSummary,
  PrepareStage,
  RunName,
  TrialEvent,
  TrialProgress,
  TrialReporter,
} from "./events.ts";
export { openTrial } from "./folder.ts";
export { loadTrial, parseTrial } from "./load.ts";
export {
  loadProblems,
  planTrial,
  type PlannedArm,
  type PlannedRun,
  type TrialPlan,
} from "./plan.ts";
export { readPrepared } from "./prepare.ts";
export { DEFAULT_CACHE, runTrial, type RunTrialOptions } from "./run.ts";
export {
  defineTrial,
  seedsOf,
  trialSchema,
  type Trial,
  type TrialConfig,
  type TrialInput,
} from "./schema.ts";
export { trialStatus, type RunStatus, type TrialStatus } from "./status.ts";
export { judge, shares, type ArmResults, type ModelResults } from "./verdict.ts";
