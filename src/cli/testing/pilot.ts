/** A small trial that really ran, and evaluations of it whose answers a test chooses. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { evalSchema, RUN_FILES, type EvalRow } from "../../records/index.ts";
import { writeTinyModel } from "../../trial/testing/folders.ts";
import { placebo } from "./run.ts";

const TRIAL = `name: pilot
models: { tiny: { path: model } }
train: { problems: 8 }
arms:
  truth: { reward: truth }
  random: { reward: { random: { gamma: 0.5 } } }
seeds: [0, 1]
grpo: { steps: 2, prompts: 2, group: 4, updates: 2, maxTokens: 6, learningRate: 1e-2 }
evaluation: { problems: 12, samples: 2 }
`;

export const PILOT = { model: "tiny", arms: ["truth", "random"], seeds: [0, 1] } as const;

/** Runs the trial. @returns its folder */
export async function runPilot(folder: string): Promise<string> {
  const [file, out] = [join(folder, "pilot.yaml"), join(folder, "pilot")];
  await writeTinyModel(join(folder, "model"));
  await writeFile(file, TRIAL);
  const { code, stderr } = await placebo("run", file, "--out", out, "--workers", "2", "--json");
  if (code !== 0) throw new Error(stderr);
  return out;
}

/** The folder of one run. */
export function runFolder(trial: string, arm: string, seed: number): string {
  return join(trial, "runs", PILOT.model, arm, `seed-${seed}`);
}

/** Rewrites what a run answered, row by row of its `evals.jsonl`. */
export async function answer(run: string, change: (row: EvalRow) => EvalRow): Promise<void> {
  const file = join(run, RUN_FILES.evals);
  const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
  const rows = lines.map((line) => change(evalSchema.parse(JSON.parse(line))));
  await writeFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}
