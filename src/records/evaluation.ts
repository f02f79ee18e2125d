/** What an evaluation writes: `eval.json`, append-only `samples.jsonl`, and `summary.json` once all is counted. */
import { z } from "zod";
import { RECORD_VERSION } from "./run.ts";

const count = z.number().int().nonnegative();
const fraction = z.number().min(0).max(1);

/** `eval.json`: all that is needed to make the evaluation again. */
export const evaluationRunSchema = z.object({
  version: z.literal(RECORD_VERSION),
  /** model folder, file or id; or `openai:URL#name` */
  model: z.string(),
  /** hash of everything that decides the numbers */
  hash: z.string(),
  /** the resolved options, defaults included; of a key only the name of its environment variable */
  config: z.record(z.string(), z.unknown()),
  versions: z.record(z.string(), z.string()),
  /** the engine, or what is known of the server */
  engine: z.record(z.string(), z.unknown()),
  /** samples of all problems together; absent: written by an older version */
  asked: count.optional(),
  startedAt: z.string(),
});

/** One line of `samples.jsonl`: a sample that was answered. A sample that could not be had has no line. */
export const sampleSchema = z.object({
  bench: z.string(),
  problem: z.string(),
  /** number among the problem's K samples */
  k: count,
  /** what the model was given, as text or as chat messages in JSON; written once a problem, with k = 0 */
  prompt: z.string().optional(),
  text: z.string(),
  /** what a reasoning server gave apart from the text; it is not graded */
  reasoning: z.string().optional(),
  /** generated ids, where they are known */
  tokens: z.array(z.number().int()).optional(),
  /** generated tokens; null where a server does not say */
  length: count.nullable(),
  finish: z.enum(["stop", "length"]),
  answer: z.string().nullable(),
  gold: z.string(),
  /** null: it could not be decided, for the reason in `ungraded` */
  correct: fraction.nullable(),
  ungraded: z.string().optional(),
  /** named components of the grade */
  parts: z.record(z.string(), z.number()).optional(),
  /** means over the sample's tokens at temperature 1, in nats; the embedded engine alone knows them */
  stats: z
    .object({ logprob: z.number(), entropy: z.number(), selfCertainty: z.number() })
    .optional(),
  /** wall-clock seconds of generation that this sample accounts for: all samples' together are the whole */
  seconds: z.number().nonnegative(),
});

/** A mean over problems with its 95% interval. */
export const meanOverProblemsSchema = z.object({
  estimate: fraction,
  /** null for a fraction of one problem, which says nothing of others */
  ci: z.tuple([fraction, fraction]).nullable(),
  /** problems that it is a mean of: those with enough graded samples */
  problems: z.number().int().positive(),
});

const meanAtKSchema = meanOverProblemsSchema.extend({ k: z.number().int().positive() });

/** Everything that one benchmark gave. */
export const benchResultSchema = z.object({
  bench: z.string(),
  problems: count,
  /** samples a problem, n */
  samples: z.number().int().positive(),
  /** samples that were asked for = graded + ungraded + missing */
  graded: count,
  ungraded: count,
  missing: count,
  /** of the samples that were answered: without an answer that could be extracted, and cut at the limit */
  extractionFailures: fraction.nullable(),
  truncated: fraction.nullable(),
  /** avg@n; null where no sample could be graded */
  avg: meanOverProblemsSchema.nullable(),
  /** for k = 1, 2, 4, … and n, as far as any problem has k graded samples */
  pass: z.array(meanAtKSchema),
  maj: z.array(meanAtKSchema),
  /** avg@n of each named component of the grades */
  parts: z.record(z.string(), meanOverProblemsSchema),
  /** generated tokens, and their mean a sample; null where a server does not say */
  tokens: count.nullable(),
  lengthMean: z.number().nullable(),
  time: z.object({ seconds: z.number(), tokensPerSecond: z.number().nullable() }),
});

/** `summary.json`. */
export const evaluationSummarySchema = z.object({
  version: z.literal(RECORD_VERSION),
  model: z.string(),
  hash: z.string(),
  benches: z.array(benchResultSchema),
});

export type EvaluationRunRecord = z.infer<typeof evaluationRunSchema>;
export type SampleRow = z.infer<typeof sampleSchema>;
export type MeanOverProblems = z.infer<typeof meanOverProblemsSchema>;
export type MeanAtK = z.infer<typeof meanAtKSchema>;
export type BenchResult = z.infer<typeof benchResultSchema>;
export type EvaluationSummary = z.infer<typeof evaluationSummarySchema>;

export const EVALUATION_FILES = {
  run: "eval.json",
  samples: "samples.jsonl",
  summary: "summary.json",
} as const;
