/** The models of a trial: which organism or folder a name stands for, and a hash of its content. */
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { LoraConfig } from "../engine/index.ts";
import { InputError } from "../errors.ts";
import { exists, hashFile, hashOf, systemCode } from "../io/index.ts";
import { hubModel, localModel, parseHubName, type ResolveOptions } from "../models/index.ts";
import {
  isSearcher,
  parseRecipe,
  presets,
  recipeHash,
  type OrganismRecipe,
} from "../organisms/index.ts";
import { didYouMean } from "../suggest.ts";
import { loadTemplate, type ReadyTemplate } from "../tasks/index.ts";
import { checked, complaint } from "./complain.ts";
import type { Trial, TrialConfig } from "./schema.ts";

export type ModelSource =
  | { readonly kind: "organism"; readonly recipe: OrganismRecipe }
  | { readonly kind: "folder"; readonly directory: string };

export interface PlannedModel {
  readonly name: string;
  readonly source: ModelSource;
  /** how its prompts are made; absent: as the task makes them */
  readonly template?: ReadyTemplate;
  /** the adapter that its runs train; absent: they train all weights */
  readonly lora?: LoraConfig;
  /** of all that decides its weights, tokenizer and adapter */
  readonly hash: string;
}

/**
 * Downloads the models that the trial names by a repository of the hub, and gives the trial with their commits in place
 * of branches: every later look at them finds the same files, without asking the hub.
 *
 * @throws InputError
 */
export async function pinModels(trial: Trial, options: ResolveOptions = {}): Promise<Trial> {
  const models = { ...trial.config.models };
  for (const [name, model] of Object.entries(models)) {
    if (model.hub === undefined) continue;
    const { pinned } = await fromHub(trial, name, model.hub, options);
    models[name] = { ...model, hub: pinned };
  }
  return { ...trial, config: { ...trial.config, models } };
}

function fromHub(trial: Trial, name: string, hub: string, options: ResolveOptions = {}) {
  return checked(trial, ["models", name, "hub"], () => {
    const hubName = parseHubName(hub);
    if (hubName !== undefined) return hubModel(hubName, options);
    throw new InputError(`${JSON.stringify(hub)} names no repository`, {
      code: "bad-value",
      hint: "Write owner/name, owner/name@revision, or owner/name@revision/file.gguf.",
    });
  });
}

/** Finds every model. @throws InputError for unknown presets, wrong recipes and folders that hold no model */
export async function planModels(trial: Trial): Promise<PlannedModel[]> {
  const planned: PlannedModel[] = [];
  for (const [name, model] of Object.entries(trial.config.models)) {
    const template = await templateFor(trial, name);
    const { lora } = model;
    const whole = await planModel(trial, name, model);
    const hash = lora === undefined ? whole.hash : hashOf([whole.hash, lora]);
    planned.push({ ...whole, template, lora, hash });
  }
  return planned;
}

/** The model's own template, or the trial's. */
async function templateFor(
  { config, baseDirectory, ...at }: Trial,
  model: string,
): Promise<ReadyTemplate | undefined> {
  const own = config.models[model]?.template;
  const spec = own ?? config.template;
  if (spec === undefined) return undefined;
  return checked(at, templatePath(config, model), () => loadTemplate(spec, { baseDirectory }));
}

/** Where the trial says how a model's prompts are made. */
export function templatePath({ models }: TrialConfig, model: string): readonly string[] {
  return models[model]?.template === undefined ? ["template"] : ["models", model, "template"];
}

async function planModel(
  trial: Trial,
  name: string,
  { organism, path, hub }: TrialConfig["models"][string],
): Promise<PlannedModel> {
  if (hub !== undefined) {
    const { directory } = await fromHub(trial, name, hub);
    const hash = await checked(trial, ["models", name, "hub"], () => hashFolder(directory));
    return { name, source: { kind: "folder", directory }, hash };
  }
  if (path !== undefined) {
    const { baseDirectory } = trial;
    return checked(trial, ["models", name, "path"], async () => {
      const directory = (await localModel(path, { baseDirectory })) ?? resolve(baseDirectory, path);
      return { name, source: { kind: "folder", directory }, hash: await hashFolder(directory) };
    });
  }
  const recipe = await checked(trial, ["models", name, "organism"], () => recipeOf(organism));
  checkTask(trial, name, recipe);
  return { name, source: { kind: "organism", recipe }, hash: recipeHash(recipe) };
}

