/** Observable Plot without a browser: a specification becomes an SVG that follows the page's theme and width. */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { escape, Html } from "../html.ts";
import type { Series } from "../series.ts";

/** What of the DOM is needed here: the compiler's DOM types are not loaded in a program for Node. */
interface SvgElement {
  readonly localName: string;
  readonly outerHTML: string;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  remove(): void;
  querySelectorAll(selector: string): Iterable<SvgElement>;
}

/** Tenths of a pixel are enough; Plot writes 17 digits. Text is not touched. */
const GEOMETRY = [
  "d",
  "transform",
  "x",
  "y",
  "x1",
  "x2",
  "y1",
  "y2",
  "cx",
  "cy",
  "width",
  "height",
];

/** Colours of everything that is not data. */
export const INK = {
  text: "var(--ink)",
  soft: "var(--ink-soft)",
  grid: "var(--rule)",
  context: "var(--context)",
  page: "var(--page)",
} as const;

/**
 * Draws a chart. All text in it is escaped.
 *
 * @param label what the chart shows and says, for people who do not see it
 */
export function draw(label: string, options: Plot.PlotOptions): Html {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const svg: SvgElement = Plot.plot({ document, ...options });
  for (const style of svg.querySelectorAll("style")) style.remove();
  for (const name of ["width", "height", "class", "fill", "font-family"]) svg.removeAttribute(name);
  for (const element of svg.querySelectorAll("*")) {
    // The picture has one label; parts of it would only be read out of order.
    element.removeAttribute("aria-label");
    element.removeAttribute("aria-hidden");
    for (const name of GEOMETRY) {
      const value = element.getAttribute(name);
      if (value !== null) element.setAttribute(name, rounded(value));
    }
  }
  // The label is written here and not by linkedom, which leaves < and & in attributes as they are.
  const attributes = `role="img" aria-label="${escape(label)}"`;
  return new Html(svg.outerHTML.replace("<svg", () => `<svg ${attributes}`));
}

function rounded(value: string): string {
  return value.replace(/-?\d+\.\d{2,}/g, (number) => String(Math.round(Number(number) * 10) / 10));
}

/** Class of an arm's marks: the page dims the others when one is picked. */
export const seriesClass = ({ index }: Series) => `s s-${index}`;

/** A y axis with few, light lines and labels inside the margin. */
export function yAxis(options: Plot.AxisYOptions = {}): Plot.Markish[] {
  return [
    Plot.gridY({ ticks: 4, stroke: INK.grid, strokeOpacity: 1, ...options }),
    Plot.axisY({ ticks: 4, tickSize: 0, label: null, fill: INK.soft, ...options }),
  ];
}

export function xAxis(options: Plot.AxisXOptions = {}): Plot.Markish[] {
  return [
    Plot.axisX({
      ticks: 4,
      tickSize: 3,
      label: null,
      fill: INK.soft,
      stroke: INK.grid,
      ...options,
    }),
  ];
}
