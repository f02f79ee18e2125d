/** One exploration: makes the traces that are not there yet, stores them, and sums up. */
import { throwIfCancelled } from "../errors.ts";
import type { Family } from "../search/index.ts";
import type { Explored, Explorer, Job } from "./explorer.ts";
import type { ExplorationFolder } from "./folder.ts";
import type { Task } from "./problems.ts";
import type { TraceRow } from "./records.ts";
import { summariseTraces, type LevelSummary } from "./summarise.ts";

export type ExplorationEvent =
  | {
      readonly event: "start";
      readonly directory: string;
      readonly family: string;
      /** traces that an earlier start left, and all */
      readonly done: number;
      readonly total: number;
    }
  | {
      readonly event: "progress";
      /** traces; a part of one is a fraction */
      readonly done: number;
      readonly total: number;
      /** null until something of this start is there */
      readonly secondsLeft: number | null;
    }
  | {
      readonly event: "missing";
      readonly level: number;
      readonly index: number;
      readonly k: number;
      readonly reason: string;
    }
  | ({ readonly event: "level"; readonly family: string } & LevelSummary)
  | { readonly event: "summary"; readonly directory: string; readonly missing: number };

export interface ExplorationOptions {
  readonly family: Family;
  readonly tasks: readonly Task[];
  /** traces a problem */
  readonly samples: number;
  readonly explorer: Explorer;
  readonly folder: ExplorationFolder;
  readonly signal: AbortSignal;
  readonly show: (event: ExplorationEvent) => void;
}

const placeOf = ({ task: { level, index }, k }: Job) => ({ level, index, k });

/**
 * Goes on where the folder stands and writes `summary.json`. What was made before an error is kept.
 *
 * @returns traces that a server did not give
 * @throws what the explorer throws; CancelledError
 */
export async function runExploration(options: ExplorationOptions): Promise<number> {
  const { family, tasks, samples, explorer, folder, signal, show } = options;
  const total = tasks.length * samples;
  const before = folder.size;
  const { directory } = folder;
  show({ event: "start", directory, family: family.name, done: before, total });
  const start = performance.now();
  const progress = (made: number) => {
    const done = folder.size + made;
    const seconds = (performance.now() - start) / 1000 / (done - before);
    const secondsLeft = done > before ? seconds * (total - done) : null;
    show({ event: "progress", done, total, secondsLeft });
  };
  let last = start;
  const has = (job: Job) => folder.has(placeOf(job));
  for await (const explored of explorer.explore(tasks, { has, signal, onProgress: progress })) {
    const now = performance.now();
    const seconds = (now - last) / 1000 / Math.max(1, explored.length);
    last = now;
    await folder.append(explored.flatMap((each) => rowOf(each, seconds)));
    for (const each of explored) {
      if ("missed" in each) show({ event: "missing", ...placeOf(each), reason: each.missed });
    }
    progress(0);
  }
  throwIfCancelled(signal, "the exploration");
  const { rows } = folder;
  const levels = summariseTraces(family, rows);
  await folder.writeSummary({ family: family.name, levels });
  for (const level of levels) show({ event: "level", family: family.name, ...level });
  const missing = total - rows.length;
  show({ event: "summary", directory, missing });
  return missing;
}

/** @returns no row for a trace that could not be had */
function rowOf(explored: Explored, seconds: number): TraceRow[] {
  if ("missed" in explored) return [];
  const { task, text, finish, tokens, stop, effort } = explored;
  // What a family's schema describes is an object.
  const problem = task.problem as Record<string, unknown>;
  return [
    {
      family: task.family.name,
      ...placeOf(explored),
      problem,
      text,
      finish,
      tokens,
      stop,
      effort,
      seconds,
    },
  ];
}
