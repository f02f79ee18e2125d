/** Flags that say something in some settings only: given in others they would be ignored, so they are refused. */
import type { InputError } from "../errors.ts";
// Not by its door, which loads the whole client: every command line comes by here.
import { isTarget } from "../remote/target.ts";
import { badFlag } from "./failure.ts";
import { kebab } from "./flags.ts";

export interface Needs<Options> {
  /** names of the options */
  readonly flags: readonly string[];
  /** whether they say something here */
  readonly met: (options: Options) => boolean;
  /** what they need, for example `--controller beam` */
  readonly what: string;
}

interface WithModel {
  readonly model: string;
}

/** How a server is spoken to. */
export const SERVED: Needs<WithModel> = {
  flags: ["api", "apiKeyEnv", "concurrency", "rpm", "timeout", "retries"],
  met: ({ model }) => isTarget(model),
  what: "a model on a server, --model openai:URL#name",
};

/** How a model is opened in this process. */
export const OPENED: Needs<WithModel> = {
  flags: ["adapter", "threads"],
  met: ({ model }) => !isTarget(model),
  what: "a model that is not on a server",
};

/** What chooses among tokens, where the likeliest one is not taken anyway. */
export const SAMPLED: Needs<{ readonly temperature: number; readonly greedy?: boolean }> = {
  flags: ["topK", "topP"],
  met: ({ temperature, greedy = false }) => temperature > 0 && !greedy,
  what: "sampling at a temperature above 0",
};

/**
 * @param given names of the options that stand on the command line
 * @returns the error for the first flag that would be ignored
 */
export function ignoredFlag<Options>(
  given: ReadonlySet<string>,
  options: Options,
  needs: readonly Needs<Options>[],
): InputError | undefined {
  for (const { flags, met, what } of needs) {
    const flag = flags.find((name) => given.has(name));
    if (flag === undefined || met(options)) continue;
    const name = kebab(flag);
    return badFlag(
      name,
      `--${name} would be ignored: it needs ${what}`,
      `Leave --${name} away, or give what it needs.`,
    );
  }
  return undefined;
}
