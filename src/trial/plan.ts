/** From a trial to its runs: models × arms × seeds, with everything checked that can be checked without writing. */
import { join } from "node:path";
import { hashFile, hashOf, parseInput } from "../io/index.ts";
import { RECORD_VERSION, TRIAL_FILES } from "../records/index.ts";
import { compileReward, type CompiledReward } from "../rewards/index.ts";
import { grpoSchema, type GrpoConfig } from "../rl/index.ts";
import { didYouMean } from "../suggest.ts";
import { loadTask, resolveData, type Problem, type Split } from "../tasks/index.ts";
import { checked, complaint } from "./complain.ts";
import { checkHypotheses } from "./hypotheses.ts";
import { merge, planModels, type PlannedModel } from "./models.ts";
import { seedsOf, type Trial } from "./schema.ts";

export interface PlannedArm {
  readonly name: string;
  readonly reward: CompiledReward;
  /** the trial's settings with the arm's over them */
  readonly grpo: GrpoConfig;
  /** names of the models that it is run on */
  readonly models: ReadonlySet<string>;
}

export interface PlannedRun {
  readonly model: string;
  readonly arm: string;
  readonly seed: number;
  /** inside the trial's folder */
  readonly directory: string;
  readonly steps: number;
  /** of everything that decides the run's numbers */
  readonly hash: string;
}

export interface TrialPlan {
  readonly hash: string;
  readonly models: readonly PlannedModel[];
  readonly arms: readonly PlannedArm[];
  /** seeds outermost, so that a trial that was stopped early is balanced over models and arms */
  readonly runs: readonly PlannedRun[];
  /** whether any arm rewards agreement with fixed labels of the initial model */
  readonly needsLabels: boolean;
}

/**
 * Resolves a trial into runs.
 *
 * @throws InputError that names file, line, field and fix
 */
export async function planTrial(trial: Trial): Promise<TrialPlan> {
  const { config } = trial;
  const models = await planModels(trial);
  const arms: PlannedArm[] = [];
  for (const name of Object.keys(config.arms)) arms.push(await planArm(trial, name));
  checkHypotheses(trial);
  const problems = await checkProblems(trial, arms);

  const { task, threads, evaluation } = config;
  const shared = { format: RECORD_VERSION, task, problems, threads, evaluation };
  const code = new Map<string, string>();
  for (const { reward } of arms) {
    for (const file of reward.modules) code.set(file, await hashFile(file));
  }
  const runs = seedsOf(config).flatMap((seed) =>
    models.flatMap((model) =>
      arms
        .filter((arm) => arm.models.has(model.name))
        .map((arm): PlannedRun => {
          const { reward, grpo } = arm;
          const deciding = {
            ...shared,
            model: model.hash,
            template: model.template?.spec,
            reward: reward.spec,
            code: reward.modules.map((file) => code.get(file)),
            grpo,
            labels: reward.needs.has("fixed-labels") ? config.grpo : null,
            seed,
          };
          return {
            model: model.name,
            arm: arm.name,
            seed,
            directory: join(TRIAL_FILES.runs, model.name, arm.name, `seed-${seed}`),
            steps: grpo.steps,
            hash: hashOf(deciding),
          };
        }),
    ),
  );
  const names = runs.map((run) => [run.directory, run.hash]);
  const { hypotheses } = config;
  // What was planned belongs to the trial: with other hypotheses it is another one, and its folder refuses it.
  const hash = hashOf(hypotheses === undefined ? names : { runs: names, hypotheses });
  const needsLabels = arms.some(({ reward }) => reward.needs.has("fixed-labels"));
  return { hash, models, arms, runs, needsLabels };
}

