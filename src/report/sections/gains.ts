/** What each arm gained over the untrained model: bars with intervals, and the same numbers as a table. */
import type { ArmVerdict, ModelVerdict } from "../../records/index.ts";
import { gainBars } from "../charts/gains.ts";
import { percent } from "../format.ts";
import { html, type Html, type Part } from "../html.ts";
import { armName, figure, measured, section, seriesOn, table, type Page } from "./parts.ts";

export function gains(page: Page): Html {
  const { verdict } = page.data;
  if (verdict === null) return section("gains", "Gains", html`<p>There is no verdict yet.</p>`);
  const domain = gainDomain(verdict.models);
  return section(
    "gains",
    "What each reward gained",
    html`<p class="prose">
      Bars show the change in accuracy from the untrained model, in percentage points. Black lines
      are 95% intervals, circles are single seeds. Read every arm against the placebo as well as
      against zero: the part of a bar that the placebo also reaches is not evidence for that reward.
    </p>`,
    html`<div class="stack">${verdict.models.map((model) => ofModel(page, model, domain))}</div>`,
  );
}

function gainDomain(models: readonly ModelVerdict[]): [number, number] {
  const ends = models.flatMap(({ arms }) => arms.flatMap(({ ci, perSeed }) => [...ci, ...perSeed]));
  return [Math.min(-0.01, ...ends), Math.max(0.01, ...ends)];
}

function ofModel(
  page: Page,
  { model, arms }: ModelVerdict,
  domain: readonly [number, number],
): Html {
  if (arms.length === 0)
    return html`<h3>${model}</h3>
      <p>No run has finished.</p>`;
  const rows = arms.map((verdict) => ({ series: seriesOn(page, model, verdict.arm), verdict }));
  return html`<div>
    <h3>${model}</h3>
    <div class="beside">
      ${figure(gainBars(model, rows, domain))} ${gainTable(page, model, arms)}
    </div>
  </div>`;
}

function gainTable(page: Page, model: string, arms: readonly ArmVerdict[]): Html {
  const [other] = new Set(arms.flatMap((arm) => arm.other?.protocol ?? []));
  const columns = [{ title: "gain [95% interval]" }, { title: "accuracy" }, { title: "seeds" }];
  return table(
    `Gains on ${model}, percentage points`,
    "arm",
    other === undefined ? columns : [...columns, { title: `gain, ${other}` }],
    arms.map((row) => {
      const series = seriesOn(page, model, row.arm);
      const cells: Part[] = [measured(row.gain, row.ci), percent(row.accuracy), row.seeds];
      if (other !== undefined) {
        cells.push(row.other === null ? "–" : measured(row.other.gain, row.other.ci));
      }
      return { name: armName(series), cells, isControl: series.role !== "other" };
    }),
  );
}
