/** Fixed labels: what the initial model votes for, before any training. */
import type { CallOptions, Engine } from "../engine/index.ts";
import type { FixedLabel } from "../rewards/index.ts";
import type { Grading, Problem } from "../tasks/index.ts";
import type { GrpoConfig } from "./config.ts";
import { encodePrompt } from "./prompts.ts";

export interface LabelOptions extends CallOptions {
  /** votes a problem */
  readonly samples: number;
  /** labels are sampled as rollouts are */
  readonly grpo: Pick<GrpoConfig, "temperature" | "topK" | "topP" | "maxTokens">;
  readonly seed: number;
  /** as in `GrpoRun` */
  readonly stop?: readonly string[];
}

/** Counts answers: most votes first, ties to the first seen; missing and empty answers have no vote. */
export function countVotes(answers: readonly (string | null)[]): FixedLabel {
  const votes = new Map<string, number>();
  for (const answer of answers) {
    if (answer !== null && answer !== "") votes.set(answer, (votes.get(answer) ?? 0) + 1);
  }
  // A Map keeps the order of first sight and the sort is stable.
  return { votes: [...votes].sort(([, a], [, b]) => b - a), samples: answers.length };
}

/**
 * Draws the votes of the engine's current policy, which must be the initial one (arXiv 2506.10947, App. A: 64
 * rollouts at temperature 1; `samples` here). Keyed (seed, "labels", 0, problem, k). JSON-serialisable.
 *
 * @returns [problems] in their order
 */
export async function drawLabels(
  engine: Engine,
  task: Pick<Grading, "extract">,
  problems: readonly Problem[],
  { samples, grpo, seed, stop, signal, onProgress }: LabelOptions,
): Promise<readonly FixedLabel[]> {
  const { temperature, topK, topP, maxTokens } = grpo;
  const completions_QK = await engine.sample(
    {
      prompts: problems.map((problem) => encodePrompt(engine, problem)),
      rollouts: samples,
      params: { temperature, topK, topP, maxTokens, stop, keepStop: true },
      key: { seed, purpose: "labels", step: 0, prompts: problems.map(({ key }) => key) },
    },
    { signal, onProgress },
  );
  return completions_QK.map((completions_K) =>
    countVotes(completions_K.map(({ text }) => task.extract(text))),
  );
}
