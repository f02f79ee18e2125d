/** The model that a flag names, fetched before the user's eyes where it has to be. */
import { InputError } from "../errors.ts";
import { exists } from "../io/index.ts";
import { localModel, parseHubName, resolveModel, type ModelProgress } from "../models/index.ts";
import { ensureOrganism, presets } from "../organisms/index.ts";
import { suggest } from "../suggest.ts";
import { DEFAULT_CACHE } from "../trial/index.ts";
import type { CliContext } from "./context.ts";
import { trainedModel } from "./train/folder.ts";
import { count, duration } from "./ui/format.ts";
import { ProgressLine } from "./ui/progress-line.ts";
import { jsonView, type View } from "./ui/view.ts";
import type { Terminal } from "./ui/terminal.ts";

interface Fetching {
  readonly json: boolean;
  /** of the engine that is going to open the model: a process has one pool of threads, and pretraining uses it first */
  readonly threads: number;
  /** where events go with `json`; default stdout, with the events of the work that follows */
  readonly events?: Terminal;
}

/** How far a model is that has to be made or fetched first. With `--json` it is printed as it is. */
type PrepareEvent = {
  readonly event: "prepare";
  readonly stage: "organism" | ModelProgress["stage"];
  /** the organism */
  readonly model?: string;
  /** updates, bytes or weights */
  readonly done: number;
  readonly total: number;
  /** null before there is a pace */
  readonly secondsLeft: number | null;
};

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
  if (parseHubName(name) === undefined && !(await exists(name))) throw noSuchModel(name);
  const work = (onProgress: (progress: ModelProgress) => void) =>
    resolveModel(name, { env: context.env, signal: context.signal, onProgress });
  return (await fetching(context, how.json, work, how.events)).directory;
}

function noSuchModel(name: string): InputError {
  const near = suggest(name, Object.keys(presets));
  const hint =
    near === undefined
      ? "Give a model folder, a GGUF file, a repository of the hub as owner/name, or a name of `placebo list organisms`."
      : `Did you mean the organism "${near}"? Else give a model folder, a GGUF file or owner/name of the hub.`;
  return new InputError(`${name}: no such folder, file or organism`, {
    code: "model-missing",
    hint,
    file: name,
  });
}

async function organismFolder(
  name: string,
  context: CliContext,
  { json, threads, events }: Fetching,
): Promise<string | undefined> {
  const [, recipe] = Object.entries(presets).find(([known]) => known === name) ?? [];
  if (recipe === undefined || (await localModel(name)) !== undefined) return undefined;
  const view = preparationView(context, json, events);
  try {
    const { directory } = await ensureOrganism(recipe, {
      cacheDirectory: DEFAULT_CACHE,
      threads,
      signal: context.signal,
      onProgress: ({ done, total, secondsLeft }) =>
        view.show({ event: "prepare", stage: "organism", model: name, done, total, secondsLeft }),
    });
    return directory;
  } finally {
    view.close();
  }
}

/** Shows how far a download or a conversion is, with the time that is left, while `work` goes on. */
export async function fetching<T>(
  context: CliContext,
  json: boolean,
  work: (onProgress: (progress: ModelProgress) => void) => Promise<T>,
  events?: Terminal,
): Promise<T> {
  const view = preparationView(context, json, events);
  let first: { readonly stage: string; readonly at: number; readonly done: number } | undefined;
  try {
    return await work(({ stage, done, total }) => {
      const now = performance.now();
      // Another stage, or another model's.
      if (first?.stage !== stage || done < first.done) first = { stage, at: now, done };
      const made = done - first.done;
      const secondsLeft = made > 0 ? ((now - first.at) / 1000 / made) * (total - done) : null;
      view.show({ event: "prepare", stage, done, total, secondsLeft });
    });
  } finally {
    view.close();
  }
}

function preparationView(
  { out, err }: CliContext,
  json: boolean,
  events = out,
): View<PrepareEvent> {
  if (json) return jsonView(events);
  const line = new ProgressLine(err);
  return {
    show: (event) => {
      const { done, total } = event;
      const share = total === 0 ? 1 : done / total;
      line.show({ what: WHAT[event.stage](event), share, facts: factsOf(event) });
    },
    close: () => line.clear(),
  };
}

const WHAT: { readonly [S in PrepareEvent["stage"]]: (event: PrepareEvent) => string } = {
  organism: ({ model }) => `pretraining ${model}, once`,
  download: () => "downloading",
  convert: () => "converting",
};

function factsOf({ stage, done, total, secondsLeft }: PrepareEvent): string {
  const unit = stage === "download" ? "B" : " weights";
  const made = stage === "organism" ? "" : `${count(done)}${unit} of ${count(total)}${unit}  `;
  return `${made}${duration(secondsLeft)} left`;
}
