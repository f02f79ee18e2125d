/** Whoever explores problems: a controller with a model that proposes, or a model by itself. */
import type { Task } from "./problems.ts";
import type { TraceRow } from "./records.ts";

/** One trace to be had: sample k of a problem. */
export interface Job {
  readonly task: Task;
  readonly k: number;
}

export type Explored =
  | (Job & Pick<TraceRow, "text" | "finish" | "tokens" | "stop" | "effort">)
  /** a trace that a server did not give; it is asked for again when the exploration goes on */
  | (Job & { readonly missed: string });

export interface ExploreOptions {
  /** is this trace there already? */
  readonly has: (job: Job) => boolean;
  readonly signal: AbortSignal;
  /** called with the number of traces, or parts of traces, that are made and not yet given */
  readonly onProgress: (made: number) => void;
}

export interface Explorer {
  /** for records: the engine, or what is known of the server */
  readonly info: Readonly<Record<string, unknown>>;
  /**
   * Makes the traces that are not there yet, in any order.
   *
   * @throws InputError where a prompt does not fit, EngineError where nothing more can be had, CancelledError
   */
  explore(tasks: readonly Task[], options: ExploreOptions): AsyncIterable<readonly Explored[]>;
}
