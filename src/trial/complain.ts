/** Errors about a trial, told with the trial file's name and line. */
import { InputError } from "../errors.ts";
import { dotted, place } from "../io/index.ts";
import type { Trial } from "./schema.ts";

interface Complaint {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** An error about one field of the trial. */
export function complaint(
  trial: Pick<Trial, "file" | "line">,
  path: readonly string[],
  { code, message, hint }: Complaint,
): InputError {
  const field = dotted(path);
  return new InputError(`${place(trial, path)}${field}: ${message}`, {
    code,
    hint,
    file: trial.file,
    field,
  });
}

/** Runs a check of one field; its InputError gets the trial file, the line and the field in front. */
export async function checked<T>(
  trial: Pick<Trial, "file" | "line">,
  path: readonly string[],
  check: () => T | Promise<T>,
): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const inner = error.field === undefined ? [] : error.field.split(".");
    // Whoever found it may have named the field by the word that the trial file uses for it, too.
    const isNamedTwice = inner[0] !== undefined && path.includes(inner[0]);
    const field = [...path, ...(isNamedTwice ? inner.slice(1) : inner)];
    throw new InputError(`${place(trial, field)}${dotted(field)}: ${error.message}`, {
      code: error.code,
      hint: error.hint,
      file: trial.file ?? error.file,
      field: dotted(field),
      cause: error,
    });
  }
}
