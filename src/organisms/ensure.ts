/** Organisms on disk: each recipe is pretrained once and then found by its hash. */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { InputError, throwIfCancelled } from "../errors.ts";
import { openEngine, type Engine } from "../engine/index.ts";
import { exists, readJson, systemCode, writeJsonAtomic } from "../io/index.ts";
import { loadTask } from "../tasks/index.ts";
import { openCorpus } from "./corpus.ts";
import { measure, type Measurement } from "./measure.ts";
import { createOrganism, pretrain, type PretrainOptions } from "./pretrain.ts";
import {
  isSearcher,
  organismSchema,
  recipeHash,
  type OrganismRecipe,
  type SearcherRecipe,
} from "./recipe.ts";
import { openSearchCorpus } from "./search-corpus.ts";
import { measureSearch, type SearchMeasurement } from "./search-measure.ts";

export interface EnsureOptions extends PretrainOptions {
  /** holds one folder an organism, named by its hash; made where absent */
  readonly cacheDirectory: string;
  readonly threads?: number;
}

export interface EnsuredOrganism {
  /** a Hugging Face model folder, with `organism.json` */
  readonly directory: string;
  readonly hash: string;
  /** true if it was there before */
  readonly cached: boolean;
}

export const ORGANISM_FILE = "organism.json";

/** `organism.json`: what the model is and what it does. */
export const organismFileSchema = z.object({
  hash: z.string(),
  recipe: organismSchema,
  /** mean loss of the last updates, nats a completion token */
  finalLoss: z.number(),
  /** of samples at temperature 1 on problems of the test split; see `measure` and `measureSearch` */
  measured: z.record(z.string(), z.unknown()),
});

export type OrganismFile = z.infer<typeof organismFileSchema>;

/** The problems that `organism.json` reports on. */
const MEASURED = { problems: 500, samples: 2, seed: 1000 };

const PREFIX = "unfinished-";

/** Unfinished folders of processes that were killed are removed when they are this old, in milliseconds. */
const ABANDONED = 24 * 60 * 60 * 1000;

/**
 * The model folder of a recipe: from the cache, or pretrained now. The folder appears under its name in one rename when
 * it is complete. Two processes that want the same organism both train it; the first to finish wins, and both would have
 * written the same.
 *
 * @throws InputError for a recipe that cannot be built or a damaged folder, CancelledError
 * @example
 * ```ts
 * import { ensureOrganism, organismSchema, presets } from "placebo-rl/organisms";
 *
 * // A coder that is pretrained for a moment only.
 * const recipe = organismSchema.parse({
 *   ...presets.coder,
 *   training: { ...presets.coder.training, examples: 64, batch: 32 },
 * });
 * const { directory, cached } = await ensureOrganism(recipe, { cacheDirectory: ".placebo" });
 * console.log(directory, cached);
 * ```
 */
export async function ensureOrganism(
  recipe: OrganismRecipe,
  options: EnsureOptions,
): Promise<EnsuredOrganism> {
  const { cacheDirectory, signal } = options;
  const hash = recipeHash(recipe);
  const directory = join(cacheDirectory, hash);
  if (await exists(directory)) {
    await readOrganism(directory);
    return { directory, hash, cached: true };
  }
  throwIfCancelled(signal, "pretraining");
  await mkdir(cacheDirectory, { recursive: true });
  await removeAbandoned(cacheDirectory);
  const unfinished = join(cacheDirectory, `${PREFIX}${hash}-${randomUUID()}`);
  try {
    const finished = await buildOrganism(unfinished, recipe, hash, options);
    await renameUnlessThere(finished, directory);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return { directory, hash, cached: false };
}

/** @throws InputError `damaged-organism` */
async function readOrganism(directory: string): Promise<OrganismFile> {
  try {
    return await readJson(join(directory, ORGANISM_FILE), organismFileSchema);
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new InputError(cause.message, {
      code: "damaged-organism",
      hint: `Delete the folder ${directory}: it is pretrained again when it is needed.`,
      file: cause.file,
      field: cause.field,
      cause,
    });
  }
}

/** Trains inside `workplace` and returns the complete model folder there. */
async function buildOrganism(
  workplace: string,
  recipe: OrganismRecipe,
  hash: string,
  options: EnsureOptions,
): Promise<string> {
  const corpus = isSearcher(recipe) ? openSearchCorpus(recipe) : openCorpus(recipe);
  const initial = join(workplace, "initial");
  const finished = join(workplace, "finished");
  await createOrganism(initial, recipe);
  const engine = await openEngine({ model: initial, threads: options.threads });
  try {
    const finalLoss = await pretrain(engine, corpus, recipe, options);
    const measured = await measureEngine(engine, recipe, options.signal);
    await engine.save(finished);
    await writeJsonAtomic(join(finished, ORGANISM_FILE), { hash, recipe, finalLoss, measured });
  } finally {
    await engine.close();
  }
  return finished;
}

async function measureEngine(
  engine: Engine,
  recipe: OrganismRecipe,
  signal: AbortSignal | undefined,
): Promise<Measurement | SearchMeasurement> {
  const { seed, samples, problems: count } = MEASURED;
  const task = loadTask(
    isSearcher(recipe)
      ? { search: searchTaskOf(recipe) }
      : { arithmetic: { steps: recipe.corpus.steps } },
  );
  const problems = await task.load({ split: "test", count, seed });
  const completions_QK = await engine.sample(
    {
      prompts: problems.map(({ prompt }) => engine.tokenizer.encode(prompt)),
      rollouts: samples,
      params: { temperature: 1, maxTokens: recipe.model.maxPosition },
      key: { seed, purpose: "evaluate", step: 0 },
    },
    { signal },
  );
  if (isSearcher(recipe)) return measureSearch(problems, completions_QK);
  const texts_QK = completions_QK.map((completions) => completions.map(({ text }) => text));
  return measure(problems, texts_QK, task);
}

/** The task whose problems a searcher has learned, as it reads them. */
export function searchTaskOf({ search: { family, levels } }: SearcherRecipe) {
  return { family, levels: levels.map(({ level }) => level), prompt: "bare" };
}

async function renameUnlessThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    const code = systemCode(error);
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
  }
}

async function removeAbandoned(cacheDirectory: string): Promise<void> {
  for (const name of await readdir(cacheDirectory)) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(cacheDirectory, name);
    if ((await ageOf(path)) > ABANDONED) await rm(path, { recursive: true, force: true });
  }
}

/** Milliseconds since the folder last changed; 0 if another process has removed it. */
async function ageOf(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return 0;
    throw error;
  }
}
