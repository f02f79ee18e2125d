/** The trial file: models × arms × seeds and everything that is the same in all of them. */
import { z } from "zod";
import { loraSchema } from "../engine/index.ts";
import { parseInput } from "../io/index.ts";
import { rewardSpecSchema } from "../rewards/index.ts";
import { evaluationSchema, grpoSchema } from "../rl/index.ts";
import { seedSchema } from "../seed.ts";
import { taskSpecSchema, templateSpecSchema } from "../tasks/index.ts";
import { hypothesisSchema } from "./hypotheses.ts";

const SAFE_NAME = /^[a-z0-9][a-z0-9._-]*$/i;

/** Names of models and arms become folders. */
const nameSchema = z
  .string()
  .max(64)
  .regex(
    SAFE_NAME,
    "names hold letters, digits, '.', '-' and '_', and start with a letter or digit",
  );

const count = z.number().int().positive();

const modelSchema = z
  .strictObject({
    organism: z
      .union([z.string(), z.record(z.string(), z.unknown())])
      .optional()
      .describe("a preset's name, { preset: name, …overrides } or a whole recipe"),
    path: z
      .string()
      .min(1)
      .optional()
      .describe(
        "a Hugging Face model folder or a GGUF file; relative paths start from the trial file",
      ),
    hub: z
      .string()
      .min(1)
      .optional()
      .describe("a repository of the Hugging Face hub: owner/name or owner/name@revision"),
    template: templateSpecSchema.optional().describe("its prompt template; absent: the trial's"),
    lora: loraSchema.optional().describe("train an adapter; absent: all weights"),
  })
  .refine(
    ({ organism, path, hub }) =>
      [organism, path, hub].filter((each) => each !== undefined).length === 1,
    { error: "needs one of organism, path and hub" },
  );

/** Settings of one arm; what it does not name it has from the trial's `grpo`. */
type GrpoOverrides = z.input<typeof grpoSchema>;

const armSchema = z.strictObject({
  reward: rewardSpecSchema,
  // Partial and nested, so it is merged into the trial's settings before they are checked as a whole.
  grpo: z
    .custom<GrpoOverrides>(isMap, "must be a map of GRPO settings")
    .optional()
    .describe("settings that differ from the trial's"),
  models: z
    .array(nameSchema)
    .min(1)
    .optional()
    .describe("the models that this arm is run on; absent: all"),
});

function isMap(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const seedsSchema = z.union([
  z
    .array(seedSchema)
    .min(1)
    .refine((seeds) => new Set(seeds).size === seeds.length, { error: "holds a seed twice" }),
  z.strictObject({
    from: seedSchema.default(0).describe("the first"),
    count: count.max(65).describe("how many follow on each other"),
  }),
]);

/** A trial file: the source of its keys, their defaults and docs/trials.md. */
export const trialSchema = z.strictObject({
  name: nameSchema.describe("of the trial; the default output folder is named after it"),
  description: z.string().optional().describe("what the trial is for, in your own words"),
  models: atLeastOne(modelSchema, "models").describe("name → organism or model folder"),
  task: taskSpecSchema
    .prefault("arithmetic")
    .describe("a name of `placebo list tasks`, or the name with its parameters"),
  template: templateSpecSchema
    .optional()
    .describe("how a question becomes a prompt: a name of `placebo list templates`, or your own"),
  data: z
    .strictObject({
      train: z
        .string()
        .min(1)
        .optional()
        .describe("file of training problems, for tasks that read one"),
      test: z.string().min(1).optional().describe("file of held-out problems"),
      seed: seedSchema.default(0).describe("seed of generated problems, the same for all runs"),
    })
    .prefault({}),
  train: z
    .strictObject({ problems: count.default(256).describe("training problems") })
    .prefault({}),
  arms: atLeastOne(armSchema, "arms").describe("name → reward and the settings that differ"),
  seeds: seedsSchema.describe("a list, or { from, count }"),
  hypotheses: z
    .array(hypothesisSchema)
    .min(1)
    .optional()
    .describe("what is expected, fixed before the first run and tested in the verdict"),
  grpo: grpoSchema.prefault({}),
  evaluation: evaluationSchema
    .prefault({})
    .refine(({ greedy, samples }) => greedy || samples > 0, {
      error: "evaluates nothing: set greedy to true or samples above 0",
      abort: true,
    })
    .refine(({ greedy, samples, primary }) => (primary === "greedy" ? greedy : samples > 0), {
      error: "is a protocol that is not run: set greedy to true, or samples above 0",
      path: ["primary"],
    }),
  workers: count.max(256).optional().describe("processes at once; default: the machine's cores"),
  threads: count.max(256).default(1).describe("threads a process"),
  checkpoint: z
    .strictObject({ every: count.default(10).describe("steps between checkpoints") })
    .prefault({}),
});

function atLeastOne<T extends z.ZodType>(value: T, what: string) {
  return z
    .record(nameSchema, value)
    .refine((entries) => Object.keys(entries).length > 0, { error: `${what} must not be empty` });
}

export type TrialInput = z.input<typeof trialSchema>;
export type TrialConfig = z.output<typeof trialSchema>;

/** A trial whose form is right. Whether its models, files and rewards exist is checked when it is planned. */
export interface Trial {
  readonly config: TrialConfig;
  /** the text that the user wrote */
  readonly source: string;
  /** folder that relative paths start from */
  readonly baseDirectory: string;
  /** the trial file as the user named it; absent for trials made in code */
  readonly file?: string;
  /** 1-based line of a field in the file */
  readonly line?: (path: readonly PropertyKey[]) => number | undefined;
}

/**
 * A trial made in code; the same fields as a trial file. Relative paths start from `baseDirectory`.
 *
 * @throws InputError that names the field
 * @example
 * ```ts
 * import { defineTrial, runTrial } from "placebo-rl/trial";
 *
 * const trial = defineTrial({
 *   name: "first",
 *   models: { tiny: { path: "models/tiny" } },
 *   arms: { truth: { reward: "truth" }, random: { reward: "random" } },
 *   seeds: [0, 1],
 *   train: { problems: 4 },
 *   grpo: { steps: 1, prompts: 2, group: 2, updates: 1, maxTokens: 8 },
 *   evaluation: { every: 1, problems: 4, samples: 1 },
 * });
 * const verdict = await runTrial(trial, { out: "runs/first" });
 * console.log(verdict.models.map(({ sentence }) => sentence));
 * ```
 */
export function defineTrial(input: TrialInput, baseDirectory = process.cwd()): Trial {
  const config = parseInput(trialSchema, input);
  return { config, source: JSON.stringify(input, null, 2), baseDirectory };
}

/** The seeds of a trial in the order of its runs. */
export function seedsOf(config: Pick<TrialConfig, "seeds">): readonly number[] {
  const { seeds } = config;
  if ("from" in seeds) return Array.from({ length: seeds.count }, (_, i) => seeds.from + i);
  return seeds;
}
