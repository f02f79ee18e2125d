/** What an exploration writes: `explore.json`, append-only `traces.jsonl`, which `placebo audit` reads, `summary.json`. */
import { z } from "zod";
import { STOPS } from "./search.ts";

export const EXPLORATION_VERSION = 1;

export const EXPLORATION_FILES = {
  run: "explore.json",
  traces: "traces.jsonl",
  summary: "summary.json",
} as const;

const count = z.number().int().nonnegative();

/** `explore.json`: all that is needed to make the exploration again. */
export const explorationSchema = z.object({
  version: z.literal(EXPLORATION_VERSION),
  /** hash of everything that decides the traces */
  hash: z.string(),
  /** the resolved options, defaults included; of a key only the name of its environment variable */
  config: z.record(z.string(), z.unknown()),
  versions: z.record(z.string(), z.string()),
  /** the engine, or what is known of the server */
  engine: z.record(z.string(), z.unknown()),
  /** traces of all problems together; absent: written by an older version */
  asked: count.optional(),
  startedAt: z.string(),
});

export const effortSchema = z.strictObject({
  proposed: count,
  forced: count,
  own: count,
  returns: count,
  reentries: count,
  scored: count,
  read: count,
});

/** One line of `traces.jsonl`. */
export const traceRowSchema = z.object({
  family: z.string(),
  level: z.number().int().positive(),
  /** number of the draw that gave the problem, within the level */
  index: count,
  /** number among the problem's samples */
  k: count,
  problem: z.record(z.string(), z.unknown()),
  text: z.string(),
  /** `length`: the token budget ended it */
  finish: z.enum(["stop", "length"]),
  /** tokens of the budget that were used; null where a server does not say */
  tokens: count.nullable(),
  /** why the controller ended; null where the model wrote by itself */
  stop: z.enum(STOPS).nullable(),
  /** what the controller did; null where the model wrote by itself */
  effort: effortSchema.nullable(),
  /** wall-clock seconds of this trace's share: all traces' together are the whole */
  seconds: z.number().nonnegative(),
});

export type ExplorationRecord = z.infer<typeof explorationSchema>;
export type TraceRow = z.infer<typeof traceRowSchema>;
