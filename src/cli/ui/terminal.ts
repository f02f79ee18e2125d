/** A stream to write on: knows whether it may draw over itself and whether it may use colour. */
import { stripVTControlCharacters, styleText } from "node:util";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** The part of a Node stream that a terminal uses. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  /** honours NO_COLOR, FORCE_COLOR and TERM */
  hasColors?(env?: object): boolean;
}

export interface Terminal {
  readonly write: (text: string) => void;
  readonly line: (text?: string) => void;
  /** one JSON value on one line */
  readonly json: (value: unknown) => void;
  readonly paint: (style: Style, text: string) => string;
  /** may lines be drawn over? */
  readonly live: boolean;
  readonly columns: number;
  readonly rows: number;
}

/**
 * Colour is used on a terminal that has it, unless `NO_COLOR` is set (https://no-color.org: to anything but
 * the empty string) or the terminal is dumb; a dumb terminal is not drawn over either.
 */
export function openTerminal(stream: TextStream, env: NodeJS.ProcessEnv): Terminal {
  const dumb = env["TERM"] === "dumb";
  const color =
    stream.isTTY === true && !dumb && !env["NO_COLOR"] && stream.hasColors?.(env) === true;
  const write = (text: string) => {
    stream.write(text);
  };
  return {
    write,
    line: (text = "") => write(`${text}\n`),
    json: (value) => write(`${JSON.stringify(value)}\n`),
    paint: (style, text) => (color ? styleText(style, text, { validateStream: false }) : text),
    live: stream.isTTY === true && !dumb,
    get columns() {
      return stream.columns ?? 100;
    },
    get rows() {
      return stream.rows ?? 30;
    },
  };
}

/** Number of characters that a text takes on the terminal. */
export function visibleWidth(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}
