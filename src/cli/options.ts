/** What each command takes: one schema a command, from which its flags, help, defaults and checks follow. */
import { z } from "zod";
import { loraSchema } from "../engine/model/lora.ts";
import { MODEL_NAME } from "../models/name.ts";
import { evaluationSchema, grpoSchema } from "../rl/config.ts";
import { seedSchema } from "../seed.ts";

export { evalOptions, type EvalOptions } from "./eval/options.ts";
export { probeOptions, type ProbeOptions } from "./probe/options.ts";
export { exploreOptions, type ExploreOptions } from "./explore/options.ts";

const json = z.boolean().default(false).describe("print JSON for machines, one value a line");
const seed = seedSchema.default(0);
const directory = z.string().min(1);
const workers = z
  .number()
  .int()
  .positive()
  .optional()
  .describe("runs at a time, each in its own process (default: one a core)");

export const LISTS = [
  "rewards",
  "tasks",
  "templates",
  "organisms",
  "architectures",
  "families",
] as const;

export const listOptions = z.strictObject({
  what: z
    .enum(LISTS)
    .describe(
      "rewards, tasks, templates (of prompts), organisms (models that are pretrained here), architectures (of models that can be loaded) or families (of search problems)",
    ),
  json,
});

export const sampleOptions = z.strictObject({
  model: directory.describe(MODEL_NAME),
  adapter: directory
    .optional()
    .describe("LoRA adapter folder, ours or PEFT's, to put beside the model"),
  prompt: z
    .string()
    .describe("text to continue; an empty one starts from the tokenizer's begin token"),
  greedy: z
    .boolean()
    .default(false)
    .describe("always the likeliest token; the same as --temperature 0"),
  n: z.number().int().positive().default(1).describe("completions"),
  maxTokens: z.number().int().positive().default(128).describe("tokens of a completion at most"),
  temperature: z.number().nonnegative().default(1).describe("0 is greedy"),
  topK: z.number().int().positive().optional().describe("sample among the K likeliest tokens"),
  topP: z
    .number()
    .positive()
    .max(1)
    .optional()
    .describe("sample among the fewest likeliest tokens with this mass"),
  stop: z
    .array(z.string().min(1))
    .default([])
    .describe("text that ends a completion; may be repeated"),
  seed: seed.describe("the same seed gives the same completions"),
  json,
});

export const trainOptions = z.strictObject({
  model: directory.describe(`${MODEL_NAME}, to start from; it is not changed`),
  task: z.string().min(1).describe("task: a name of `placebo list tasks`, or {name: parameters}"),
  template: z
    .string()
    .min(1)
    .optional()
    .describe(
      "prompt template: a name of `placebo list templates`, a text with {question}, or {file: path}",
    ),
  data: z.string().optional().describe("file with the task's training problems"),
  reward: z
    .string()
    .min(1)
    .describe("reward: a name of `placebo list rewards`, or {name: parameters}"),
  out: directory.describe("folder for the run's records and the trained model"),
  seed: seed.describe("seed of sampling, order and rewards"),
  problems: z
    .number()
    .int()
    .positive()
    .optional()
    .describe("training problems (default: all of the data, 256 of a generated task)"),
  evalData: z
    .string()
    .optional()
    .describe("file of held-out problems (default: the last --eval-problems of the data)"),
  eval: evaluationSchema.omit({ primary: true }).prefault({}),
  ...grpoSchema.shape,
  lora: loraSchema.optional(),
  checkpointEvery: z
    .number()
    .int()
    .positive()
    .default(10)
    .describe("steps between checkpoints, from which a stopped run goes on"),
  threads: z.number().int().positive().optional().describe("of the engine (default: all cores)"),
  json,
});

export const runOptions = z.strictObject({
  file: z.string().min(1).describe("trial file in YAML"),
  out: directory.optional().describe("the trial's folder (default: runs/NAME of the trial)"),
  workers,
  json,
});

export const resumeOptions = z.strictObject({
  directory: directory.describe(
    "folder of a trial, training run, evaluation, probe or exploration that was stopped",
  ),
  workers,
  json,
});

export const statusOptions = z.strictObject({
  directory: directory.describe(
    "folder of a trial, training run, evaluation, probe or exploration",
  ),
  json,
});

export const reportOptions = z.strictObject({
  directory: directory.describe("folder of a trial"),
  json,
});

export const gradeOptions = z.strictObject({
  file: z.string().min(1).describe('JSONL file of rows {"prediction", "gold"}; - reads stdin'),
  grader: z.string().min(1).describe("math or python"),
  timeout: z
    .number()
    .positive()
    .optional()
    .describe("seconds that one grade may take (default: the grader's own limit)"),
  workers: z
    .number()
    .int()
    .positive()
    .optional()
    .describe("grades at a time that need a worker (default: the grader's own choice)"),
  json,
});

const logs = z
  .string()
  .min(1)
  .describe("log file, folder of a run, or folder of runs: ours, TRL, verl, OpenRLHF, Tinker");

export const diagnoseOptions = z.strictObject({ path: logs, json });

export const analyzeOptions = z.strictObject({
  path: logs,
  strategy: z
    .string()
    .min(1)
    .default("python")
    .describe("rule that finds a strategy: python, code-block, or /a regular expression/"),
  json,
});

export const powerOptions = z.strictObject({
  directory: directory.describe("folder of a finished pilot trial"),
  gain: z
    .number()
    .positive()
    .max(1)
    .describe("difference of accuracies to be found, 0.05 for 5 points"),
  arm: z.string().optional().describe("arm whose variance counts (default: the first)"),
  versus: z
    .string()
    .default("base")
    .describe("arm that it is compared with; base: the untrained model"),
  model: z.string().optional().describe("model of the pilot (default: the first)"),
  power: z.number().min(0.5).max(0.999).default(0.8).describe("wanted chance of finding it"),
  json,
});

export const auditOptions = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe(
      "JSONL file of traces {text, problem, …}, or folder: of such files, a run or a trial",
    ),
  family: z
    .string()
    .optional()
    .describe("problem family of traces that do not name theirs, as in `placebo list families`"),
  out: directory.optional().describe("folder for audits.jsonl, summary.json and pictures"),
  draw: z
    .number()
    .int()
    .nonnegative()
    .default(20)
    .describe("traces at most that --out annotates and draws, the first with findings"),
  json,
});

export type DiagnoseOptions = z.infer<typeof diagnoseOptions>;
export type AnalyzeOptions = z.infer<typeof analyzeOptions>;
export type PowerOptions = z.infer<typeof powerOptions>;
export type AuditOptions = z.infer<typeof auditOptions>;
export type ListOptions = z.infer<typeof listOptions>;
export type SampleOptions = z.infer<typeof sampleOptions>;
export type TrainOptions = z.infer<typeof trainOptions>;
export type RunOptions = z.infer<typeof runOptions>;
export type ResumeOptions = z.infer<typeof resumeOptions>;
export type StatusOptions = z.infer<typeof statusOptions>;
export type ReportOptions = z.infer<typeof reportOptions>;
export type GradeOptions = z.infer<typeof gradeOptions>;
