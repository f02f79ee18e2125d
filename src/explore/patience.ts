/** When a server is given up: what fails again and again will fail for the rest, too. */
import { EngineError } from "../errors.ts";
import type { Opinion } from "./proposer.ts";

/** So many questions in a row that came to nothing mean that the rest would too. */
export const GIVE_UP_AFTER = 16;

/** Counts failures in a row; an answer forgives them all. */
export class Patience {
  #failures = 0;
  #reason = "";

  note(opinion: Opinion): void {
    if (opinion.kind === "failed") {
      this.#failures += 1;
      this.#reason = opinion.reason;
    } else this.#failures = 0;
  }

  get isOver(): boolean {
    return this.#failures >= GIVE_UP_AFTER;
  }

  /** Why the last one failed; empty before any did. */
  get reason(): string {
    return this.#reason;
  }

  error(): EngineError {
    const message = `the server failed ${GIVE_UP_AFTER} questions in a row; the last time: ${this.#reason}`;
    return new EngineError(message, {
      code: "server-failing",
      hint: "What is there is kept: start the same command again when the server is well.",
    });
  }
}
