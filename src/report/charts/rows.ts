/** Parts of charts that have one row a thing. */
import * as Plot from "@observablehq/plot";
import { INK } from "./draw.ts";

/** An interval in a row: a line with a short stroke at each end. */
export function whisker(
  row: string,
  [low, high]: readonly [number, number],
  className?: string,
): Plot.Markish[] {
  const style = { stroke: INK.text, strokeWidth: 1.5, className };
  return [
    Plot.ruleY([row], { x1: low, x2: high, y: [row], ...style }),
    Plot.tickX([low, high], {
      x: [low, high],
      y: [row, row],
      insetTop: 4,
      insetBottom: 4,
      ...style,
    }),
  ];
}

/** Names may be up to 64 letters; the table beside the chart has them whole. */
export function shortened(name: string, letters = 15): string {
  return name.length <= letters ? name : `${name.slice(0, letters - 1)}…`;
}
