/** What `placebo eval` takes. */
import { z } from "zod";
import { MOST_SAMPLES } from "../../eval/metrics.ts";
import { MODEL_NAME } from "../../models/name.ts";
import { seedSchema } from "../../seed.ts";

const positive = z.number().int().positive();

/** What decides no number of an embedded engine: how a server is spoken to. */
export const serverShape = {
  api: z
    .enum(["chat", "completions"])
    .default("chat")
    .describe("of a server: messages for its own chat template, or text as it is"),
  apiKeyEnv: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, "must be the name of an environment variable, not the key itself")
    .optional()
    .describe("environment variable with the server's key (default: OPENAI_API_KEY, if set)"),
  concurrency: positive.max(1024).default(8).describe("requests at a time to a server"),
  rpm: z.number().positive().optional().describe("requests a minute to a server at most"),
  timeout: z
    .number()
    .positive()
    .max(86_400)
    .default(600)
    .describe("seconds that a server may take for one answer"),
  retries: z
    .number()
    .int()
    .nonnegative()
    .default(8)
    .describe("further tries where a server is busy, fails or breaks off"),
};

export const evalOptions = z.strictObject({
  model: z
    .string()
    .min(1)
    .describe(`${MODEL_NAME}; or openai:URL#name, a model on a server with OpenAI's protocol`),
  adapter: z
    .string()
    .min(1)
    .optional()
    .describe("LoRA adapter folder, ours or PEFT's, to put beside the model"),
  bench: z
    .string()
    .min(1)
    .describe(
      "benchmarks, names of `placebo list tasks` with commas between, or {name: parameters}",
    ),
  template: z
    .string()
    .min(1)
    .optional()
    .describe(
      "prompt template: a name of `placebo list templates`, a text with {question}, or {file: path}",
    ),
  data: z
    .string()
    .optional()
    .describe("file or folder with the problems (default: where PLACEBO_DATA points)"),
  limit: positive.optional().describe("problems of each benchmark, the first ones (default: all)"),
  n: positive.max(MOST_SAMPLES).default(1).describe("samples a problem"),
  temperature: z.number().nonnegative().default(0).describe("0 is greedy"),
  topP: z
    .number()
    .positive()
    .max(1)
    .optional()
    .describe("sample among the fewest likeliest tokens with this mass"),
  maxTokens: positive.default(1024).describe("tokens of an answer at most"),
  seed: seedSchema.default(0).describe("the same seed draws the same samples"),
  out: z
    .string()
    .min(1)
    .optional()
    .describe("the evaluation's folder (default: runs/eval-…, named after what is evaluated)"),
  threads: positive.optional().describe("of the engine (default: all cores)"),
  ...serverShape,
  json: z.boolean().default(false).describe("print JSON for machines, one value a line"),
});

export type EvalOptions = z.infer<typeof evalOptions>;
