/** When a server is given up: what fails again and again will fail for the rest, too. */
import { EngineError } from "../errors.ts";

/** So many requests in a row that came to nothing mean that the rest would too. */
export const GIVE_UP_AFTER = 16;

/** Counts failures in a row; an answer forgives them all. */
export class Patience {
  #failures = 0;
  #reason = "";

  /** @param reason why a request came to nothing; null where it was answered */
  note(reason: string | null): void {
    this.#failures = reason === null ? 0 : this.#failures + 1;
    this.#reason = reason ?? "";
  }

  get isOver(): boolean {
    return this.#failures >= GIVE_UP_AFTER;
  }

  /** Why the last one failed; empty where it did not. */
  get reason(): string {
    return this.#reason;
  }

  /** @param what was asked for, in the plural: samples, questions */
  error(what: string): EngineError {
    const message = `the server failed ${GIVE_UP_AFTER} ${what} in a row; the last time: ${this.#reason}`;
    return new EngineError(message, {
      code: "server-failing",
      hint: "What is there is kept: start the same command again when the server is well.",
    });
  }
}
