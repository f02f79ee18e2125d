/** `eval.json`: the settings of an evaluation, a hash of what decides its numbers, and its default folder. */
import { createHash } from "node:crypto";
import { basename, join, resolve } from "node:path";
import type { Answerer, Bench } from "../../eval/index.ts";
import { RECORD_VERSION, type EvaluationRunRecord } from "../../records/index.ts";
import { resolveData, type ReadyTemplate } from "../../tasks/index.ts";
import { packageVersion } from "../version.ts";
import type { EvalOptions } from "./options.ts";

/** What is evaluated. */
export interface Evaluated {
  readonly answerer: Answerer;
  /** equal for equal models: a hash of the weights, or a server's address and model name */
  readonly identity: string;
  /** the model as `eval.json` names it: a path is absolute */
  readonly model: string;
  readonly template: ReadyTemplate | undefined;
}

/** @throws InputError where a prompt does not fit the model: all are rendered here, before anything is written */
export function recordOf(
  options: EvalOptions,
  benches: readonly Bench[],
  { answerer, identity, model, template }: Evaluated,
): EvaluationRunRecord {
  const { n, temperature, topP, maxTokens, seed, api } = options;
  const { engine, threads } = answerer.info;
  const asked = benches.map(({ name, problems }) => [
    name,
    problems.map((problem) => [problem.id, problem.key, problem.answer, answerer.prompt(problem)]),
  ]);
  const deciding = [
    RECORD_VERSION,
    identity,
    asked,
    template?.stop,
    n,
    temperature,
    topP,
    maxTokens,
    seed,
  ];
  const hash = createHash("sha256")
    .update(JSON.stringify([...deciding, api, engine, threads]))
    .digest("hex")
    .slice(0, 16);
  const { json: _, ...config } = options;
  const { data, adapter } = options;
  return {
    version: RECORD_VERSION,
    model,
    hash,
    config: {
      ...config,
      model,
      ...(data === undefined ? {} : { data: resolveData(process.cwd(), data) }),
      ...(adapter === undefined ? {} : { adapter: resolve(adapter) }),
      // With the text of a template that stands in a file.
      ...(template && { template: JSON.stringify(template.spec) }),
    },
    versions: { placebo: packageVersion(), node: process.version },
    engine: { ...answerer.info },
    asked: n * benches.reduce((sum, { problems }) => sum + problems.length, 0),
    startedAt: new Date().toISOString(),
  };
}

/** The folder of this evaluation or probe where the user names none: the same settings find it again. */
export function defaultFolder(
  { model, hash }: EvaluationRunRecord,
  benches: readonly Bench[],
  kind: "eval" | "probe" = "eval",
): string {
  const names = [basename(model.replace(/^.*#/, "")), ...benches.map(({ name }) => name)];
  const slug = names.join("-").replaceAll(/[^\w.-]+/g, "-");
  return join("runs", `${kind}-${slug}-${hash.slice(0, 8)}`);
}
