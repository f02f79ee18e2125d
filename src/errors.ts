/** Every error that a user may see: a code for machines, one line for people, and a hint that says what to do. */

/** Process exit codes, one a category. */
export const EXIT = { ok: 0, bug: 1, input: 2, engine: 3, incomplete: 4, cancelled: 130 } as const;

export interface ErrorDetails {
  /** kebab-case, stable, for machines */
  readonly code: string;
  /** one sentence: what to do about it */
  readonly hint: string;
  /** the file at fault, as the user named it */
  readonly file?: string;
  /** dotted path of the field at fault, for example `arms.2.reward` */
  readonly field?: string;
  readonly cause?: unknown;
}

export abstract class PlaceboError extends Error {
  abstract readonly exitCode: number;
  readonly code: string;
  readonly hint: string;
  readonly file: string | undefined;
  readonly field: string | undefined;

  constructor(message: string, details: ErrorDetails) {
    super(message, { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.hint = details.hint;
    this.file = details.file;
    this.field = details.field;
  }

  toJSON(): Record<string, unknown> {
    const { name, code, message, hint, file, field } = this;
    return { error: name, code, message, hint, file, field };
  }
}

/** A file, flag, model folder or module that the user gave is wrong. Exit code 2. */
export class InputError extends PlaceboError {
  readonly exitCode = EXIT.input;
}

/** The engine could not do what was asked: out of memory, a runtime failure. Exit code 3. */
export class EngineError extends PlaceboError {
  readonly exitCode = EXIT.engine;
}

/** Some runs of a trial failed; what was written is kept and can be resumed. Exit code 4. */
export class IncompleteError extends PlaceboError {
  readonly exitCode = EXIT.incomplete;
}

/** The user or a signal stopped the work. Exit code 130. */
export class CancelledError extends PlaceboError {
  readonly exitCode = EXIT.cancelled;
  /** what was at work when it was stopped, for whoever looks for a fault; users stopped something else */
  readonly what: string;

  /** @param resumable folder of the work, where it can be gone on with */
  constructor(what: string, resumable?: string) {
    super("stopped", {
      code: "cancelled",
      hint:
        resumable === undefined
          ? "Give the same command again."
          : `Go on with: placebo resume ${resumable}`,
      file: resumable,
    });
    this.what = what;
  }
}

/** Throws `CancelledError` if the signal has fired; call it between units of work. */
export function throwIfCancelled(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted) throw new CancelledError(what);
}
