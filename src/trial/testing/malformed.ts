/** A right trial file, ways to spoil it, and the check that a spoiled one is refused without a trace. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { InputError } from "../../errors.ts";
import { loadTrial } from "../load.ts";
import { runTrial } from "../run.ts";
import { temporaryFolder, tree, writeTinyModel } from "./folders.ts";

export const RIGHT = `name: wrong
models:
  a:
    path: model
train: { problems: 16 }
arms:
  truth: { reward: truth }
  random: { reward: random }
seeds: [0, 1]
grpo: { steps: 2, prompts: 4, group: 2, updates: 2, maxTokens: 8 }
evaluation: { problems: 8 }
`;

/** The right file with one thing replaced. */
export function swap(from: string, to: string): string {
  if (!RIGHT.includes(from)) throw new Error(`no ${from} in the trial file`);
  return RIGHT.replace(from, to);
}

/** Replaces text in a file. */
export async function edit(path: string, from: string, to: string): Promise<void> {
  const text = await readFile(path, "utf8");
  if (!text.includes(from)) throw new Error(`no ${from} in ${path}`);
  await writeFile(path, text.replace(from, to));
}

/** A temporary folder with a right trial file beside the model that it names. */
export async function rightTrial(): Promise<{ folder: string; file: string }> {
  const folder = await temporaryFolder();
  const file = join(folder, "trial.yaml");
  await writeTinyModel(join(folder, "model"));
  await writeFile(file, RIGHT);
  return { folder, file };
}

/** Loads and runs a trial file; it must fail on the way and leave its folder as it was. */
export async function failure(
  { folder, file }: { readonly folder: string; readonly file: string },
  out = join(folder, "out"),
): Promise<InputError> {
  const before = await tree(folder);
  const error: unknown = await loadTrial(file)
    .then((trial) => runTrial(trial, { out, cacheDirectory: join(folder, "cache") }))
    .catch((caught: unknown) => caught);
  expect(await tree(folder)).toEqual(before);
  if (!(error instanceof InputError)) throw new Error(`not an InputError: ${String(error)}`);
  expect(error.exitCode).toBe(2);
  expect(error.hint).not.toBe("");
  return error;
}
