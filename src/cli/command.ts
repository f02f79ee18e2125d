/** A command: a schema of options, help with examples, and a file that is loaded only when the command runs. */
import { buildCommand, type Command, type TypedCommandParameters } from "@stricli/core";
import { InputError } from "../errors.ts";
import type { Action, CliContext } from "./context.ts";
import { fieldsOf, flagsOf, kebab, parseFlags, type OptionsSchema } from "./flags.ts";
import { ignoredFlag, type Needs } from "./needs.ts";

export interface CommandSpec<Options> {
  readonly options: OptionsSchema<Options>;
  /** the option that is given by position */
  readonly positional?: keyof Options & string;
  /** other names of flags, for example `{ lr: "learningRate" }` */
  readonly synonyms?: Readonly<Record<string, string>>;
  /** flags that are refused where they would be ignored */
  readonly needs?: readonly Needs<Options>[];
  readonly brief: string;
  /** what the brief leaves open */
  readonly details?: string;
  readonly examples: readonly string[];
  readonly load: () => Promise<{ readonly default: Action<Options> }>;
}

type Given = Readonly<Record<string, unknown>>;
type Positional = readonly [first?: string];

/** The values under their real names. @throws InputError where both a flag and its synonym were given */
function withoutSynonyms(given: Given, synonyms: Readonly<Record<string, string>>): Given {
  const named: Record<string, unknown> = { ...given };
  for (const [short, name] of Object.entries(synonyms)) {
    if (named[short] === undefined) continue;
    if (named[name] !== undefined) {
      throw new InputError(`--${short} was given under its two names`, {
        code: "bad-flag",
        hint: `Give --${short} once.`,
        field: `--${short}`,
      });
    }
    named[name] = named[short];
    delete named[short];
  }
  return named;
}

export function command<Options>(spec: CommandSpec<Options>): Command<CliContext> {
  const { options, positional, synonyms = {} } = spec;
  const flags = flagsOf(options, positional);
  for (const [short, name] of Object.entries(synonyms)) {
    const flag = flags[name];
    if (!flag) throw new RangeError(`--${short} is short for no flag: ${name}`);
    flags[short] = { ...flag, brief: `the same as --${kebab(name)}` };
  }
  const field = fieldsOf(options).find(({ name }) => name === positional);
  const byPosition = field
    ? [
        {
          brief: field.property.description ?? "",
          placeholder: field.flag.toUpperCase(),
          parse: (text: string) => text,
        },
      ]
    : [];
  const letters = Object.keys(flags).filter((name) => name.length === 1);
  // Stricli types parameters by values that it knows when it compiles; ours follow from the schema when they run.
  const parameters = {
    flags,
    aliases: Object.fromEntries(letters.map((letter) => [letter, letter])),
    positional: { kind: "tuple", parameters: byPosition },
  } as unknown as TypedCommandParameters<Given, Positional, CliContext>;
  const details = spec.details ? [spec.details, ""] : [];
  return buildCommand<Given, Positional, CliContext>({
    parameters,
    docs: {
      brief: spec.brief,
      fullDescription: [
        `${spec.brief}.`,
        "",
        ...details,
        "EXAMPLES",
        ...spec.examples.map((example) => `  ${example}`),
      ].join("\n"),
    },
    loader: async () =>
      async function run(given, first) {
        const named = withoutSynonyms(given, synonyms);
        const values = positional === undefined ? named : { ...named, [positional]: first };
        const checked = parseFlags(options, values, positional);
        const said = Object.keys(values).filter((name) => values[name] !== undefined);
        const ignored = ignoredFlag(new Set(said), checked, spec.needs ?? []);
        if (ignored) throw ignored;
        const { default: action } = await spec.load();
        await action(checked, this);
      },
  });
}
