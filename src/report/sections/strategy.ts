/** How models answer: the share of code answers over training, and the accuracy of each strategy before and after. */
import type { ArmData, ByStrategy, Curve, ModelData } from "../aggregate.ts";
import {
  accuracyByStrategy,
  strategyLook,
  type Strategy,
  type StrategyRow,
} from "../charts/by-strategy.ts";
import { allArms } from "../charts/curves.ts";
import { decimal, percent } from "../format.ts";
import { html, type Html, type Part } from "../html.ts";
import { curvesOf, ends, lastStep } from "./accuracy.ts";
import {
  armName,
  legend,
  measured,
  panel,
  section,
  seriesOn,
  swatch,
  table,
  type Page,
} from "./parts.ts";

export function strategy(page: Page): Html {
  return section(
    "strategy",
    "Strategy: code or language",
    html`<p class="prose">
      Where a model already knows a better way to answer, training may only make it use that way
      more often, whatever is rewarded. The curves show how often answers use code; the points show
      how accurate each way is, before training (hollow) and after (filled).
    </p>`,
    legend(page.series),
    html`<div class="stack">${page.data.models.map((model) => ofModel(page, model))}</div>`,
  );
}

function ofModel(page: Page, model: ModelData): Html {
  const share = (title: string, curve: (arm: ArmData) => Curve, marked: boolean) => {
    const curves = curvesOf(page, model, curve);
    const frame = {
      label: `${title} on ${model.model}, at the end: ${ends(curves, percent)}.`,
      steps: lastStep(page),
      y: [0, 1] as const,
      tick: (value: number) => decimal(100 * value, 0),
      level: model.base?.codeShare,
    };
    return panel(`${title}, %; dashed: untrained`, allArms(frame, curves, marked));
  };
  return html`<div>
    <h3>${model.model}</h3>
    <div class="grid two">
      ${share("Code answers in evaluation", (arm) => arm.codeShare, true)}
      ${share("Code rollouts in training", (arm) => arm.training.codeShare, false)}
    </div>
    ${before(page, model)}
  </div>`;
}

function before(page: Page, model: ModelData): Part {
  const { base } = model;
  if (base === null) return null;
  const rows = model.arms.flatMap((arm) =>
    arm.final === null ? [] : [{ series: seriesOn(page, model.model, arm.arm), after: arm.final }],
  );
  if (rows.length === 0) return html`<p>No run of this model has finished.</p>`;
  const key = (name: Strategy) =>
    html`<span>${swatch({ ...strategyLook(name), dash: null, role: "other" })}${name}</span>`;
  return html`<div class="beside">
    ${panel("Accuracy by strategy, before and after", accuracyByStrategy(model.model, base, rows), html`<span class="legend">${key("code")}${key("language")}</span>`)}
    ${strategyTable(page, model.model, base, rows)}
  </div>`;
}

function strategyTable(
  page: Page,
  model: string,
  base: ByStrategy,
  rows: readonly StrategyRow[],
): Html {
  const verdicts = page.data.verdict?.models.find((each) => each.model === model)?.arms ?? [];
  return table(
    `Strategy on ${model}`,
    "arm",
    ["code share", "change, points", "accuracy, code", "accuracy, language"].map((title) => ({
      title,
    })),
    [
      { name: "untrained", cells: cells(base, "") },
      ...rows.map(({ series, after }) => {
        const shift = verdicts.find(({ arm }) => arm === series.arm)?.codeShift;
        return {
          name: armName(series),
          cells: cells(after, shift === undefined ? "–" : measured(shift.estimate, shift.ci)),
          isControl: series.role !== "other",
        };
      }),
    ],
  );
}

const orNone = (value: number | null) => (value === null ? "no answers" : percent(value));

const cells = ({ codeShare, code, language }: ByStrategy, change: Part): Part[] => [
  percent(codeShare),
  change,
  orNone(code),
  orNone(language),
];
