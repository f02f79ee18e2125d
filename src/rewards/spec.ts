/** The grammar of rewards in trial files. */
import { z } from "zod";
import { didYouMean, parseInside } from "../suggest.ts";
import type { RewardSpec } from "./define.ts";
import { combinators, findCombinator, findReward, rewards } from "./registry.ts";

/** A spec after parsing: `{ name: params }` with every default filled in, or the user's own module as written. */
export type ResolvedSpec = Readonly<Record<string, unknown>>;

export const moduleSchema = z.strictObject({
  module: z.string().min(1).describe("path of a .ts, .js or .mjs file, relative to the trial file"),
  params: z.unknown().optional(),
  export: z.string().min(1).default("default").describe("which export of the module it is"),
});

export type ModuleSpec = z.infer<typeof moduleSchema>;

/** The schema of what stands behind a name. */
function paramsOf(name: string): z.ZodType | undefined {
  return findReward(name)?.params ?? findCombinator(name)?.params(rewardSpecSchema);
}

/** A reward in a trial file. Parsing checks names and parameters to the bottom and fills in the defaults. */
export const rewardSpecSchema: z.ZodType<ResolvedSpec, RewardSpec> = z
  .union([z.string(), z.record(z.string(), z.unknown())])
  .transform((spec, context): ResolvedSpec => {
    if (typeof spec !== "string" && "module" in spec) {
      // What comes back was checked by this very schema; after a fault zod drops it.
      return parseInside(moduleSchema, spec, [], context) as ModuleSpec;
    }
    const entries = typeof spec === "string" ? [[spec, {}] as const] : Object.entries(spec);
    const [entry] = entries;
    if (!entry || entries.length > 1) {
      const message = `a reward is one name, or one name with its parameters, not ${entries.length} names`;
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    }
    const [name, params] = entry;
    const schema = paramsOf(name);
    if (!schema) {
      const known = [...rewards, ...combinators].map((one) => one.name);
      const message = `unknown reward "${name}". ${didYouMean(name, known)}`;
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    }
    // YAML reads `random:` with nothing behind it as null.
    return { [name]: parseInside(schema, params ?? {}, [name], context) };
  });
