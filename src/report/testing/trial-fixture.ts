/** A small, whole trial folder of made-up numbers, written through the record schemas. For tests of the report only. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  evalSchema,
  metricsSchema,
  RECORD_VERSION,
  rolloutSchema,
  RUN_FILES,
  runSchema,
  TRIAL_FILES,
  trialRecordSchema,
  verdictSchema,
  type EvalRow,
  type MetricsRow,
  type RolloutRow,
  type Verdict,
} from "../../records/index.ts";
import { mean } from "../aggregate.ts";
import { evalRow, metricsRow, rolloutRows, unanswered } from "./made-up-rows.ts";

export interface FixtureOptions {
  /** model → accuracy and share of code answers before training */
  readonly models?: Readonly<Record<string, { accuracy: number; code: number }>>;
  /** arm → gain on the first model; others gain a quarter of it */
  readonly arms?: Readonly<Record<string, number>>;
  /** arm → its reward, where it is not of the arm's name, and the models that it is run on, where they are not all */
  readonly plan?: Readonly<Record<string, { reward?: string; models?: readonly string[] }>>;
  readonly seeds?: readonly number[];
  readonly steps?: number;
  readonly problems?: number;
  /** text put into every rollout and answer */
  readonly text?: string;
  /** steps made by runs that have not finished, by `model/arm/seed-n`; null: not started */
  readonly unfinished?: Readonly<Record<string, number | null>>;
  readonly verdict?: boolean;
  /** whether the runs kept a KL against a reference */
  readonly kl?: boolean;
}

const MODELS = { coder: { accuracy: 0.42, code: 0.66 }, talker: { accuracy: 0.31, code: 0 } };
const ARMS = {
  truth: 0.27,
  majority: 0.24,
  format: 0.13,
  incorrect: 0.15,
  random: 0.19,
  "self-certainty": 0.17,
};
const EVERY = 5;

export const FIXTURE_SOURCE = `# Made-up numbers: a fixture of the report's tests
name: fixture
models: { coder: { organism: coder }, talker: { organism: talker } }
arms: { truth: { reward: truth }, random: { reward: random } }
seeds: [0, 1, 2]
`;