/** @throws InputError where the trial asks an organism for what it has never seen */
function checkTask(trial: Trial, name: string, recipe: OrganismRecipe): void {
  const { task } = trial.config;
  const family = isSearcher(recipe) ? recipe.search.family : undefined;
  // The task's parameters were checked; only these two matter here.
  const search = task["search"] as { family: string; prompt: string } | undefined;
  const fits =
    family === undefined
      ? "arithmetic" in task
      : search?.family === family && search.prompt === "bare";
  if (fits) return;
  const known =
    family === undefined
      ? "task: arithmetic"
      : `task: { search: { family: ${family}, prompt: bare } }`;
  throw complaint(trial, ["models", name, "organism"], {
    code: "foreign-task",
    message: `this organism knows nothing but ${known}, and this trial is on ${asWritten(task)}`,
    hint: `Set ${known}, or give a model folder by its path.`,
  });
}

/** `gsm8k`, or `{"search":{"family":"game24"}}` where parameters were set. */
const asWritten = (task: Trial["config"]["task"]): string => {
  const [[name, parameters] = ["", {}]] = Object.entries(task);
  return JSON.stringify(parameters) === "{}" ? name : JSON.stringify(task);
};

/** A preset's name, a preset with overrides, or a whole recipe. */
function recipeOf(organism: string | Readonly<Record<string, unknown>> = {}): OrganismRecipe {
  if (typeof organism === "string") return presetOf(organism);
  const { preset, ...overrides } = organism;
  if (preset === undefined) return parseRecipe(overrides);
  if (typeof preset !== "string") {
    throw new InputError("must be the name of a preset", {
      code: "bad-value",
      hint: `Presets: ${Object.keys(presets).join(", ")}.`,
      field: "preset",
    });
  }
  return parseRecipe(merge(presetOf(preset), overrides));
}

function presetOf(name: string): OrganismRecipe {
  for (const [known, recipe] of Object.entries(presets)) if (known === name) return recipe;
  throw new InputError(`unknown organism "${name}"`, {
    code: "unknown-organism",
    hint: didYouMean(name, Object.keys(presets)),
  });
}

/** `changes` over `base`, map by map; lists and plain values are replaced. */
export function merge(base: unknown, changes: unknown): unknown {
  if (!isMap(base) || !isMap(changes)) return changes;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, change] of Object.entries(changes)) {
    merged[key] = Object.hasOwn(base, key) ? merge(base[key], change) : change;
  }
  return merged;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Files of a model folder that decide what the model does. */
const DECIDING =
  /(\.safetensors|^(config|generation_config|tokenizer.*)\.json|^chat_template\.jinja)$/;

/** Checks that a folder holds a model, and hashes what decides it. @throws InputError */
async function hashFolder(directory: string): Promise<string> {
  const names = (await list(directory)).filter((name) => DECIDING.test(name)).sort();
  for (const name of ["config.json", "tokenizer.json"]) {
    if (!(await exists(join(directory, name)))) throw incomplete(directory, name);
  }
  if (!names.some((name) => name.endsWith(".safetensors"))) {
    throw incomplete(directory, "model.safetensors");
  }
  const hashes: [string, string][] = [];
  for (const name of names) hashes.push([name, await hashFile(join(directory, name))]);
  return hashOf(hashes);
}

function incomplete(directory: string, name: string): InputError {
  return new InputError(`${directory} has no ${name}`, {
    code: "bad-model",
    hint: "A Hugging Face model folder holds config.json, tokenizer.json and model.safetensors.",
    file: join(directory, name),
  });
}

async function list(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    const code = systemCode(error);
    if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
    throw new InputError(`${directory} is not a folder`, {
      code: "model-missing",
      hint: "Give the folder of a model; relative paths start from the trial file.",
      file: directory,
      cause: error,
    });
  }
}
