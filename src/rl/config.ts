/** The one source of GRPO's settings: trial files, flags, manifests and docs read this schema. */
import { z } from "zod";

export const clipSchema = z.strictObject({
  low: z
    .number()
    .positive()
    .max(1)
    .nullable()
    .default(0.2)
    .describe("ratios below 1 − low stop a negative advantage; null: off"),
  high: z
    .number()
    .positive()
    .nullable()
    .default(0.2)
    .describe("ratios above 1 + high stop a positive advantage; null: off"),
});

/** Settings of GRPO: the source of flags, trial keys and their documentation. */
export const grpoSchema = z.strictObject({
  steps: z.number().int().nonnegative().default(40).describe("rollout steps"),
  prompts: z.number().int().positive().default(32).describe("P, prompts a step"),
  group: z.number().int().min(2).default(8).describe("G, rollouts a prompt"),
  updates: z
    .number()
    .int()
    .positive()
    .default(8)
    .describe("optimiser updates a rollout batch; the batch is split into this many minibatches"),
  epochs: z.number().int().positive().default(1).describe("passes over one rollout batch"),
  advantage: z
    .enum(["std", "mean-only", "none"])
    .default("std")
    .describe("(r − mean)/(std + eps), r − mean (Dr. GRPO), or r itself"),
  advantageEps: z
    .number()
    .nonnegative()
    .default(1e-6)
    .describe("eps beside the group's std (ddof 1)"),
  whiten: z
    .boolean()
    .default(false)
    .describe(
      "token-weighted second whitening over the batch, as in the released Spurious Rewards code",
    ),
  aggregation: z
    .enum(["token-mean", "sequence-mean", "dr-grpo"])
    .default("token-mean")
    .describe("how token terms become one loss"),
  clip: clipSchema.prefault({}),
  kl: z
    .strictObject({
      beta: z
        .number()
        .nonnegative()
        .default(0)
        .describe("weight of the KL penalty; 0: no reference"),
      estimator: z
        .enum(["k1", "k2", "k3"])
        .default("k3")
        .describe("−log r, (log r)²/2 or r − 1 − log r, where r = reference/policy"),
    })
    .prefault({}),
  entropyBonus: z.number().default(0).describe("weight of the token entropy in the objective"),
  selfCertaintyBonus: z.number().default(0).describe("weight of self-certainty in the objective"),
  maskTruncated: z.boolean().default(false).describe("give truncated completions no gradient"),
  skipDeadGroups: z
    .boolean()
    .default(false)
    .describe("leave groups without reward variance out of the batch and its normalisation"),
  temperature: z
    .number()
    .positive()
    .default(1)
    .describe("of the rollouts, and of the policy that ratios and gradients are of"),
  topK: z.number().int().positive().optional().describe("rollouts keep the k likeliest tokens"),
  topP: z
    .number()
    .positive()
    .max(1)
    .optional()
    .describe("rollouts keep the fewest likeliest tokens with this mass"),
  maxTokens: z.number().int().positive().default(64).describe("completion tokens at most"),
  learningRate: z.number().positive().default(3e-4).describe("AdamW's rate after the warm-up"),
  schedule: z
    .enum(["constant", "cosine"])
    .default("constant")
    .describe("of the learning rate after the warm-up"),
  warmup: z.number().min(0).max(1).default(0).describe("share of all updates with rising rate"),
  beta1: z.number().min(0).max(1).default(0.9).describe("AdamW's decay of the mean gradient"),
  beta2: z.number().min(0).max(1).default(0.95).describe("AdamW's decay of the mean square"),
  adamEps: z.number().positive().default(1e-8).describe("eps beside AdamW's root mean square"),
  weightDecay: z.number().nonnegative().default(0).describe("AdamW's decoupled weight decay"),
  maxGradNorm: z
    .number()
    .positive()
    .nullable()
    .default(1)
    .describe("gradients are scaled down to this norm; null: off"),
  labelSamples: z
    .number()
    .int()
    .positive()
    .default(16)
    .describe("votes a prompt for fixed labels, drawn from the initial model"),
});

export type GrpoConfig = z.infer<typeof grpoSchema>;

/** When and how a run is evaluated on held-out problems. */
export const evaluationSchema = z.strictObject({
  every: z
    .number()
    .int()
    .positive()
    .default(10)
    .describe("steps between evaluations; step 0 and the last are always evaluated"),
  problems: z.number().int().positive().default(200).describe("held-out problems"),
  greedy: z.boolean().default(true).describe("evaluate the likeliest answers"),
  samples: z
    .number()
    .int()
    .nonnegative()
    .default(4)
    .describe("k of avg@k; 0: no sampled evaluation"),
  temperature: z.number().positive().default(1).describe("of the sampled evaluation"),
  primary: z
    .enum(["greedy", "sampled"])
    .default("sampled")
    .describe("the protocol that the verdict reads"),
});

export type EvaluationConfig = z.infer<typeof evaluationSchema>;
