/** Accuracy on held-out problems, greedy or avg@k sampled. */
import type { CallOptions, Completion, Engine } from "../engine/index.ts";
import { InputError } from "../errors.ts";
import type { EvalRow } from "../records/index.ts";
import { isUngraded, strategyOf, type Grading, type Problem } from "../tasks/index.ts";
import type { EvaluationConfig, GrpoConfig } from "./config.ts";
import { encodePrompt } from "./prompts.ts";
import { mean, summariseOutcomes, tokenMean } from "./stats.ts";

export type Protocol = EvalRow["protocol"];

export interface EvaluateOptions extends CallOptions {
  /** recorded in the row; no random number depends on it */
  readonly step: number;
  /** completion tokens at most */
  readonly maxTokens: GrpoConfig["maxTokens"];
  /** as in `GrpoRun` */
  readonly stop?: readonly string[];
}

/** The protocols that a configuration asks for. */
export function protocolsOf(config: EvaluationConfig): readonly Protocol[] {
  return [
    ...(config.greedy ? ["greedy" as const] : []),
    ...(config.samples > 0 ? ["sampled" as const] : []),
  ];
}

/**
 * Evaluates the engine's current policy on all problems given. Sampled answers use the key
 * (0, "evaluate", 0, problem, k) at every step and in every run: common random numbers, so that two policies differ
 * by what they learned and not by their draws.
 *
 * An answer that could not be decided was not shown to be right: the accuracy does not count it as right, and
 * `ungraded` says how many there were, so that the accuracy is a lower bound that is off by at most their share.
 *
 * @throws InputError where there is no problem, or a prompt does not fit
 */
export async function evaluate(
  engine: Engine,
  task: Grading,
  problems: readonly Problem[],
  config: EvaluationConfig,
  protocol: Protocol,
  { step, maxTokens, stop, signal, onProgress }: EvaluateOptions,
): Promise<EvalRow> {
  if (problems.length === 0) {
    throw new InputError("there are no problems to evaluate on", {
      code: "no-problems",
      field: "evaluation.problems",
      hint: "Give at least one problem of the test split.",
    });
  }
  const start = performance.now();
  const samples = protocol === "greedy" ? 1 : config.samples;
  const completions_QK = await engine.sample(
    {
      prompts: problems.map((problem) => encodePrompt(engine, problem)),
      rollouts: samples,
      params: {
        temperature: protocol === "greedy" ? 0 : config.temperature,
        maxTokens,
        stop,
        keepStop: true,
      },
      key: { seed: 0, purpose: "evaluate", step: 0, prompts: problems.map(({ key }) => key) },
    },
    { signal, onProgress },
  );
  const seconds = (performance.now() - start) / 1000;

  const gradedOf = async (completion: Completion, problem: Problem) => {
    const answer = task.extract(completion.text);
    const grade = await task.grade(answer, problem.answer, problem);
    return {
      ...completion,
      answer,
      decided: !isUngraded(grade),
      correct: isUngraded(grade) ? 0 : grade.value,
      strategy: strategyOf(completion.text),
    };
  };
  const graded_QK = await Promise.all(
    problems.map((problem, q) =>
      Promise.all((completions_QK[q] ?? []).map((completion) => gradedOf(completion, problem))),
    ),
  );
  const all = graded_QK.flat();
  const { accuracy, ...byStrategy } = summariseOutcomes(all);
  const lengths = all.map(({ tokens_T }) => tokens_T.length);
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  const share = (of: typeof all) => of.length / all.length;
  const ungraded = all.filter(({ decided }) => !decided).length;
  return {
    step,
    protocol,
    samples,
    accuracy: accuracy ?? 0,
    ...byStrategy,
    ...(ungraded === 0 ? {} : { ungraded }),
    extractionFailures: share(all.filter(({ answer }) => answer === null)),
    truncated: share(all.filter(({ finish }) => finish === "length")),
    entropy: tokenMean(all.map(({ entropy_T }) => entropy_T)) ?? 0,
    selfCertainty: tokenMean(all.map(({ selfCertainty_T }) => selfCertainty_T)) ?? 0,
    lengthMean: mean(lengths) ?? 0,
    problems: problems.map(({ id }, q) => {
      const graded_K = graded_QK[q] ?? [];
      return {
        id,
        correct: graded_K.filter(({ correct }) => correct === 1).length,
        code: graded_K.filter(({ strategy }) => strategy === "code").length,
        text: graded_K[0]?.text ?? "",
      };
    }),
    time: { seconds, tokensPerSecond: tokens / seconds },
  };
}
