/** Accuracy of code answers and of language answers, from the untrained model to each arm. */
import * as Plot from "@observablehq/plot";
import type { ByStrategy } from "../aggregate.ts";
import { decimal, percent } from "../format.ts";
import type { Html } from "../html.ts";
import type { Series } from "../series.ts";
import { draw, INK } from "./draw.ts";
import { shortened } from "./rows.ts";

export interface StrategyRow {
  readonly series: Series;
  readonly after: ByStrategy;
}

const LOOK = {
  code: { color: INK.text, symbol: "square", dy: -6 },
  language: { color: INK.soft, symbol: "triangle", dy: 7 },
} as const;

export type Strategy = keyof typeof LOOK;

/** The marker of a strategy in this chart, for its legend. */
export const strategyLook = (strategy: Strategy) => LOOK[strategy];

const ROW = 40;

export function accuracyByStrategy(
  model: string,
  before: ByStrategy,
  rows: readonly StrategyRow[],
): Html {
  const told = (x: ByStrategy) =>
    `code ${x.code === null ? "none" : percent(x.code)}, language ${x.language === null ? "none" : percent(x.language)}`;
  return draw(
    `Accuracy by strategy on ${model}. Untrained: ${told(before)}. ${rows
      .map(({ series, after }) => `${series.arm}: ${told(after)}`)
      .join(". ")}.`,
    {
      width: 400,
      height: 40 + ROW * rows.length,
      marginLeft: 98,
      marginRight: 14,
      marginTop: 4,
      marginBottom: 36,
      x: { domain: [0, 1] },
      y: { domain: rows.map(({ series }) => series.arm), type: "band", padding: 0 },
      marks: [
        Plot.gridX({ ticks: 5, stroke: INK.grid, strokeOpacity: 1 }),
        Plot.axisX({
          ticks: 5,
          tickSize: 0,
          tickFormat: (value: number) => decimal(100 * value, 0),
          label: "accuracy among answers of the strategy, %",
          labelArrow: "none",
          labelAnchor: "center",
          labelOffset: 32,
          fill: INK.soft,
        }),
        Plot.axisY({
          tickSize: 0,
          label: null,
          fill: INK.text,
          tickPadding: 8,
          tickFormat: (arm: string) => shortened(arm),
        }),
        ...rows.flatMap((row) => [
          ...change(row, before, "code"),
          ...change(row, before, "language"),
        ]),
      ],
    },
  );
}

function change(
  { series, after }: StrategyRow,
  before: ByStrategy,
  strategy: Strategy,
): Plot.Markish[] {
  const [start, end] = [before[strategy], after[strategy]];
  const { color, symbol, dy } = LOOK[strategy];
  const marks: Plot.Markish[] = [];
  if (start !== null && end !== null) {
    marks.push(
      Plot.link([series.arm], {
        x1: [start],
        x2: [end],
        y: [series.arm],
        stroke: color,
        strokeWidth: 2,
        dy,
      }),
    );
  }
  const dot = (value: number, fill: string) =>
    Plot.dot([value], {
      x: [value],
      y: [series.arm],
      r: 4.2,
      symbol,
      fill,
      stroke: color,
      strokeWidth: 1.6,
      dy,
    });
  if (start !== null) marks.push(dot(start, INK.page));
  if (end !== null) marks.push(dot(end, color));
  return marks;
}
