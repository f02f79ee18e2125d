/** The walk of a trace as a picture: the tree of states, the order of the visits, repeats and violations in colour. */
import { LABELS, CLASS_OF, type FailureClass } from "../search/index.ts";
import type { AuditWithWalk } from "./audit.ts";
import type { AuditedStep } from "./types.ts";

const COLUMN = 118;
const ROW = 26;
const MARGIN = 24;
const TOP = 58;
/** A larger picture is cut: browsers give up before people do. */
const MOST_NODES = 400;
const LONGEST_NAME = 16;

const INK = "#1f2430";
const SOFT = "#8a92a3";
const COLOUR: { readonly [C in FailureClass | "good" | "goal"]: string } = {
  good: "#8fa3bf",
  goal: "#2e9e5b",
  invalid: "#d1344b",
  evaluation: "#e08a1e",
  unnecessary: "#8e5bd0",
};

/** Safe as text and in attributes; control characters, which SVG forbids, become a sign. */
function escape(text: string): string {
  return (
    text
      // oxlint-disable-next-line no-control-regex -- model output may hold any of them
      .replace(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g, "␀")
      .replace(/[\ud800-\udfff]/gu, "�")
      .replace(/&/g, "&amp;")
      .replace(/</g, "&lt;")
      .replace(/>/g, "&gt;")
      .replace(/"/g, "&quot;")
  );
}

const short = (text: string) =>
  text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME - 1)}…` : text;

function classOf(step: AuditedStep | undefined): FailureClass | "good" {
  const labels = step?.findings.map(({ label }) => label) ?? [];
  const worst = LABELS.find((label) => labels.includes(label) && CLASS_OF[label] !== "unnecessary");
  return worst ? CLASS_OF[worst] : labels.length > 0 ? "unnecessary" : "good";
}

/**
 * Draws the exploration: depth to the right, each new state on a row of its own in the order of its first visit, which
 * its number tells. A thin line goes back where the trace returns, and a violet ring marks what was explored again.
 *
 * @param title shown above, for example the problem
 * @returns a self-contained SVG
 */
export function explorationGraph({ audit, walk }: AuditWithWalk, title: string): string {
  const nodes = walk.nodes.slice(0, MOST_NODES);
  const x = (i: number) => MARGIN + (nodes[i]?.depth ?? 0) * COLUMN;
  const y = (i: number) => TOP + i * ROW;
  const deepest = nodes.reduce((most, { depth }) => Math.max(most, depth), 0);
  const width = Math.max(560, 2 * MARGIN + (deepest + 2) * COLUMN);
  const height = TOP + nodes.length * ROW + MARGIN;
  const firstOf = new Map<string, number>();
  nodes.forEach(({ key }, i) => {
    if (!firstOf.has(key)) firstOf.set(key, i);
  });

  const edges = nodes.map(({ parent }, i) =>
    parent < 0 ? "" : `<path d="M${x(parent)} ${y(parent)}V${y(i)}H${x(i)}" class="e"/>`,
  );
  const repeats = nodes.map(({ key }, i) => {
    const first = firstOf.get(key) ?? i;
    return first === i
      ? ""
      : `<path d="M${x(i)} ${y(i)}Q${(x(i) + x(first)) / 2 + 60} ${(y(i) + y(first)) / 2} ${x(first)} ${y(first)}" class="r"/>`;
  });
  const marks = nodes.map(({ key, goal, step }, i) => {
    const audited = audit.steps[step];
    const kind = classOf(audited);
    const colour = COLOUR[goal && kind === "good" ? "goal" : kind];
    const said = audited?.findings.map(({ label, message }) => `${label}: ${message}`) ?? [];
    const label = [step < 0 ? "start" : `step ${step + 1}`, key, ...said].join("\n");
    const number = step < 0 ? "" : `<tspan class="n">${step + 1} </tspan>`;
    return (
      `<g><title>${escape(label)}</title><circle cx="${x(i)}" cy="${y(i)}" r="${goal ? 7 : 5}" fill="${colour}"/>` +
      `<text x="${x(i) + 11}" y="${y(i) + 4}">${number}${escape(short(key))}</text></g>`
    );
  });
  const left = walk.nodes.length - nodes.length;
  const legend = Object.entries(COLOUR).map(
    ([name, colour], i) =>
      `<circle cx="${MARGIN + i * 96}" cy="34" r="5" fill="${colour}"/><text x="${MARGIN + 9 + i * 96}" y="38" class="n">${name}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(`Exploration: ${title}`)}">`,
    `<style>text{font:12px system-ui,sans-serif;fill:${INK}}.n{fill:${SOFT}}.e{fill:none;stroke:#c5ccd8}.r{fill:none;stroke:${COLOUR.unnecessary};stroke-dasharray:3 3;stroke-opacity:.7}</style>`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="${MARGIN}" y="18" font-weight="600">${escape(title.slice(0, 90))}</text>`,
    ...legend,
    ...edges,
    ...repeats,
    ...marks,
    left > 0 ? `<text x="${MARGIN}" y="${height - 8}" class="n">${left} more states</text>` : "",
    "</svg>",
    "",
  ]
    .filter((line) => line !== "")
    .join("\n");
}
