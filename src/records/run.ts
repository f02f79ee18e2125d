/** What one run writes: `run.json`, then append-only `metrics.jsonl`, `rollouts.jsonl` and `evals.jsonl`. */
import { z } from "zod";

export const RECORD_VERSION = 1;

const fraction = z.number().min(0).max(1);
/** a number that may be undefined because nothing was counted */
const maybe = z.number().nullable();

/** `run.json`: all that is needed to make the run again. */
export const runSchema = z.object({
  version: z.literal(RECORD_VERSION),
  model: z.string(),
  arm: z.string(),
  seed: z.number().int(),
  /** hash of everything that decides the numbers */
  hash: z.string(),
  /** the resolved configuration of this run, defaults included */
  config: z.record(z.string(), z.unknown()),
  versions: z.record(z.string(), z.string()),
  engine: z.record(z.string(), z.unknown()),
  startedAt: z.string(),
});

/** One line of `metrics.jsonl` a step. All but `time` is a pure function of the configuration. */
export const metricsSchema = z.object({
  step: z.number().int(),
  rewardMean: maybe,
  rewardStd: maybe,
  /** rollouts whose reward could not be decided */
  ungraded: z.number().int(),
  /** standard deviation of the advantages used */
  advantageStd: z.number(),
  /** groups without reward variance, and their share */
  deadGroups: z.number().int(),
  deadGroupShare: fraction,
  /** mean over tokens of k3 against the reference; null without a reference */
  kl: maybe,
  entropy: z.number(),
  selfCertainty: z.number(),
  /** share of trained tokens whose gradient the lower or upper clip removed */
  clipLow: fraction,
  clipHigh: fraction,
  ratioMean: z.number(),
  ratioMax: z.number(),
  lengthMean: z.number(),
  lengthMax: z.number(),
  truncated: fraction,
  /** share of rollouts by reasoning strategy */
  codeShare: fraction,
  /** share of rollouts with the right answer: monitored, used by no arm but those whose reward it is */
  accuracy: maybe,
  accuracyCode: maybe,
  accuracyLanguage: maybe,
  gradNorm: z.number(),
  learningRate: z.number(),
  tokens: z.number().int(),
  time: z.object({
    sample: z.number(),
    score: z.number(),
    train: z.number(),
    total: z.number(),
    tokensPerSecond: z.number(),
    secondsLeft: z.number(),
  }),
});

/** A step of a rollout, where the reward is by steps: all tokens after the last step's up to `token` are its own. */
const stepSchema = z.object({
  /** where it ends in the text, UTF-16 units, exclusive */
  end: z.number().int(),
  /** its last token */
  token: z.number().int(),
  /** what it earned */
  value: z.number(),
  /** of each of its tokens */
  advantage: z.number(),
});

/** One line of `rollouts.jsonl`. The reward and advantage are those that the gradient used. */
export const rolloutSchema = z.object({
  step: z.number().int(),
  problem: z.string(),
  /** the problem as the model read it; enough to write it once a group, with rollout 0 */
  prompt: z.string().optional(),
  /** number in the group */
  g: z.number().int(),
  tokens: z.array(z.number().int()),
  text: z.string(),
  answer: z.string().nullable(),
  correct: z.number().nullable(),
  strategy: z.enum(["code", "language"]),
  reward: z.number().nullable(),
  ungraded: z.string().optional(),
  parts: z.record(z.string(), z.number()).optional(),
  /** where the reward is by steps the mean over the tokens; the reward is then the sum of the steps' */
  advantage: z.number(),
  steps: z.array(stepSchema).optional(),
  finish: z.enum(["stop", "length"]),
});

/** One line of `evals.jsonl` for each evaluated step and protocol. */
export const evalSchema = z.object({
  step: z.number().int(),
  protocol: z.enum(["greedy", "sampled"]),
  /** samples a problem, K */
  samples: z.number().int().positive(),
  accuracy: fraction,
  codeShare: fraction,
  accuracyCode: maybe,
  accuracyLanguage: maybe,
  /** answers that could not be decided, which `accuracy` does not count as right; absent: none */
  ungraded: z.number().int().positive().optional(),
  extractionFailures: fraction,
  truncated: fraction,
  entropy: z.number(),
  selfCertainty: z.number(),
  lengthMean: z.number(),
  /** [Q] in the task's order: right answers and code-strategy answers among K; `text` is the first sample's */
  problems: z.array(
    z.object({
      id: z.string(),
      /** as the model read it; enough to write it once, with the untrained model's answers */
      prompt: z.string().optional(),
      correct: z.number(),
      code: z.number(),
      text: z.string(),
    }),
  ),
  time: z.object({ seconds: z.number(), tokensPerSecond: z.number() }),
});

export type RunRecord = z.infer<typeof runSchema>;
export type MetricsRow = z.infer<typeof metricsSchema>;
export type RolloutRow = z.infer<typeof rolloutSchema>;
export type EvalRow = z.infer<typeof evalSchema>;

export const RUN_FILES = {
  run: "run.json",
  metrics: "metrics.jsonl",
  rollouts: "rollouts.jsonl",
  evals: "evals.jsonl",
  checkpoint: "checkpoint",
} as const;
