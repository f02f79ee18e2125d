/** From options to who explores: a model by itself or under a controller, in the engine or on a server. */
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { openEngine, type Engine } from "../../engine/index.ts";
import { EmbeddedAnswerer, ServedAnswerer } from "../../eval/index.ts";
import {
  alone,
  controlled,
  findStrategy,
  likelihoodProposer,
  servedProposer,
  STOP_STRINGS,
  uniformProposer,
  type Explorer,
  type Proposer,
  type Strategy,
} from "../../explore/index.ts";
import { isTarget, parseTarget, readKey, Server } from "../../remote/index.ts";
import type { Family } from "../../search/index.ts";
import { loadTemplate, type ReadyTemplate } from "../../tasks/index.ts";
import type { CliContext } from "../context.ts";
import { modelFolder } from "../model.ts";
import { hashModel } from "../train/record.ts";
import { badFlag } from "../failure.ts";
import { RANDOM, type ExploreOptions } from "./options.ts";

export interface OpenExplorer {
  readonly explorer: Explorer;
  /** equal for equal models: a hash of the weights, or a server's address and model name */
  readonly identity: string;
  /** the model as `explore.json` names it: a path is absolute */
  readonly model: string;
  readonly close: () => Promise<void>;
}

/** @throws InputError for flags that do not go together, and for a model or server that is not there */
export async function openExplorer(
  options: ExploreOptions,
  family: Family,
  context: CliContext,
): Promise<OpenExplorer> {
  const { controller, model } = options;
  const strategy = controller === undefined ? undefined : findStrategy(controller);
  checkSampling(options);
  if (model === RANDOM) return byLot(options, strategy);
  return isTarget(model)
    ? served(options, strategy, context.env)
    : embedded(options, strategy, family, context);
}

const under = (proposer: Proposer, strategy: Strategy, options: ExploreOptions) =>
  controlled(proposer, { ...options, strategy });

function byLot(options: ExploreOptions, strategy: Strategy | undefined): OpenExplorer {
  if (!strategy) {
    const message = "--model random chooses among moves and writes nothing by itself";
    throw badFlag("controller", message, "Give --controller, for example dfs.");
  }
  const explorer = under(uniformProposer, strategy, options);
  return { explorer, identity: RANDOM, model: RANDOM, close: async () => undefined };
}

async function embedded(
  options: ExploreOptions,
  strategy: Strategy | undefined,
  family: Family,
  context: CliContext,
): Promise<OpenExplorer> {
  const { adapter, json, threads = availableParallelism() } = options;
  const model = resolve(await modelFolder(options.model, context, { json, threads }));
  const engine = await openEngine({ model, adapter, threads });
  try {
    const folders = adapter === undefined ? [model] : [model, adapter];
    const identity = (await Promise.all(folders.map(hashModel))).join(" ");
    const explorer = strategy
      ? under(likelihoodProposer(engine, family.solve(family.example)), strategy, options)
      : await byItself(engine, options);
    return { explorer, identity, model, close: () => engine.close() };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function byItself(engine: Engine, options: ExploreOptions): Promise<Explorer> {
  const settings = { ...options, maxTokens: options.tokens };
  return alone(new EmbeddedAnswerer(engine, settings, await templateOf(options, "none")));
}

async function served(
  options: ExploreOptions,
  strategy: Strategy | undefined,
  env: NodeJS.ProcessEnv,
): Promise<OpenExplorer> {
  if (strategy?.needsLikelihoods) {
    throw badFlag(
      "controller",
      `--controller ${strategy.name} needs likelihoods, which servers do not give`,
      "Give --controller dfs or bfs, or a model in a folder.",
    );
  }
  const { api, rpm, tokens } = options;
  const target = parseTarget(options.model);
  const key = readKey(env, options.apiKeyEnv);
  const server = new Server({ ...options, ...target, key, requestsPerMinute: rpm });
  const info = { engine: "openai", ...target, api };
  const template = await templateOf(options, api === "chat" ? "chat" : "none");
  const explorer = strategy
    ? under(servedProposer(server, { ...options, info }), strategy, options)
    : alone(new ServedAnswerer(server, { ...options, maxTokens: tokens, template, info }));
  const identity = JSON.stringify(target);
  return { explorer, identity, model: options.model, close: async () => undefined };
}

/** The prompt as it is, as text or as a message, and what ends a trace. */
async function templateOf(
  { prompt }: ExploreOptions,
  name: "none" | "chat",
): Promise<ReadyTemplate> {
  const template = await loadTemplate(name, { baseDirectory: "." });
  return { ...template, stop: STOP_STRINGS[prompt] };
}

/** @throws InputError where the traces of a problem would all be the same */
function checkSampling({ samples, temperature, model }: ExploreOptions): void {
  if (samples === 1 || temperature > 0 || model === RANDOM) return;
  throw badFlag(
    "samples",
    `--samples ${samples} at temperature 0 would make the same trace ${samples} times`,
    "Give --temperature, for example 1, or --samples 1.",
  );
}
