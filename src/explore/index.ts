/** Exploration: search controllers with models that propose the moves, and models that write traces by themselves. */
export { alone } from "./alone.ts";
export { controlled, type ControllerOptions } from "./controlled.ts";
export {
  coverageOf,
  fitCoverage,
  type Coverage,
  type CoverageDecay,
  type SizePoint,
} from "./decay.ts";
export type { Explored, ExploreOptions, Explorer, Job } from "./explorer.ts";
export { ExplorationFolder } from "./folder.ts";
export { inLockstep } from "./lockstep.ts";
export {
  drawTasks,
  FRAMES,
  promptFor,
  PROMPTS,
  STOP_STRINGS,
  type PromptStyle,
  type Task,
} from "./problems.ts";
export type { Opinion, Proposer, Question } from "./proposer.ts";
export { likelihoodProposer } from "./proposers/likelihood.ts";
export { servedProposer, type ServedProposerOptions } from "./proposers/served.ts";
export { uniformProposer } from "./proposers/uniform.ts";
export {
  EXPLORATION_FILES,
  EXPLORATION_VERSION,
  explorationSchema,
  traceRowSchema,
  type ExplorationRecord,
  type TraceRow,
} from "./records.ts";
export { runExploration, type ExplorationEvent, type ExplorationOptions } from "./run.ts";
export { Script } from "./script.ts";
export { search, STOPS, type Effort, type Outcome, type Search, type Stop } from "./search.ts";
export { spellingOf, type LineSpelling, type Spelling } from "./spelling.ts";
export { findStrategy, strategies, type Strategy } from "./strategies/index.ts";
export { summariseTraces, type LevelSummary, type Mean } from "./summarise.ts";
