/** From options to what is evaluated: the benchmarks with their problems, and who answers. */
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { openEngine } from "../../engine/index.ts";
import { EmbeddedAnswerer, ServedAnswerer, type Bench } from "../../eval/index.ts";
import { parseInput } from "../../io/index.ts";
import { isTarget, parseTarget, readKey, Server } from "../../remote/index.ts";
import { loadTask, taskSpecSchema, type ReadyTask, type ReadyTemplate } from "../../tasks/index.ts";
import type { CliContext } from "../context.ts";
import { modelFolder } from "../model.ts";
import { parseSpec, parseTemplate } from "../spec.ts";
import { hashModel } from "../train/record.ts";
import { badFlag } from "../failure.ts";
import type { EvalOptions } from "./options.ts";
import type { Evaluated } from "./record.ts";

/** Names with commas between, or one `{name: parameters}`. */
function benchSpecs(text: string, flag: string): readonly unknown[] {
  if (text.trimStart().startsWith("{")) return [parseSpec(text, flag)];
  return text.split(",").map((name) => name.trim());
}

export interface OpenBenches {
  readonly benches: readonly Bench[];
  /** Ends the graders' workers. */
  readonly close: () => Promise<void>;
}

/**
 * @param flag what the benchmarks were given by, for messages
 * @throws InputError for an unknown, repeated or empty benchmark, and for data that is missing or malformed
 */
export async function openBenches(
  { bench, data, limit, seed }: Pick<EvalOptions, "bench" | "data" | "limit" | "seed">,
  flag = "bench",
): Promise<OpenBenches> {
  const tasks = benchSpecs(bench, flag).map((spec) =>
    loadTask(parseInput(taskSpecSchema, spec, { field: [`--${flag}`] })),
  );
  const names = tasks.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw badFlag(flag, `--${flag} names ${twice} twice`, "Name each benchmark once.");
  }
  const load = async (task: ReadyTask): Promise<Bench> => {
    const problems = await task.load({ split: "test", count: limit, seed, data });
    return { name: task.name, grading: task, problems };
  };
  return {
    benches: await Promise.all(tasks.map(load)),
    close: async () => {
      await Promise.all(tasks.map((task) => task.close()));
    },
  };
}

export interface OpenModel extends Evaluated {
  readonly close: () => Promise<void>;
}

/** @throws InputError for a folder that holds no model, a malformed address, or a key that is asked for and not there */
export async function openModel(options: EvalOptions, context: CliContext): Promise<OpenModel> {
  return isTarget(options.model)
    ? openServed(options, context.env)
    : openEmbedded(options, context);
}

async function openEmbedded(options: EvalOptions, context: CliContext): Promise<OpenModel> {
  const template =
    options.template === undefined ? undefined : await parseTemplate(options.template);
  const { adapter, json, threads = availableParallelism() } = options;
  const model = resolve(await modelFolder(options.model, context, { json, threads }));
  const engine = await openEngine({ model, adapter, threads });
  try {
    const folders = adapter === undefined ? [model] : [model, adapter];
    const identity = (await Promise.all(folders.map(hashModel))).join(" ");
    const answerer = new EmbeddedAnswerer(engine, { ...options, samples: options.n }, template);
    return { answerer, identity, model, template, close: () => engine.close() };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function openServed(options: EvalOptions, env: NodeJS.ProcessEnv): Promise<OpenModel> {
  const { api, n, rpm } = options;
  const target = parseTarget(options.model);
  const key = readKey(env, options.apiKeyEnv);
  const template = await servedTemplate(options);
  const server = new Server({ ...options, ...target, key, requestsPerMinute: rpm });
  const info = { engine: "openai", ...target, api };
  const answerer = new ServedAnswerer(server, { ...options, samples: n, template, info });
  const identity = JSON.stringify(target);
  return { answerer, identity, model: options.model, template, close: async () => undefined };
}

/** Messages go to the chat API, where the server's own template renders them, and text to the other one. */
async function servedTemplate({ template, api }: EvalOptions): Promise<ReadyTemplate | undefined> {
  if (template === undefined && api === "completions") return undefined;
  const ready = await parseTemplate(template ?? "chat");
  const gives = "text" in ready.render({ prompt: "" }) ? "completions" : "chat";
  if (gives === api) return ready;
  const what = gives === "chat" ? "messages" : "a whole text";
  throw badFlag(
    "template",
    `the template ${ready.name} gives ${what}, which --api ${api} does not take`,
    `Give --api ${gives}, or another template.`,
  );
}

/** @throws InputError where the samples of a problem would all be the same */
export function checkSampling({ n, temperature }: EvalOptions): void {
  if (n === 1 || temperature > 0) return;
  throw badFlag(
    "n",
    `--n ${n} at temperature 0 would draw the same sample ${n} times`,
    "Give --temperature, for example 0.6, or --n 1.",
  );
}
