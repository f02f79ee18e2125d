/** `explore.json`: the settings of an exploration and a hash of what decides its traces. */
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { EXPLORATION_VERSION, type ExplorationRecord, type Task } from "../../explore/index.ts";
import { packageVersion } from "../version.ts";
import type { OpenExplorer } from "./open.ts";
import type { ExploreOptions } from "./options.ts";

export function recordOf(
  options: ExploreOptions,
  tasks: readonly Task[],
  { explorer, identity, model }: Pick<OpenExplorer, "explorer" | "identity" | "model">,
): ExplorationRecord {
  const { controller, width, tries, samples, temperature, tokens, seed, api } = options;
  const { engine, threads } = explorer.info;
  const asked = tasks.map(({ family, level, index, key, prompt }) => [
    family.name,
    level,
    index,
    key,
    prompt,
  ]);
  const deciding = [EXPLORATION_VERSION, identity, asked, controller, width, tries, samples];
  const hash = createHash("sha256")
    .update(JSON.stringify([...deciding, temperature, tokens, seed, api, engine, threads]))
    .digest("hex")
    .slice(0, 16);
  const { json: _, adapter, ...config } = options;
  return {
    version: EXPLORATION_VERSION,
    hash,
    config: { ...config, model, ...(adapter === undefined ? {} : { adapter: resolve(adapter) }) },
    versions: { placebo: packageVersion(), node: process.version },
    engine: { ...explorer.info },
    asked: samples * tasks.length,
    startedAt: new Date().toISOString(),
  };
}
