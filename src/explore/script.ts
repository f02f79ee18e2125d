/** A trace as it is written: lines, their ids, and what is left of the budget. */
import type { Spelling } from "./spelling.ts";

/** Whole lines only, in the ids that the model reads: what was written is never encoded again. */
export class Script {
  readonly prompt: string;
  readonly lines: string[] = [];
  /** ids of prompt and trace */
  readonly ids: number[];
  readonly #spelling: Spelling;
  readonly #budget: number;
  #spent = 0;
  #isEstimate = false;

  /** @param budget tokens at most; the prompt's are not counted */
  constructor(prompt: string, spelling: Spelling, budget: number) {
    this.prompt = prompt;
    this.ids = [...spelling.prompt(prompt)];
    this.#spelling = spelling;
    this.#budget = budget;
  }

  get text(): string {
    return this.lines.join("\n");
  }

  /** What the budget was charged. */
  get spent(): number {
    return this.#spent;
  }

  /** Tokens that were used; null where that is not known and something else was charged for them. */
  get tokens(): number | null {
    return this.#isEstimate ? null : this.#spent;
  }

  get room(): number {
    return this.#budget - this.#spent;
  }

  /** Ids of a line if it came next. */
  spell(line: string): readonly number[] {
    return this.#spelling.line(line, this.lines.length === 0);
  }

  fits(line: string): boolean {
    return this.spell(line).length <= this.room;
  }

  /** Writes one line after another. @returns false where one does not fit, which is left out with those behind it */
  write(lines: readonly string[]): boolean {
    for (const line of lines) {
      const ids = this.spell(line);
      if (ids.length > this.room) return false;
      this.#spent += ids.length;
      for (const id of ids) this.ids.push(id);
      this.lines.push(line);
    }
    return true;
  }

  /** Counts tokens that were generated and are not in the trace. @param isEstimate nobody has counted them */
  spend(tokens: number, isEstimate = false): void {
    this.#spent += tokens;
    this.#isEstimate ||= isEstimate;
  }
}