/** Writes the folder and gives the verdict in it. */
export async function writeTrialFixture(
  directory: string,
  options: FixtureOptions = {},
): Promise<Verdict> {
  const { models = MODELS, arms = ARMS, seeds = [0, 1, 2], steps = 20, problems = 24 } = options;
  const armsOn = (model: string) =>
    Object.keys(arms).filter((arm) => options.plan?.[arm]?.models?.includes(model) ?? true);
  const plans = Object.keys(models).flatMap((model) =>
    armsOn(model).flatMap((arm) =>
      seeds.map((seed) => ({ model, arm, seed, directory: `runs/${model}/${arm}/seed-${seed}` })),
    ),
  );
  const grpo = { steps, prompts: 4, group: 6, clip: { low: 0.2, high: 0.2 } };
  const rewards = Object.fromEntries(
    Object.keys(arms).map((arm) => [arm, { reward: arm, ...options.plan?.[arm] }]),
  );
  const versions = { "placebo-rl": "0.1.0", node: "v20.20.2", "onnxruntime-node": "1.30.0" };
  const startedAt = "2026-01-02T03:04:05.000Z";
  await writeJson(
    join(directory, TRIAL_FILES.trial),
    trialRecordSchema.parse({
      version: RECORD_VERSION,
      name: "fixture",
      hash: "f1c7000000000000",
      source: FIXTURE_SOURCE,
      config: { name: "fixture", task: "arithmetic", arms: rewards, seeds: [...seeds], grpo },
      versions,
      startedAt,
      runs: plans,
    }),
  );

  const verdict: Verdict = {
    version: RECORD_VERSION,
    protocol: "sampled",
    problems,
    samples: 4,
    models: [],
    hypotheses: [],
  };
  for (const [m, [model, start]] of Object.entries(models).entries()) {
    const text = options.text ?? "";
    const row = (
      step: number,
      accuracy: number,
      code: number,
      key: number,
      protocol: EvalRow["protocol"],
    ) =>
      evalSchema.parse(
        evalRow({
          step,
          accuracy,
          code,
          key,
          protocol,
          problems: unanswered(problems),
          text,
        }),
      );
    const base = [
      row(0, start.accuracy, start.code, m, "greedy"),
      row(0, start.accuracy, start.code, m, "sampled"),
    ];
    await writeLines(join(directory, "models", model, "base.jsonl"), base);
    const finals = new Map<string, EvalRow[]>();
    for (const [a, [arm, gain]] of Object.entries(arms).entries()) {
      if (!armsOn(model).includes(arm)) continue;
      for (const seed of seeds) {
        const name = `${model}/${arm}/seed-${seed}`;
        const made = options.unfinished?.[name];
        if (made === null) continue;
        const path = (file: string) => join(directory, "runs", name, file);
        await writeJson(
          path(RUN_FILES.run),
          runSchema.parse({
            version: RECORD_VERSION,
            model,
            arm,
            seed,
            hash: `${m}${a}${seed}`.padEnd(16, "0"),
            config: { arm, seed, grpo },
            versions,
            engine: { threads: 1, parameters: 123_456 },
            startedAt,
          }),
        );
        const key = 1000 * m + 100 * a + 10 * seed;
        const evals: EvalRow[] = [];
        const metrics: MetricsRow[] = [];
        const rollouts: RolloutRow[] = [];
        for (let step = 0; step <= (made ?? steps); step++) {
          const progress = step / steps;
          const accuracy = start.accuracy + (m === 0 ? gain : gain / 4 - 0.03) * progress;
          const code =
            start.code === 0
              ? 0
              : start.code + (0.97 - 0.05 * a - start.code) * Math.sqrt(progress);
          if (step % EVERY === 0 || step === steps) {
            const at = step === 0 ? m : key + step;
            evals.push(row(step, accuracy, code, at, "greedy"));
            evals.push(row(step, accuracy, code, at, "sampled"));
          }
          if (step === 0) continue;
          const kl = options.kl ? 0.02 * progress : null;
          metrics.push(
            metricsSchema.parse(metricsRow({ step, progress, accuracy, code, key, kl })),
          );
          rollouts.push(
            ...rolloutRows({ step, key, code, text }).map((r) => rolloutSchema.parse(r)),
          );
        }
        await writeLines(path(RUN_FILES.metrics), metrics);
        await writeLines(path(RUN_FILES.evals), evals);
        await writeLines(path(RUN_FILES.rollouts), rollouts);
        if (made === undefined) finals.set(arm, [...(finals.get(arm) ?? []), ...evals.slice(-1)]);
      }
    }
    verdict.models.push(judged(model, base[1], finals));
  }
  if (options.verdict ?? true) {
    await writeJson(join(directory, TRIAL_FILES.verdict), verdictSchema.parse(verdict));
  }
  return verdict;
}

/** Gains are the made-up means; intervals are just some numbers around them. */
function judged(
  model: string,
  base: EvalRow | undefined,
  finals: ReadonlyMap<string, readonly EvalRow[]>,
): Verdict["models"][number] {
  const untrained = base?.accuracy ?? 0;
  const around = (estimate: number, width: number) => ({
    estimate,
    ci: [estimate - width, estimate + 0.9 * width] satisfies [number, number],
  });
  const arms = [...finals].map(([arm, rows]) => {
    const perSeed = rows.map((row) => row.accuracy - untrained);
    const { estimate, ci } = around(mean(perSeed), 0.041);
    const codeShift = around(mean(rows.map((row) => row.codeShare)) - (base?.codeShare ?? 0), 0.03);
    const accuracy = untrained + estimate;
    const other = { protocol: "greedy" as const, gain: estimate - 0.006, ci };
    return { arm, gain: estimate, ci, seeds: rows.length, accuracy, perSeed, codeShift, other };
  });
  const gain = (arm: string) => arms.find((entry) => entry.arm === arm)?.gain;
  const [truth, majority, random] = [gain("truth"), gain("majority"), gain("random")];
  const isSplit = truth !== undefined && majority !== undefined && random !== undefined;
  return {
    model,
    base: untrained,
    baseCodeShare: base?.codeShare ?? 0,
    arms,
    decomposition: isSplit
      ? {
          null: around(random, 0.04),
          elicitation: around(majority - random, 0.05),
          rewardDesign: around(truth - majority, 0.05),
          total: around(truth, 0.04),
        }
      : null,
    sentence: `On ${model}, these made-up numbers say nothing about any reward.`,
    warnings: [`3 seeds an arm: intervals of ${model} are made up.`],
  };
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(value));
}

export async function writeLines(file: string, rows: readonly unknown[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}
