/** What `placebo explore` takes. */
import { z } from "zod";
import { PROMPTS } from "../../explore/problems.ts";
import { MODEL_NAME } from "../../models/name.ts";
import { seedSchema } from "../../seed.ts";
import { serverShape } from "../eval/options.ts";

const positive = z.number().int().positive();

/** Chooses moves by lot: the controller's placebo. */
export const RANDOM = "random";

export const exploreOptions = z.strictObject({
  family: z.string().min(1).describe("problem family, as in `placebo list families`"),
  model: z
    .string()
    .min(1)
    .describe(
      `${MODEL_NAME}; openai:URL#name, a model on a server; or random, which chooses moves by lot`,
    ),
  adapter: z
    .string()
    .min(1)
    .optional()
    .describe("LoRA adapter folder, ours or PEFT's, to put beside the model"),
  levels: z
    .string()
    .regex(/^[1-9]\d*(-[1-9]\d*)?$/, "must be a level or a range of levels, such as 1-4")
    .default("1-2")
    .describe("levels of difficulty: one, or a range such as 1-4"),
  problems: positive.max(10_000).default(20).describe("different held-out problems of each level"),
  controller: z
    .string()
    .min(1)
    .optional()
    .describe("dfs, bfs, beam or best-first (default: none, the model writes by itself)"),
  width: positive.default(8).describe("of a beam: moves that it makes of each level"),
  tries: positive
    .default(3)
    .describe(
      "times that a server is asked for one move at most, before the controller makes its own (completions at temperature 0: once)",
    ),
  samples: positive.max(1000).default(1).describe("traces of each problem"),
  temperature: z.number().nonnegative().default(0).describe("0: always the likeliest"),
  tokens: positive.default(1024).describe("tokens of a trace at most, with and without controller"),
  prompt: z
    .enum(PROMPTS)
    .default("full")
    .describe("bare: the line that states the problem; full: rules and a worked example before it"),
  seed: seedSchema.default(0).describe("the same seed gives the same traces"),
  out: z.string().min(1).describe("folder for explore.json, traces.jsonl and summary.json"),
  threads: positive.optional().describe("of the engine (default: all cores)"),
  ...serverShape,
  json: z.boolean().default(false).describe("print JSON for machines, one value a line"),
});

export type ExploreOptions = z.infer<typeof exploreOptions>;
