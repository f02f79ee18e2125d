/** Problem families for systematic search: spaces, exact solvers, trace languages and judges. */
export { defineFamily } from "./define.ts";
export type {
  ConfluentSpace,
  Family,
  Fault,
  GoalMode,
  Judge,
  Judgement,
  Move,
  Node,
  Progress,
  StateSpace,
} from "./define.ts";
export { CLASS_OF, LABELS, MEANING } from "./labels.ts";
export type { FailureClass, Label } from "./labels.ts";
export type { Statement } from "./language.ts";
export { problemOf, promptOf } from "./prompt.ts";
export { searchFamilies, searchFamily } from "./registry.ts";
