/** Loads a user's own reward from a module. */
import { stat } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { InputError } from "../errors.ts";
import { didYouMean } from "../suggest.ts";
import type { Reward } from "./define.ts";
import type { ModuleSpec } from "./spec.ts";

const TYPESCRIPT = [".ts", ".mts"];
const JAVASCRIPT = [".js", ".mjs"];

const isFunction = (value: unknown) => typeof value === "function";
const isSchema = (value: unknown) =>
  typeof value === "object" &&
  value !== null &&
  "safeParse" in value &&
  isFunction(value.safeParse);

const described = {
  name: z.string().min(1),
  description: z.string(),
  source: z.string(),
  params: z.custom<z.ZodType>(isSchema, "must be a zod schema, for example z.strictObject({})"),
  needs: z.array(z.enum(["initial-policy", "fixed-labels"])).optional(),
  checkProblem: z.custom(isFunction, "must be a function (problem) => void").optional(),
};

const shapeSchema = z.discriminatedUnion(
  "scope",
  [
    z.object({
      ...described,
      scope: z.literal("sample"),
      score: z.custom(isFunction, "must be a function (context, params) => grade"),
    }),
    z.object({
      ...described,
      scope: z.literal("group"),
      scoreGroup: z.custom(isFunction, "must be a function (context, params) => grades"),
    }),
    z.object({
      ...described,
      scope: z.literal("steps"),
      scoreSteps: z.custom(isFunction, "must be a function (context, params) => steps"),
    }),
  ],
  { error: 'must be an object made by defineReward, with scope "sample", "group" or "steps"' },
);

async function importModule(file: string): Promise<unknown> {
  const url = pathToFileURL(file).href;
  if (JAVASCRIPT.includes(extname(file))) return import(url);
  const { tsImport } = await import("tsx/esm/api");
  return tsImport(url, import.meta.url);
}

/** The exports by name. A module compiled to CommonJS, as tsx does without `"type": "module"`, is its own `default`. */
function exportsOf(namespace: unknown): Record<string, unknown> {
  const exports: Record<string, unknown> = { ...Object(namespace) };
  const inner = exports["default"];
  const compiled = typeof inner === "object" && inner !== null && "__esModule" in inner;
  return compiled ? { ...inner } : exports;
}

/**
 * Imports the module and checks the shape of what it exports.
 *
 * @param field of the spec, for messages
 * @throws InputError for a missing file, a module that does not load, a missing export or one that is no reward
 */
export async function loadRewardModule(
  spec: ModuleSpec,
  baseDirectory: string,
  field: string,
): Promise<{ readonly file: string; readonly reward: Reward }> {
  const file = resolve(baseDirectory, spec.module);
  const fail = (code: string, message: string, hint: string, at: string, cause?: unknown) =>
    new InputError(message, { code, hint, file, field: `${field}.${at}`, cause });

  if (![...TYPESCRIPT, ...JAVASCRIPT].includes(extname(file))) {
    const known = [...TYPESCRIPT, ...JAVASCRIPT].join(", ");
    throw fail("reward-module", `${spec.module} is no module`, `Use one of ${known}.`, "module");
  }
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) {
    const hint = "The path is relative to the trial file.";
    throw fail("reward-module-missing", `there is no file ${spec.module}`, hint, "module");
  }
  const namespace = await importModule(file).catch((cause: unknown) => {
    const text = cause instanceof Error ? cause.message : String(cause);
    const why = text.replaceAll(/\s*\n\s*/g, " ");
    const hint = "Run the module by itself to see the error, and fix it.";
    throw fail("reward-module", `${spec.module} does not load: ${why}`, hint, "module", cause);
  });
  const exports = exportsOf(namespace);
  const reward = exports[spec.export];
  if (reward === undefined) {
    const hint = didYouMean(spec.export, Object.keys(exports));
    throw fail("reward-export", `${spec.module} has no export "${spec.export}"`, hint, "export");
  }
  const checked = shapeSchema.safeParse(reward);
  if (checked.success) {
    // The shape was just checked; that the functions take and return what they must is checked at every call.
    return { file, reward: reward as Reward };
  }
  const [issue] = checked.error.issues;
  const at = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  throw fail(
    "reward-shape",
    `${spec.module}, export "${spec.export}", is no reward: ${at}${issue?.message ?? ""}`,
    'Export what defineReward from "placebo-rl/rewards" returns.',
    "export",
  );
}
