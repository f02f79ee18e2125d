/** How a failed command ends: which error it was, what is printed, and the exit code. */
import {
  ArgumentParseError,
  ArgumentScannerError,
  EnumValidationError,
  FlagNotFoundError,
  formatMessageForArgumentScannerError,
  UnsatisfiedFlagError,
  UnsatisfiedPositionalError,
} from "@stricli/core";
import { CancelledError, EXIT, InputError, PlaceboError } from "../errors.ts";
import { didYouMean, suggest } from "../suggest.ts";
import { kebab } from "./flags.ts";
import type { Terminal } from "./ui/terminal.ts";

export function exitCodeOf(error: unknown): number {
  return error instanceof PlaceboError ? error.exitCode : EXIT.bug;
}

/** A flag whose value does not do, as far as only the command can know. */
export function badFlag(flag: string, message: string, hint: string): InputError {
  return new InputError(message, { code: "bad-flag", hint, field: `--${flag}` });
}

/** A command line that does not parse, as an InputError; anything else as it is. */
export function fromScanner(error: unknown, argv: readonly string[]): unknown {
  if (!(error instanceof ArgumentScannerError)) return error;
  const seeHelp = `See \`placebo ${argv[0] ?? ""} --help\`.`;
  const { message, hint, field } = explain(error, argv);
  return new InputError(message, { code: "bad-flag", hint: hint ?? seeHelp, field, cause: error });
}

function explain(
  error: ArgumentScannerError,
  argv: readonly string[],
): { message: string; hint?: string; field?: string } {
  if (error instanceof EnumValidationError) {
    const field = `--${kebab(error.externalFlagName)}`;
    const message = `${field}: must be one of ${error.values.join(", ")}, not "${error.input}"`;
    return { message, field, hint: didYouMean(error.input, error.values) };
  }
  if (error instanceof FlagNotFoundError) {
    const field = `--${error.input.replace(/^-+/, "")}`;
    const near = suggest(field, ["--help"]) ?? error.corrections[0];
    return {
      message: `unknown flag ${field}`,
      field,
      ...(near ? { hint: `Did you mean ${near.startsWith("-") ? near : `--${near}`}?` } : {}),
    };
  }
  const message = formatMessageForArgumentScannerError(error, {
    ArgumentParseError: ({ externalFlagNameOrPlaceholder: name, input, exception }) =>
      `--${kebab(name)}: ${exception instanceof Error ? exception.message : String(exception)}, not "${input}"`,
    AliasNotFoundError: ({ input }) => `unknown flag -${input}`,
    UnsatisfiedFlagError: ({ externalFlagName: name }) =>
      `--${kebab(name)} ${isGiven(name, argv) ? "needs a value" : "is missing"}`,
    UnsatisfiedPositionalError: ({ placeholder }) => `${placeholder} is missing`,
  });
  return { message, field: fieldOf(error) };
}

function isGiven(name: string, argv: readonly string[]): boolean {
  return [`-${name}`, `--${name}`, `--${kebab(name)}`].some((flag) => argv.includes(flag));
}

/** What is missing or does not parse. */
function fieldOf(error: ArgumentScannerError): string | undefined {
  if (error instanceof UnsatisfiedPositionalError) return error.placeholder;
  if (error instanceof UnsatisfiedFlagError) return `--${kebab(error.externalFlagName)}`;
  if (error instanceof ArgumentParseError) return `--${kebab(error.externalFlagNameOrPlaceholder)}`;
  return undefined;
}

export function unknownCommand(input: string, commands: readonly string[]): InputError {
  if (input.startsWith("-")) {
    return new InputError(`unknown flag ${input}`, {
      code: "bad-flag",
      hint: didYouMean(input, ["--help", "--version"]),
      field: input,
    });
  }
  return new InputError(`unknown command "${input}"`, {
    code: "unknown-command",
    hint: didYouMean(input, commands),
  });
}

/** One JSON line for machines, of the first error; for people all messages, with their hints. */
export function printFailures(terminal: Terminal, errors: readonly unknown[], json: boolean): void {
  if (json) {
    for (const error of errors.slice(0, 1)) terminal.json(jsonOf(error));
    return;
  }
  for (const [i, error] of errors.entries()) {
    if (error instanceof CancelledError) {
      const how = error.file === undefined ? "" : ` ${error.hint}`;
      terminal.line(`${terminal.paint("yellow", "Stopped.")}${how}`);
      continue;
    }
    if (error instanceof PlaceboError) {
      terminal.line(`${terminal.paint("red", "error")} ${error.message}`);
    } else {
      terminal.line(`${terminal.paint("red", "bug")} ${stackOf(error)}`);
    }
    const hint = hintOf(error);
    const following = errors.slice(i + 1);
    if (!following.some((next) => hintOf(next) === hint)) {
      terminal.line(`${terminal.paint("dim", " hint")} ${hint}`);
    }
  }
}

function hintOf(error: unknown): string {
  if (error instanceof PlaceboError) return error.hint;
  return "This is a fault in placebo: please report it with its stack.";
}

function jsonOf(error: unknown): unknown {
  if (error instanceof PlaceboError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return { error: "Bug", code: "bug", message, hint: hintOf(error), stack: stackOf(error) };
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by ${stackOf(error.cause)}`;
  return (error.stack ?? error.message) + cause;
}

/** The error of work in a folder: one that stopped it says how to go on. */
export function goingOnIn(directory: string, error: unknown): unknown {
  return error instanceof CancelledError ? new CancelledError(error.what, directory) : error;
}
