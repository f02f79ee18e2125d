/** Pieces that several sections share. */
import { interval, points } from "../format.ts";
import { html, type Html, type Part } from "../html.ts";
import { roleIn } from "../roles.ts";
import type { Series } from "../series.ts";
import type { ReportData } from "../data.ts";

/** What every section is made from. */
export interface Page {
  readonly data: ReportData;
  /** in the trial's order */
  readonly series: readonly Series[];
}

export function section(id: string, title: string, ...body: readonly Part[]): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${body}
  </section>`;
}

export const figure = (chart: Html): Html => html`<figure>${chart}</figure>`;

/** A panel with its title above. */
export function panel(title: Part, chart: Html, note: Part = null): Html {
  const under = note === null ? null : html`<figcaption class="under">${note}</figcaption>`;
  return html`<figure>
    <figcaption><b>${title}</b></figcaption>
    ${chart}${under}
  </figure>`;
}

export interface Column {
  readonly title: string;
  /** left-aligned text rather than a number */
  readonly isText?: boolean;
}

export interface TableRow {
  readonly name: Part;
  readonly cells: readonly Part[];
  readonly isControl?: boolean;
}

/** A table that scrolls inside its own box where the page is narrow. */
export function table(
  caption: string,
  first: string,
  columns: readonly Column[],
  rows: readonly TableRow[],
): Html {
  const kind = (i: number) => (columns[i]?.isText === true ? "text" : "");
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          <th scope="col" class="text">${first}</th>
          ${columns.map(({ title }, i) => html`<th scope="col" class="${kind(i)}">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ name, cells, isControl }) =>
            html`<tr class="${isControl === true ? "control" : ""}">
              <th scope="row">${name}</th>
              ${cells.map((cell, i) => html`<td class="${kind(i)}">${cell}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A difference in points and its interval, in a table. */
export const measured = (estimate: number, ci: readonly [number, number]): Html =>
  html`<b>${points(estimate)}</b> <span class="soft">${interval(ci)}</span>`;

/** The arm's name with what it is for, unless the name says so. */
export function armName({ arm, role }: Series): Part {
  if (role === "other" || arm === "truth") return arm;
  return html`${arm}<span class="tag">${role === "truth" ? "true reward" : "placebo"}</span>`;
}

const SHAPES: { readonly [S in Series["symbol"]]: string } = {
  circle: "M20 4a3.2 3.2 0 1 0 .01 0z",
  square: "M17 4h6v6h-6z",
  triangle: "M20 3l4 7h-8z",
  diamond: "M20 2.5l4 4.5-4 4.5-4-4.5z",
  star: "M20 2.5l1.2 3.2 3.4.1-2.7 2.1 1 3.3-2.9-1.9-2.9 1.9 1-3.3-2.7-2.1 3.4-.1z",
  wye: "M18.7 11V7.8L16 6.2l1.3-2.3L20 5.5l2.7-1.6L24 6.2l-2.7 1.6V11z",
  cross: "M18.7 3h2.6v2.7H24v2.6h-2.7V11h-2.6V8.3H16V5.7h2.7z",
  hexagon: "M20 2.8l3.6 2.1v4.2L20 11.2l-3.6-2.1V4.9z",
};

/** A legend entry's line and marker. */
export function swatch({ color, dash, symbol, role }: Omit<Series, "arm" | "index">): Html {
  const width = role === "other" ? 1.8 : 2.6;
  const line = html`<line
    x1="2"
    x2="38"
    y1="7"
    y2="7"
    stroke="${color}"
    stroke-width="${width}"
    stroke-dasharray="${dash ?? "none"}"
  />`;
  return html`<svg viewBox="0 0 40 14" aria-hidden="true">
    ${line}
    <path d="${SHAPES[symbol]}" fill="${color}" stroke="var(--page)" stroke-width="0.8" />
  </svg>`;
}

/** All arms; with the script, a click sets one off in all charts. */
export function legend(series: readonly Series[]): Html {
  return html`<ul class="legend" aria-label="arms">
    ${series.map(
      (each) =>
        html`<li class="${each.role === "other" ? "" : "control"}">
          <button type="button" disabled data-arm="${each.index}" aria-pressed="false">
            ${swatch(each)}${each.arm}
          </button>
        </li>`,
    )}
  </ul>`;
}

export const citation = html`<a href="https://arxiv.org/abs/2606.05932">arXiv 2606.05932</a>`;
export const spuriousRewards = html`<a href="https://arxiv.org/abs/2506.10947"
  >arXiv 2506.10947</a
>`;

/** The series of an arm. @throws RangeError for an arm that the trial does not have, which reading rules out */
export function seriesFor(page: Page, arm: string): Series {
  const found = page.series.find((each) => each.arm === arm);
  if (found === undefined) throw new RangeError(`no arm ${arm}`);
  return found;
}

/** The series of an arm, with the role that it has on this model. */
export function seriesOn(page: Page, model: string, arm: string): Series {
  return { ...seriesFor(page, arm), role: roleIn(page.data.controls[model] ?? {}, arm) };
}
