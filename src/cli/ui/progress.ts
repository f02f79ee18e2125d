/** Progress bars, and an area of the terminal that is drawn over. */
import { stripVTControlCharacters } from "node:util";
import { type Terminal, visibleWidth } from "./terminal.ts";

/** `█████░░░░░`, `width` characters. */
export function bar(share: number, width = 24): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return "█".repeat(filled) + "░".repeat(width - filled);
}

/** What whoever draws says when the first Ctrl-C comes. */
export const STOPPING = "Stopping at the next safe point. Press Ctrl-C again to stop at once.";

const HIDE_CURSOR = "\u001B[?25l";
export const SHOW_CURSOR = "\u001B[?25h";
const UP_AND_CLEAR = "\u001B[1A\u001B[2K";

/** Redraws closer together than this are not seen and only cost time. */
const FRAME_MS = 80;

/** The last lines on the terminal, redrawn in place. On a stream that is no terminal it draws nothing. */
export class LiveArea {
  readonly #terminal: Terminal;
  #drawn = 0;
  #lastDraw = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Draws the lines that `render` gives, unless the last frame is too fresh and `force` is not set. */
  draw(render: () => readonly string[], force = false): void {
    const now = performance.now();
    if (!this.#terminal.live || (!force && now - this.#lastDraw < FRAME_MS)) return;
    this.#lastDraw = now;
    const lines = fitAll(render(), this.#terminal);
    this.#terminal.write(
      `${HIDE_CURSOR}${this.#erase()}${lines.map((line) => `${line}\n`).join("")}`,
    );
    this.#drawn = lines.length;
  }

  /** Takes the area away and gives the cursor back; what is printed next stands in its place. */
  clear(): void {
    if (this.#drawn === 0) return;
    this.#terminal.write(this.#erase() + SHOW_CURSOR);
    this.#drawn = 0;
  }

  /** Draws a last time and leaves that on the terminal. */
  finish(render: () => readonly string[]): void {
    if (this.#drawn === 0) return;
    this.clear();
    for (const line of render()) this.#terminal.line(line);
  }

  #erase(): string {
    return UP_AND_CLEAR.repeat(this.#drawn);
  }
}

/** Only lines that are on the screen can be erased. */
function fitAll(lines: readonly string[], { columns, rows }: Terminal): readonly string[] {
  const most = Math.max(1, rows - 2);
  const shown = lines.length <= most ? lines : lines.slice(0, most - 1);
  const rest = lines.length - shown.length;
  const all = rest === 0 ? shown : [...shown, `… ${rest} more lines`];
  return all.map((line) => fit(line, columns - 1));
}

/** A line that wraps would break the count of lines to erase, so it is cut; a cut line loses its colours. */
function fit(line: string, columns: number): string {
  if (visibleWidth(line) <= columns) return line;
  return Array.from(stripVTControlCharacters(line)).slice(0, columns).join("");
}
