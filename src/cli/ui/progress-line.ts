/** One line of progress: a bar that is drawn over on a terminal, a plain line now and then in a log. */
import { bar, LiveArea } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** Between two lines of a log at least, and at most while there is anything to tell. */
const SHORTEST_MS = 1000;
const LONGEST_MS = 30_000;

const TENTHS = 10;

export interface Progress {
  /** what goes on, for example `pretraining coder` */
  readonly what: string;
  /** how much of it is done, 0 to 1 */
  readonly share: number;
  /** what else there is to say: counts, the time left */
  readonly facts: string;
}

export class ProgressLine {
  readonly #terminal: Terminal;
  readonly #area: LiveArea;
  readonly #now: () => number;
  #what = "";
  #tenth = -1;
  #last = -Infinity;

  /** @param now milliseconds, for tests */
  constructor(terminal: Terminal, area = new LiveArea(terminal), now = () => performance.now()) {
    this.#terminal = terminal;
    this.#area = area;
    this.#now = now;
  }

  show({ what, share, facts }: Progress): void {
    const percent = `${Math.floor(share * 100)}%`;
    const rest = facts === "" ? "" : `  ${facts}`;
    if (this.#terminal.live) this.#area.draw(() => [`${what} ${bar(share)} ${percent}${rest}`]);
    else if (this.#isDue(what, share)) this.#terminal.line(`${what}: ${percent}${rest}`);
  }

  /** At the start and at every tenth, but not in quick succession; else after a long silence. */
  #isDue(what: string, share: number): boolean {
    const now = this.#now();
    const tenth = Math.floor(share * TENTHS);
    // Something else begins, or the same for another model.
    if (what !== this.#what || tenth < this.#tenth) this.#tenth = -1;
    this.#what = what;
    const silence = now - this.#last;
    if (silence < (tenth > this.#tenth ? SHORTEST_MS : LONGEST_MS)) return false;
    this.#tenth = tenth;
    this.#last = now;
    return true;
  }

  clear(): void {
    this.#area.clear();
  }
}
