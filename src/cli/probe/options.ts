/** What `placebo probe` takes: what an evaluation takes, but for how samples are drawn, and the control. */
import { z } from "zod";
import { SHOWN } from "../../analysis/index.ts";
import { badFlag } from "../failure.ts";
import { evalOptions, type EvalOptions } from "../eval/options.ts";

/** The result, beside the files of the evaluation that drew the continuations. */
export const PROBE_RESULT = "probe.json";

export const probeOptions = evalOptions
  .pick({
    model: true,
    adapter: true,
    bench: true,
    data: true,
    limit: true,
    maxTokens: true,
    seed: true,
    threads: true,
    apiKeyEnv: true,
    concurrency: true,
    rpm: true,
    timeout: true,
    retries: true,
    json: true,
  })
  .extend({
    shown: z
      .string()
      .default(SHOWN.join(","))
      .describe("shares of a problem's characters that are shown, between 0 and 1"),
    control: z
      .string()
      .min(1)
      .default("random-calculation")
      .describe(
        "benchmark that the model cannot have seen; a generated one is drawn with the seed after --seed",
      ),
    seed: evalOptions.shape.seed.describe("of generated benchmarks"),
    out: evalOptions.shape.out.describe(
      "the probe's folder (default: runs/probe-…, named after what is probed)",
    ),
  });

export type ProbeOptions = z.infer<typeof probeOptions>;

/** The shares in ascending order. @throws InputError */
export function sharesOf(text: string): number[] {
  const shares = text.split(",").map((share) => (share.trim() === "" ? NaN : Number(share)));
  if (shares.every((share) => share > 0 && share < 1)) {
    return [...new Set(shares)].sort((a, b) => a - b);
  }
  throw badFlag(
    "shown",
    `--shown: must be numbers between 0 and 1, not ${JSON.stringify(text)}`,
    "Write shares with commas between, for example 0.4,0.6,0.8.",
  );
}

/** The evaluation that draws the continuations: greedy, one each, of raw text. */
export function samplingOf(options: ProbeOptions): EvalOptions {
  const { shown: _, control: __, ...shared } = options;
  return { ...shared, n: 1, temperature: 0, api: "completions" };
}
