/** Lines over training steps: all arms in one panel, or one arm before the others in grey. */
import * as Plot from "@observablehq/plot";
import type { Curve } from "../aggregate.ts";
import type { Html } from "../html.ts";
import type { Series } from "../series.ts";
import { draw, INK, seriesClass, xAxis, yAxis } from "./draw.ts";

export interface ArmCurve {
  readonly series: Series;
  readonly curve: Curve;
}

export interface Frame {
  readonly label: string;
  readonly steps: number;
  readonly y: readonly [number, number];
  readonly tick: (value: number) => string;
  /** the untrained model's; drawn as a dashed line */
  readonly level?: number | null;
  readonly size?: "large" | "medium";
}

/** Sizes in which text is as large as the page's captions at the widths where the page puts them. */
const SIZES = {
  large: {
    width: 420,
    height: 250,
    marginLeft: 34,
    marginRight: 12,
    marginTop: 12,
    marginBottom: 24,
  },
  medium: {
    width: 310,
    height: 180,
    marginLeft: 42,
    marginRight: 12,
    marginTop: 10,
    marginBottom: 22,
  },
  small: {
    width: 190,
    height: 126,
    marginLeft: 28,
    marginRight: 10,
    marginTop: 8,
    marginBottom: 20,
  },
} as const;

/** Markers of one curve at most, so that they do not hide the line. */
const MARKERS = 12;

/** Means of all arms. @param marked whether evaluated steps get the arm's marker */
export function allArms(frame: Frame, curves: readonly ArmCurve[], marked: boolean): Html {
  // Truth and placebo lie on top.
  const ordered = curves.toSorted((a, b) => rank(a.series) - rank(b.series));
  return draw(frame.label, {
    ...SIZES[frame.size ?? "large"],
    ...scales(frame),
    marks: [
      ...axes(frame),
      ...levelRule(frame),
      ...ordered.flatMap(({ series, curve }) => [
        mean(series, curve, series.role === "other" ? 1.6 : 2.4, seriesClass(series)),
        marked ? markers(series, curve, seriesClass(series)) : null,
      ]),
    ],
  });
}

const rank = ({ role }: Series) => ({ other: 0, placebo: 1, truth: 2 })[role];

/** One arm with its band from the lowest to the highest seed; unfinished seeds are dotted. */
export function oneArm(
  frame: Frame,
  shown: ArmCurve,
  others: readonly ArmCurve[],
  unfinished: readonly Curve[],
): Html {
  const { series, curve } = shown;
  return draw(frame.label, {
    ...SIZES.small,
    ...scales(frame),
    marks: [
      ...axes(frame, 2),
      ...others.map((other) =>
        Plot.line(other.curve, { x: "step", y: "mean", stroke: INK.context, strokeWidth: 1 }),
      ),
      ...levelRule(frame),
      Plot.areaY(curve, {
        x: "step",
        y1: "low",
        y2: "high",
        fill: series.color,
        fillOpacity: 0.22,
      }),
      mean(series, curve, 2),
      markers(series, curve),
      ...unfinished.flatMap((points) => [
        Plot.line(points, {
          x: "step",
          y: "mean",
          stroke: series.color,
          strokeWidth: 1.2,
          strokeDasharray: "1 2.5",
        }),
        Plot.dot(points.slice(-1), {
          x: "step",
          y: "mean",
          symbol: "times",
          stroke: INK.text,
          r: 3,
        }),
      ]),
    ],
  });
}

function scales({ steps, y }: Frame): Plot.PlotOptions {
  return { x: { domain: [0, Math.max(1, steps)] }, y: { domain: y } };
}

function axes({ tick, steps }: Frame, ticks = 4): Plot.Markish[] {
  const xTicks = steps < ticks ? Math.max(1, steps) : ticks;
  return [...yAxis({ tickFormat: tick, ticks }), ...xAxis({ ticks: xTicks, tickFormat: String })];
}

function levelRule({ level }: Frame): Plot.Markish[] {
  if (level === undefined || level === null) return [];
  const style = { stroke: INK.text, strokeDasharray: "3 3", strokeWidth: 1 };
  return [Plot.ruleY([level], style)];
}

/** @param className absent where the arm is not to be dimmed */
function mean(series: Series, curve: Curve, strokeWidth: number, className?: string): Plot.Markish {
  return Plot.line(curve, {
    x: "step",
    y: "mean",
    stroke: series.color,
    strokeWidth,
    strokeDasharray: series.dash ?? undefined,
    className,
  });
}

function markers(series: Series, curve: Curve, className?: string): Plot.Markish {
  const every = Math.ceil(curve.length / MARKERS);
  const kept = curve.filter((_, i) => (curve.length - 1 - i) % every === 0);
  return Plot.dot(kept, {
    x: "step",
    y: "mean",
    r: 2.8,
    symbol: series.symbol,
    fill: series.color,
    stroke: INK.page,
    strokeWidth: 0.8,
    className,
  });
}
