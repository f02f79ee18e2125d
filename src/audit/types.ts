/** What an audit says about one trace. Plain data: it is written as JSON as it is. */
import type { GoalMode, Label } from "../search/index.ts";

export const AUDIT_VERSION = 1;

/** One trace as it is audited. */
export interface Trace {
  readonly text: string;
  /** why the text ends: by itself, or at the token budget; absent where nobody recorded it */
  readonly finish?: "stop" | "length";
}

export interface Finding {
  readonly label: Label;
  readonly message: string;
}

export interface AuditedStep {
  /** 0-based, in the order of the text */
  readonly index: number;
  /** offsets in the text, UTF-16 units, end exclusive */
  readonly start: number;
  readonly end: number;
  readonly kind: "visit" | "return" | "evaluate" | "conclude" | "unparsable" | "elision";
  /** key of the state that the step leads to; absent where it moves nowhere */
  readonly state?: string;
  readonly findings: readonly Finding[];
  /** false where the step leads only to states that Definition 2(c) can do without; absent where it moves nowhere */
  readonly necessary?: boolean;
  /** −1 wrong, 0 not wrong but no progress, 1 good: PRM800K's scale */
  readonly value: -1 | 0 | 1;
}

/** A score is null where there is nothing to count. */
export interface Scores {
  /** share of steps without a label of the classes invalid and evaluation; conclusions are not counted */
  readonly validity: number | null;
  /** whether a goal was reached by valid steps */
  readonly effective: boolean;
  /** share of necessary states, Definition 2(c) */
  readonly necessity: number | null;
  /** share of what the goal mode requires that was searched */
  readonly completeness: number | null;
  /** distinct valid goal states reached / all goal states (section 4.4); null where there are none */
  readonly coverage: number | null;
  /** share of visits in branches that were left without a goal (arXiv 2509.19284) */
  readonly failedSteps: number | null;
}

/** How the trace ended. `stopped`: by itself without a conclusion; `unknown`: without one, and nobody recorded why. */
export type Ending = "concluded" | "budget exhausted" | "stopped" | "unknown";

export interface Audit {
  readonly version: typeof AUDIT_VERSION;
  readonly family: string;
  readonly goalMode: GoalMode;
  readonly ending: Ending;
  /** whether the final answer is right, whatever the steps did; null without an answer */
  readonly correct: boolean | null;
  /** index of the first step with a finding, −1 where there is none: ProcessBench's label */
  readonly firstError: number;
  /** steps that could not be read */
  readonly unparsable: number;
  readonly steps: readonly AuditedStep[];
  readonly scores: Scores;
}
