/** The model that a flag names, fetched before the user's eyes where it has to be. */
import { localModel, resolveModel, type ModelProgress } from "../models/index.ts";
import { ensureOrganism, presets } from "../organisms/index.ts";
import { DEFAULT_CACHE } from "../trial/index.ts";
import type { CliContext } from "./context.ts";
import { trainedModel } from "./train/folder.ts";
import { count, duration } from "./ui/format.ts";
import { bar, LiveArea } from "./ui/progress.ts";

interface Fetching {
  readonly json: boolean;
  /** of the engine that is going to open the model: a process has one pool of threads, and pretraining uses it first */
  readonly threads: number;
}

/**
 * The folder of a model, for `openEngine`. The folder of a training run stands for the model that came of it; the name
 * of a preset, where no folder is called so, for that organism, which is pretrained unless it was before.
 *
 * @throws InputError, CancelledError
 */
export async function modelFolder(
  name: string,
  context: CliContext,
  how: Fetching,
): Promise<string> {
  const trained = await trainedModel(name);
  if (trained !== undefined) return trained;
  const organism = await organismFolder(name, context, how);
  if (organism !== undefined) return organism;
  const { directory } = await fetching(context, how.json, (onProgress) =>
    resolveModel(name, { env: context.env, signal: context.signal, onProgress }),
  );
  return directory;
}

async function organismFolder(
  name: string,
  { err, signal }: CliContext,
  { json, threads }: Fetching,
): Promise<string | undefined> {
  const [, recipe] = Object.entries(presets).find(([known]) => known === name) ?? [];
  if (recipe === undefined || (await localModel(name)) !== undefined) return undefined;
  const area = new LiveArea(err);
  try {
    const { directory } = await ensureOrganism(recipe, {
      cacheDirectory: DEFAULT_CACHE,
      threads,
      signal,
      onProgress: ({ done, total, secondsLeft }) => {
        if (json) return;
        const share = done / total;
        area.draw(() => [
          `pretraining ${name} ${bar(share)} ${Math.floor(share * 100)}%  ${duration(secondsLeft)} left`,
        ]);
      },
    });
    return directory;
  } finally {
    area.clear();
  }
}

/** Shows how far a download or a conversion is, with the time that is left, while `work` goes on. */
export async function fetching<T>(
  { err }: CliContext,
  json: boolean,
  work: (onProgress: (progress: ModelProgress) => void) => Promise<T>,
): Promise<T> {
  const area = new LiveArea(err);
  let first: { readonly stage: string; readonly at: number; readonly done: number } | undefined;
  try {
    return await work((progress) => {
      const { stage, done, total } = progress;
      const now = performance.now();
      if (first?.stage !== stage) first = { stage, at: now, done };
      const { at, done: before } = first;
      const seconds = ((now - at) / 1000 / (done - before)) * (total - done);
      if (!json) area.draw(() => [progressLine(progress, seconds)]);
    });
  } finally {
    area.clear();
  }
}

function progressLine({ stage, done, total }: ModelProgress, seconds: number): string {
  const what = stage === "download" ? "downloading" : "converting";
  const unit = stage === "download" ? "B" : " weights";
  const share = total === 0 ? 1 : done / total;
  const facts = `${count(done)}${unit} of ${count(total)}${unit}  ${duration(seconds)} left`;
  return `${what} ${bar(share)} ${Math.floor(share * 100)}%  ${facts}`;
}
