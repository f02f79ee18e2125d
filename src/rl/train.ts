/** A training run as a stream of events: evaluations and steps. Files and processes are the caller's. */
import { InputError, throwIfCancelled } from "../errors.ts";
import type { EvalRow, MetricsRow, RolloutRow } from "../records/index.ts";
import type { Problem } from "../tasks/index.ts";
import type { EvaluationConfig } from "./config.ts";
import { evaluate, protocolsOf } from "./evaluate.ts";
import { grpoStep } from "./grpo.ts";
import { promptOrder } from "./order.ts";
import { encodePrompt } from "./prompts.ts";
import type { GrpoRun } from "./rollouts.ts";
import { movingAverage } from "./stopwatch.ts";

export interface TrainOptions extends Omit<GrpoRun, "initial"> {
  /** held-out problems, all of which are evaluated */
  readonly testProblems: readonly Problem[];
  readonly evaluation: EvaluationConfig;
  /** evaluations of step 0 from elsewhere, for arms that share a model; absent protocols are computed here */
  readonly base?: readonly EvalRow[];
  /** go on after this step, from the folder that `engine.save` wrote with the optimiser's state */
  readonly resume?: { readonly step: number; readonly directory: string };
}

export type TrainEvent =
  | { readonly kind: "evaluation"; readonly row: EvalRow }
  | {
      readonly kind: "step";
      readonly metrics: MetricsRow;
      readonly rollouts: readonly RolloutRow[];
    };

/** Finds what is wrong before anything is computed. */
function check(options: TrainOptions): void {
  const { engine, grpo, evaluation, trainProblems, reward, labels, seed } = options;
  if (!protocolsOf(evaluation).includes(evaluation.primary)) {
    throw new InputError(`the primary protocol ${evaluation.primary} is not evaluated`, {
      code: "primary-protocol",
      field: "evaluation.primary",
      hint: "Turn it on (evaluation.greedy, or evaluation.samples above 0), or choose the other.",
    });
  }
  const size = grpo.prompts * grpo.group;
  if (grpo.updates > size) {
    throw new InputError(
      `a batch of ${size} rollouts cannot be split into ${grpo.updates} updates`,
      {
        code: "too-many-updates",
        field: "grpo.updates",
        hint: `Set grpo.updates to at most ${size}, the product of grpo.prompts and grpo.group.`,
      },
    );
  }
  if (reward.needs.has("fixed-labels") && labels?.length !== trainProblems.length) {
    throw new InputError(
      `the reward ${reward.label} needs a fixed label for each of the ${trainProblems.length} training problems`,
      {
        code: "labels-missing",
        field: "labels",
        hint: "Draw them with drawLabels from the initial model and pass them as labels.",
      },
    );
  }
  for (const problem of trainProblems) reward.checkProblem?.(problem);
  for (let step = 1; step <= grpo.steps; step++) {
    for (const index of promptOrder(trainProblems.length, grpo.prompts, seed, step)) {
      const problem = trainProblems[index];
      if (problem) encodePrompt(engine, problem);
    }
  }
}

/**
 * Trains the engine's policy with GRPO and yields what happens. The evaluations of a step come before its `step`
 * event, and the next step begins only when the consumer asks for the next event: whoever saves a checkpoint on a
 * `step` event has all that came before it on record. To resume, drop the records of later steps, open the initial
 * model and pass `resume`: the numbers that follow are those of an undisturbed run.
 *
 * The engine must hold the initial model; it is left holding the trained one.
 *
 * @throws InputError for settings and data that do not fit together, EngineError on divergence, CancelledError
 * @example
 * ```ts
 * import { openEngine } from "placebo-rl/engine";
 * import { compileReward } from "placebo-rl/rewards";
 * import { evaluationSchema, grpoSchema, train } from "placebo-rl/rl";
 * import { loadTask } from "placebo-rl/tasks";
 *
 * const task = loadTask("arithmetic");
 * const engine = await openEngine({ model: "models/tiny" });
 * const events = train({
 *   engine,
 *   task,
 *   trainProblems: await task.load({ split: "train", count: 8, seed: 0 }),
 *   testProblems: await task.load({ split: "test", count: 4, seed: 0 }),
 *   reward: await compileReward("truth", { baseDirectory: "." }),
 *   grpo: grpoSchema.parse({ steps: 2, prompts: 2, group: 4, updates: 1, maxTokens: 16 }),
 *   evaluation: evaluationSchema.parse({ every: 2, problems: 4, samples: 1 }),
 *   seed: 0,
 * });
 * for await (const event of events) {
 *   if (event.kind === "step") console.log(event.metrics.step, event.metrics.rewardMean);
 * }
 * await engine.close();
 * ```
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainEvent, void, void> {
  const { engine, task, testProblems, grpo, evaluation, resume, signal } = options;
  check(options);
  const stepTime = movingAverage();
  const evaluationTime = movingAverage();
  const isEvaluated = (step: number) => step % evaluation.every === 0 || step === grpo.steps;

  async function* evaluations(step: number): AsyncGenerator<TrainEvent> {
    const start = performance.now();
    for (const protocol of protocolsOf(evaluation)) {
      const known = step === 0 ? options.base?.find((row) => row.protocol === protocol) : undefined;
      const how = { step, maxTokens: grpo.maxTokens, stop: options.stop, signal };
      const row = known ?? (await evaluate(engine, task, testProblems, evaluation, protocol, how));
      yield { kind: "evaluation", row };
    }
    evaluationTime.add((performance.now() - start) / 1000);
  }

  const secondsLeft = (step: number) => {
    let evaluationsLeft = 0;
    for (let next = step + 1; next <= grpo.steps; next++) if (isEvaluated(next)) evaluationsLeft++;
    return (grpo.steps - step) * stepTime.value() + evaluationsLeft * evaluationTime.value();
  };

  const needsInitial = grpo.kl.beta > 0 || options.reward.needs.has("initial-policy");
  const initial = needsInitial ? await engine.snapshot() : undefined;
  try {
    if (resume) await engine.load(resume.directory, { optimizer: true });
    else yield* evaluations(0);

    for (let step = (resume?.step ?? 0) + 1; step <= grpo.steps; step++) {
      throwIfCancelled(signal, "training");
      const { metrics, rollouts, seconds } = await grpoStep({ ...options, initial }, step);
      stepTime.add(seconds.total);
      if (isEvaluated(step)) yield* evaluations(step);
      const tokensPerSecond = metrics.tokens / seconds.total;
      const time = { ...seconds, tokensPerSecond, secondsLeft: secondsLeft(step) };
      yield { kind: "step", metrics: { ...metrics, time }, rollouts };
    }
  } finally {
    if (initial !== undefined) await engine.release(initial);
  }
}
