/** What a trial says while it goes on: the events that reporters draw and that `--json` prints, one a line. */
import type { EvalRow, MetricsRow, Verdict } from "../records/index.ts";

/** One run of a trial. */
export interface RunName {
  readonly model: string;
  readonly arm: string;
  readonly seed: number;
}

/** An evaluation without its problems. */
export type EvalSummary = Omit<EvalRow, "problems">;

/** How far the whole trial is. */
export interface TrialProgress {
  readonly runsDone: number;
  readonly runsTotal: number;
  /** rollout steps of all runs */
  readonly stepsDone: number;
  readonly stepsTotal: number;
  /** of the training stage, at the pace so far; null before there is one */
  readonly secondsLeft: number | null;
}

/** Stages of preparing a model, in order. Totals are in examples, problems and problems. */
export type PrepareStage = "organism" | "evaluation" | "labels";

export type TrialEvent =
  | {
      readonly event: "trial";
      readonly name: string;
      readonly directory: string;
      readonly models: readonly string[];
      readonly arms: readonly string[];
      readonly seeds: readonly number[];
      /** processes */
      readonly workers: number;
      /** whether the folder already held a part of this trial */
      readonly resumed: boolean;
      readonly progress: TrialProgress;
    }
  | {
      readonly event: "prepare";
      readonly model: string;
      readonly stage: PrepareStage;
      readonly done: number;
      readonly total: number;
    }
  | { readonly event: "prepared"; readonly model: string; readonly base: readonly EvalSummary[] }
  | {
      readonly event: "run-start";
      readonly run: RunName;
      /** steps that the checkpoint already holds */
      readonly step: number;
      readonly steps: number;
    }
  | {
      readonly event: "step";
      readonly run: RunName;
      readonly steps: number;
      readonly metrics: MetricsRow;
      readonly progress: TrialProgress;
    }
  | { readonly event: "evaluation"; readonly run: RunName; readonly evaluation: EvalSummary }
  | { readonly event: "run-end"; readonly run: RunName; readonly progress: TrialProgress }
  | {
      readonly event: "run-failed";
      /** null: the model's preparation failed, and with it all its runs */
      readonly run: RunName | null;
      readonly model: string;
      readonly message: string;
      readonly hint: string;
      readonly willRetry: boolean;
    }
  | ({ readonly event: "verdict"; readonly directory: string } & Verdict);

export type TrialReporter = (event: TrialEvent) => void;
