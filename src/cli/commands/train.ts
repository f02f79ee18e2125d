/** `placebo train`: one model, one task, one reward, with GRPO. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { openEngine, type Engine } from "../../engine/index.ts";
import { InputError, throwIfCancelled } from "../../errors.ts";
import { exists, parseInput } from "../../io/index.ts";
import { RUN_FILES } from "../../records/index.ts";
import { compileReward, rewardSpecSchema } from "../../rewards/index.ts";
import { drawLabels, grpoSchema, train } from "../../rl/index.ts";
import { loadTask, taskSpecSchema } from "../../tasks/index.ts";
import type { Action, CliContext } from "../context.ts";
import { goingOnIn } from "../failure.ts";
import { modelFolder } from "../model.ts";
import type { TrainOptions } from "../options.ts";
import { parseSpec, parseTemplate } from "../spec.ts";
import { RunFolder, trainedModel } from "../train/folder.ts";
import { loadProblems } from "../train/problems.ts";
import { recordOf } from "../train/record.ts";
import { runView, type RunEvent } from "../train/view.ts";
import type { View } from "../ui/view.ts";

function evaluationOf({ eval: evaluation }: TrainOptions) {
  if (evaluation.greedy || evaluation.samples > 0) {
    return { ...evaluation, primary: evaluation.samples > 0 ? "sampled" : "greedy" } as const;
  }
  throw new InputError("--no-eval-greedy and --eval-samples 0 leave nothing to evaluate", {
    code: "bad-flag",
    hint: "Keep one of the two; --eval-every sets how often.",
    field: "--eval-samples",
  });
}

/** Everything that can be wrong is found before the folder is made. */
async function prepare(engine: Engine, options: TrainOptions) {
  const field = ["--reward"];
  const spec = parseInput(rewardSpecSchema, parseSpec(options.reward, "reward"), { field });
  const reward = await compileReward(spec, { baseDirectory: process.cwd(), field: "--reward" });
  const taskSpec = parseSpec(options.task, "task");
  const task = loadTask(parseInput(taskSpecSchema, taskSpec, { field: ["--task"] }));
  const template =
    options.template === undefined ? undefined : await parseTemplate(options.template);
  const evaluation = evaluationOf(options);
  const grpo = grpoSchema.strip().parse(options);
  const rollouts = grpo.prompts * grpo.group;
  if (grpo.updates > rollouts) {
    throw new InputError(`--updates: ${grpo.updates} updates of only ${rollouts} rollouts a step`, {
      code: "bad-flag",
      hint: "At most --prompts times --group.",
      field: "--updates",
    });
  }
  const problems = await loadProblems(task, template, engine, options);
  // With the text of a template that stands in a file: the run can be gone on with from anywhere.
  const settings = { ...options, template: template && JSON.stringify(template.spec) };
  const record = await recordOf(settings, reward, problems, engine.info);
  return { reward, task, stop: template?.stop, evaluation, grpo, problems, record };
}

async function work(
  engine: Engine,
  options: TrainOptions,
  { show }: View<RunEvent>,
  { signal }: CliContext,
): Promise<void> {
  const { reward, task, stop, evaluation, grpo, problems, record } = await prepare(engine, options);
  const folder = await RunFolder.open(options.out, record);
  try {
    const finished = await trainedModel(options.out);
    if (folder.resume?.step === grpo.steps && finished !== undefined) {
      show({ event: "done", directory: options.out, model: finished });
      return;
    }
    show({
      event: "start",
      directory: options.out,
      parameters: engine.info.parameters,
      task: task.name,
      reward: reward.label,
      trainProblems: problems.train.length,
      testProblems: problems.test.length,
      dropped: problems.dropped,
      skipped: problems.skipped,
      steps: grpo.steps,
      step: folder.resume?.step ?? 0,
    });
    const common = { grpo, seed: options.seed, stop };
    const labels = reward.needs.has("fixed-labels")
      ? await drawLabels(engine, task, problems.train, {
          ...common,
          samples: grpo.labelSamples,
          signal,
          onProgress: (done, total) => show({ event: "labels", done, total }),
        })
      : undefined;
    const events = train({
      ...common,
      engine,
      task,
      trainProblems: problems.train,
      testProblems: problems.test,
      reward,
      evaluation,
      labels,
      resume: folder.resume,
    });
    for await (const event of events) {
      await folder.append(event);
      if (event.kind === "evaluation") {
        const { problems: _, ...summary } = event.row;
        show({ event: "evaluation", evaluation: summary });
        if (summary.step === 0) throwIfCancelled(signal, "training");
        continue;
      }
      const { step } = event.metrics;
      show({ event: "step", metrics: event.metrics });
      const isLast = step === grpo.steps;
      if (!isLast && (signal.aborted || step % options.checkpointEvery === 0)) {
        await folder.checkpoint(engine, step);
      }
      if (!isLast) throwIfCancelled(signal, "training");
    }
    const model = await folder.finish(engine, grpo.steps);
    show({ event: "done", directory: options.out, model });
  } finally {
    await folder.close();
    await task.close();
  }
}

const trainCommand: Action<TrainOptions> = async (given, context) => {
  const { json, threads = availableParallelism() } = given;
  // The run records the folder, so that it can be gone on with where the hub is out of reach.
  const options = { ...given, model: await modelFolder(given.model, context, { json, threads }) };
  const engine = await openEngine({ model: options.model, lora: options.lora, threads });
  const view = runView(context, options);
  try {
    await work(engine, options, view, context);
  } catch (error) {
    // Before the folder is made there is nothing to go on with.
    const isThere = await exists(join(options.out, RUN_FILES.run));
    throw isThere ? goingOnIn(options.out, error) : error;
  } finally {
    view.close();
    await engine.close();
  }
};

export default trainCommand;
