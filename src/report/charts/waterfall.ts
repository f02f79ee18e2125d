/** The split of truth's gain as a waterfall: from the untrained model to the one trained on truth. */
import * as Plot from "@observablehq/plot";
import { decimal, interval, percent, points } from "../format.ts";
import type { Html } from "../html.ts";
import type { ModelVerdict } from "../../records/index.ts";
import { draw, INK } from "./draw.ts";
import { whisker } from "./rows.ts";

type Decomposition = NonNullable<ModelVerdict["decomposition"]>;

interface Row {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly color: string;
  readonly value: string;
  readonly ci: readonly [number, number] | null;
}

const ROW = 36;

/** @param top accuracy at the right end of the axis, the same for all models */
export function waterfall(model: string, base: number, split: Decomposition, top: number): Html {
  const rows = rowsOf(base, split);
  const steps = rows
    .slice(0, -1)
    .map((row, i) => ({ x: row.to, y1: row.name, y2: rows[i + 1]?.name }));
  const label = `Accuracy on ${model}: ${rows.map(({ name, value }) => `${name} ${value}`).join(", ")}.`;
  return draw(label, {
    width: 400,
    height: 40 + ROW * rows.length,
    marginLeft: 104,
    marginRight: 92,
    marginTop: 4,
    marginBottom: 36,
    x: { domain: [0, top] },
    y: { domain: rows.map(({ name }) => name), padding: 0.36 },
    marks: [
      Plot.gridX({ ticks: 5, stroke: INK.grid, strokeOpacity: 1 }),
      Plot.axisX({
        ticks: 5,
        tickSize: 0,
        tickFormat: (value: number) => decimal(100 * value, 0),
        label: "accuracy, %",
        labelArrow: "none",
        labelAnchor: "center",
        labelOffset: 32,
        fill: INK.soft,
      }),
      Plot.axisY({ tickSize: 0, label: null, fill: INK.text, tickPadding: 8 }),
      Plot.link(steps, { x: "x", y1: "y1", y2: "y2", stroke: INK.soft, strokeDasharray: "2 2" }),
      Plot.barX(rows, { x1: "from", x2: "to", y: "name", fill: "color", rx: 1.5 }),
      ...rows.flatMap(({ name, from, ci }) =>
        ci === null ? [] : whisker(name, [from + ci[0], from + ci[1]]),
      ),
      text(rows, ({ value }) => value, {
        dy: -6,
        fontSize: 13,
        fontWeight: "bold",
        fill: INK.text,
      }),
      text(rows, ({ ci }) => (ci === null ? "" : interval(ci)), {
        dy: 8,
        fontSize: 10.5,
        fill: INK.soft,
      }),
    ],
  });
}

function text(
  rows: readonly Row[],
  of: (row: Row) => string,
  style: Plot.TextOptions,
): Plot.Markish {
  return Plot.text(rows, {
    y: "name",
    text: of,
    frameAnchor: "right",
    textAnchor: "start",
    dx: 10,
    ...style,
  });
}

function rowsOf(base: number, split: Decomposition): Row[] {
  const afterNull = base + split.null.estimate;
  const afterElicitation = afterNull + split.elicitation.estimate;
  const end = base + split.total.estimate;
  const part = (
    name: string,
    from: number,
    to: number,
    of: Decomposition["null"],
    color: string,
  ) => ({
    name,
    from,
    to,
    color,
    value: points(of.estimate),
    ci: of.ci,
  });
  return [
    {
      name: "untrained",
      from: 0,
      to: base,
      color: "var(--context)",
      value: percent(base),
      ci: null,
    },
    part("null", base, afterNull, split.null, "var(--c1)"),
    part("elicitation", afterNull, afterElicitation, split.elicitation, "var(--c2)"),
    part("reward design", afterElicitation, end, split.rewardDesign, "var(--c0)"),
    { name: "truth", from: 0, to: end, color: "var(--context)", value: percent(end), ci: null },
  ];
}