async function planArm(trial: Trial, name: string): Promise<PlannedArm> {
  const arm = trial.config.arms[name];
  if (arm === undefined) throw new RangeError(`no arm ${name}`);
  const path = ["arms", name, "grpo"];
  for (const key of SHARED) {
    if (arm.grpo?.[key] === undefined) continue;
    throw complaint(trial, [...path, key], {
      code: "bad-value",
      message: "must be the same in all arms: the untrained model is measured once for all of them",
      hint: `Set grpo.${key} of the trial instead.`,
    });
  }
  const grpo = parseInput(grpoSchema, merge(trial.config.grpo, arm.grpo ?? {}), {
    ...trial,
    field: path,
  });
  const batch = grpo.prompts * grpo.group;
  if (grpo.updates > batch) {
    const own = arm.grpo?.updates !== undefined;
    throw complaint(trial, own ? [...path, "updates"] : ["grpo", "updates"], {
      code: "too-many-updates",
      message: `cannot split a batch of ${batch} rollouts into ${grpo.updates} updates`,
      hint: `Set it to at most ${batch}, the product of prompts and group.`,
    });
  }
  const reward = await checked(trial, ["arms", name, "reward"], () =>
    compileReward(arm.reward, { baseDirectory: trial.baseDirectory }),
  );
  return { name, reward, grpo, models: modelsOfArm(trial, name) };
}

function modelsOfArm(trial: Trial, name: string): ReadonlySet<string> {
  const known = Object.keys(trial.config.models);
  const chosen = trial.config.arms[name]?.models ?? known;
  for (const [i, model] of chosen.entries()) {
    if (known.includes(model)) continue;
    throw complaint(trial, ["arms", name, "models", String(i)], {
      code: "unknown-model",
      message: `the trial has no model "${model}"`,
      hint: didYouMean(model, known) || `It has ${known.join(", ")}.`,
    });
  }
  return new Set(chosen);
}

/** Settings that evaluations and fixed labels of the untrained model depend on. */
const SHARED = ["maxTokens", "labelSamples"] as const;

/** Loads the problems of one split as every run of the trial sees them. */
export function loadProblems(
  { config, baseDirectory }: Pick<Trial, "config" | "baseDirectory">,
  split: Split,
): Promise<Problem[]> {
  const { data, train, evaluation } = config;
  const file = data[split];
  return loadTask(config.task).load({
    split,
    count: split === "train" ? train.problems : evaluation.problems,
    seed: data.seed,
    data: file === undefined ? undefined : resolveData(baseDirectory, file),
  });
}

/** Loads both splits once, so that wrong data is told before anything is written. @returns a hash of them */
async function checkProblems(trial: Trial, arms: readonly PlannedArm[]): Promise<string> {
  const { config } = trial;
  const train = await checked(trial, ["data", "train"], () => loadProblems(trial, "train"));
  const test = await checked(trial, ["data", "test"], () => loadProblems(trial, "test"));
  const counts = [
    { path: ["train", "problems"], wanted: config.train.problems, found: train.length },
    { path: ["evaluation", "problems"], wanted: config.evaluation.problems, found: test.length },
  ];
  for (const { path, wanted, found } of counts) {
    if (found < wanted) throw tooFew(trial, path, wanted, found);
  }
  if (test.length < 2) {
    throw complaint(trial, ["evaluation", "problems"], {
      code: "too-few-problems",
      message: "one problem says nothing of how problems differ, so there would be no interval",
      hint: "Evaluate on at least 2 problems; a verdict worth having needs 100 or more.",
    });
  }
  for (const { name, grpo, reward } of arms) {
    await checked(trial, ["arms", name, "reward"], () => train.forEach(reward.checkProblem));
    if (grpo.prompts <= train.length) continue;
    const own = config.arms[name]?.grpo?.prompts !== undefined;
    const path = own ? ["arms", name, "grpo", "prompts"] : ["grpo", "prompts"];
    throw tooFew(trial, path, grpo.prompts, train.length);
  }
  return hashOf([train, test]);
}

function tooFew(trial: Trial, path: readonly string[], wanted: number, found: number) {
  return complaint(trial, path, {
    code: "too-few-problems",
    message: `asks for ${wanted} problems, but there are ${found}`,
    hint: `Set it to at most ${found}, or give more data.`,
  });
}
