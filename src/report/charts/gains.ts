/** Bars of each arm's gain with its 95% interval and its seeds, on an axis that all models share. */
import * as Plot from "@observablehq/plot";
import { decimal, interval, points } from "../format.ts";
import type { Html } from "../html.ts";
import type { Series } from "../series.ts";
import type { ArmVerdict } from "../../records/index.ts";
import { draw, INK, seriesClass } from "./draw.ts";
import { shortened, whisker } from "./rows.ts";

export interface GainRow {
  readonly series: Series;
  readonly verdict: ArmVerdict;
}

const ROW = 34;
const TOP = 6;
const BOTTOM = 36;

/** @param domain of the gain, as fractions, the same for all models */
export function gainBars(
  model: string,
  rows: readonly GainRow[],
  domain: readonly [number, number],
): Html {
  const arms = rows.map(({ series }) => series.arm);
  const label = `Gain on ${model} in percentage points. ${rows
    .map(
      ({ verdict }) => `${verdict.arm}: ${points(verdict.gain)}, interval ${interval(verdict.ci)}`,
    )
    .join(". ")}.`;
  return draw(label, {
    width: 400,
    height: TOP + BOTTOM + ROW * rows.length,
    marginLeft: 98,
    marginRight: 92,
    marginTop: TOP,
    marginBottom: BOTTOM,
    x: { domain, nice: true },
    y: { domain: arms, padding: 0.42, axis: null },
    marks: [
      Plot.gridX({ ticks: 5, stroke: INK.grid, strokeOpacity: 1 }),
      Plot.axisX({
        ticks: 5,
        tickSize: 0,
        tickFormat: (value: number) => decimal(100 * value, 0),
        label: "gain, percentage points",
        labelArrow: "none",
        labelAnchor: "center",
        labelOffset: 32,
        fill: INK.soft,
      }),
      ...rows.flatMap((row) => bar(row)),
      Plot.ruleX([0], { stroke: INK.text, strokeWidth: 1.2 }),
    ],
  });
}

function bar({ series, verdict }: GainRow): Plot.Markish[] {
  const { arm, gain, ci, perSeed } = verdict;
  const isControl = series.role !== "other";
  const weight = isControl ? "bold" : "normal";
  const className = seriesClass(series);
  return [
    Plot.barX([gain], {
      x1: 0,
      x2: (value: number) => value,
      y: [arm],
      fill: series.color,
      fillOpacity: isControl ? 0.95 : 0.5,
      rx: 1.5,
      className,
    }),
    Plot.dot(perSeed, {
      x: (value: number) => value,
      y: perSeed.map(() => arm),
      r: 2.2,
      fill: INK.page,
      stroke: series.color,
      dy: 11,
      className,
    }),
    ...whisker(arm, ci, className),
    Plot.text([arm], {
      y: [arm],
      text: [shortened(arm)],
      frameAnchor: "left",
      textAnchor: "end",
      dx: -8,
      fontWeight: weight,
      fill: INK.text,
    }),
    Plot.text([arm], {
      y: [arm],
      text: [points(gain)],
      frameAnchor: "right",
      textAnchor: "start",
      dx: 10,
      dy: -6,
      fontSize: 13,
      fontWeight: "bold",
      fill: INK.text,
    }),
    Plot.text([arm], {
      y: [arm],
      text: [interval(ci)],
      frameAnchor: "right",
      textAnchor: "start",
      dx: 10,
      dy: 8,
      fontSize: 10.5,
      fill: INK.soft,
    }),
  ];
}
