/** `run.json` of a training run: its settings, and a hash of everything that decides its numbers. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import type { EngineInfo } from "../../engine/index.ts";
import { hashFile } from "../../io/index.ts";
import { RECORD_VERSION, type RunRecord } from "../../records/index.ts";
import type { CompiledReward } from "../../rewards/index.ts";
import { resolveData } from "../../tasks/index.ts";
import type { TrainOptions } from "../options.ts";
import { parseSpec } from "../spec.ts";
import { packageVersion } from "../version.ts";
import type { Problems } from "./problems.ts";

type Reward = Pick<CompiledReward, "label" | "modules">;

/** The options with absolute paths, so that the run can be gone on with from anywhere. */
function portable(options: TrainOptions, { modules }: Reward): TrainOptions {
  const { model, data, evalData, out, reward } = options;
  return {
    ...options,
    model: resolve(model),
    data: data === undefined ? undefined : resolveData(process.cwd(), data),
    evalData: evalData === undefined ? undefined : resolveData(process.cwd(), evalData),
    out: resolve(out),
    // A text that names no file stays as it was written, and with it the hashes of such runs.
    reward:
      modules.length === 0 ? reward : JSON.stringify(atPaths(parseSpec(reward, "reward"), resolve)),
  };
}

/** A reward's spec with other paths of the user's modules in it. */
function atPaths(spec: unknown, path: (written: string) => string): unknown {
  if (Array.isArray(spec)) return spec.map((part) => atPaths(part, path));
  if (typeof spec !== "object" || spec === null) return spec;
  // What else stands beside a module's path are its own parameters.
  if ("module" in spec) return { ...spec, module: path(String(spec.module)) };
  return Object.fromEntries(Object.entries(spec).map(([key, part]) => [key, atPaths(part, path)]));
}

/** Hash of the weights, of every JSON file and of the chat template beside them. */
export async function hashModel(directory: string): Promise<string> {
  const hash = createHash("sha256");
  for (const name of (await readdir(directory)).sort()) {
    if (!/\.(safetensors|json|jinja)$/.test(name)) continue;
    hash.update(name);
    await pipeline(createReadStream(join(directory, name)), hash, { end: false });
  }
  return hash.digest("hex");
}

export async function recordOf(
  options: TrainOptions,
  reward: Reward,
  { train, test }: Problems,
  engine: EngineInfo,
): Promise<RunRecord> {
  const settings = portable(options, reward);
  // Where it stands and how it is shown does not change a number; of the data, its problems count.
  const { json: _, out: __, model: ___, data: ____, evalData: _____, ...deciding } = settings;
  // Of a module its content counts, below.
  if (reward.modules.length > 0) {
    deciding.reward = JSON.stringify(atPaths(parseSpec(options.reward, "reward"), () => ""));
  }
  const weights = await hashModel(settings.model);
  const code: string[] = [];
  for (const file of reward.modules) code.push(await hashFile(file));
  const content = [RECORD_VERSION, deciding, weights, train, test, engine.threads, ...code];
  const hash = createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 16);
  return {
    version: RECORD_VERSION,
    model: settings.model,
    arm: reward.label,
    seed: options.seed,
    hash,
    config: { ...settings },
    versions: { placebo: packageVersion(), node: process.version },
    engine: { ...engine },
    startedAt: new Date().toISOString(),
  };
}
