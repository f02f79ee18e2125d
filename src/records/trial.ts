/** What a trial writes beside its runs: `trial.json` and `verdict.json`. */
import { z } from "zod";
import { RECORD_VERSION } from "./run.ts";

const interval = z.tuple([z.number(), z.number()]);

/** `trial.json`, written before the first run. */
export const trialRecordSchema = z.object({
  version: z.literal(RECORD_VERSION),
  name: z.string(),
  hash: z.string(),
  /** the trial file's text, as the user wrote it */
  source: z.string(),
  /** the resolved configuration */
  config: z.record(z.string(), z.unknown()),
  versions: z.record(z.string(), z.string()),
  startedAt: z.string(),
  /** every run in the order of the plan */
  runs: z.array(
    z.object({ model: z.string(), arm: z.string(), seed: z.number().int(), directory: z.string() }),
  ),
});

const estimate = z.object({ estimate: z.number(), ci: interval });

export const armVerdictSchema = z.object({
  arm: z.string(),
  /** final accuracy minus the untrained model's, on the primary protocol, and its 95% interval */
  gain: z.number(),
  ci: interval,
  seeds: z.number().int(),
  accuracy: z.number(),
  /** gain of each seed, in the order of the seeds */
  perSeed: z.array(z.number()),
  /** change of the share of code answers */
  codeShift: estimate,
  /** the same gain on the other protocol, where it was run */
  other: z
    .object({ protocol: z.enum(["greedy", "sampled"]), gain: z.number(), ci: interval })
    .nullable(),
});

export const modelVerdictSchema = z.object({
  model: z.string(),
  /** accuracy of the untrained model on the primary protocol */
  base: z.number(),
  baseCodeShare: z.number(),
  arms: z.array(armVerdictSchema),
  /** telescoping split of truth's gain (arXiv 2606.05932); null where the arms for it are missing */
  decomposition: z
    .object({
      /** random − base: what anything would have caused */
      null: estimate,
      /** majority − random: what self-consistency elicits */
      elicitation: estimate,
      /** truth − majority: what the reward's design adds */
      rewardDesign: estimate,
      total: estimate,
    })
    .nullable(),
  sentence: z.string(),
  warnings: z.array(z.string()),
});

export const verdictSchema = z.object({
  version: z.literal(RECORD_VERSION),
  protocol: z.enum(["greedy", "sampled"]),
  problems: z.number().int(),
  samples: z.number().int(),
  models: z.array(modelVerdictSchema),
});

export type TrialRecord = z.infer<typeof trialRecordSchema>;
export type ArmVerdict = z.infer<typeof armVerdictSchema>;
export type ModelVerdict = z.infer<typeof modelVerdictSchema>;
export type Verdict = z.infer<typeof verdictSchema>;

export const TRIAL_FILES = {
  trial: "trial.json",
  verdict: "verdict.json",
  report: "report.html",
  runs: "runs",
} as const;
