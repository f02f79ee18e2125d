/** Accuracy during training: all arms of a model in one panel, then each arm with its spread over seeds. */
import type { ArmData, Curve, ModelData } from "../aggregate.ts";
import { allArms, oneArm, type ArmCurve, type Frame } from "../charts/curves.ts";
import { decimal, percent, plural } from "../format.ts";
import { html, type Html, type Part } from "../html.ts";
import { legend, panel, section, seriesFor, type Page } from "./parts.ts";

export function accuracy(page: Page): Html {
  const { models, protocol, runs } = page.data;
  const y = accuracyDomain(models);
  const steps = lastStep(page);
  const hasOpen = runs.some((run) => run.status === "unfinished");
  return section(
    "accuracy",
    "Accuracy during training",
    html`<p class="prose">
      Accuracy on held-out problems (${protocol}), in percent, over training steps. Lines are means
      over finished seeds. In the small panels the band runs from the lowest to the highest seed,
      the other arms are grey, and the dashed line is the untrained
      model.${
        hasOpen
          ? " Dotted lines that end in a cross are runs that have not finished; they enter no mean."
          : ""
      }
      All panels share their axes.
    </p>`,
    legend(page.series),
    html`<div class="stack">${models.map((model) => ofModel(page, model, steps, y))}</div>`,
  );
}

/** Panels of single arms that fit beside the one of all. */
const BESIDE = 6;

/** Steps planned, over all runs. */
export const lastStep = ({ data }: Page) => Math.max(1, ...data.runs.map((run) => run.steps ?? 0));

export const curvesOf = (
  page: Page,
  model: ModelData,
  curve: (arm: ArmData) => Curve,
): ArmCurve[] =>
  model.arms
    .map((arm) => ({ series: seriesFor(page, arm.arm), curve: curve(arm) }))
    .filter((each) => each.curve.length > 0);

/** "truth 61.2%, random 48.0%": where curves end, for those who do not see them. */
export function ends(curves: readonly ArmCurve[], format: (value: number) => string): string {
  const told = curves.map(({ series, curve }) => {
    const last = curve.at(-1);
    return `${series.arm} ${last === undefined ? "no value" : format(last.mean)}`;
  });
  return told.join(", ");
}

function accuracyDomain(models: readonly ModelData[]): [number, number] {
  const values = models.flatMap(({ base, arms }) => [
    ...(base === null ? [] : [base.accuracy]),
    ...arms.flatMap((arm) =>
      [arm.accuracy, ...arm.unfinished.map((run) => run.accuracy)].flatMap((curve) =>
        curve.flatMap(({ low, high }) => [low, high]),
      ),
    ),
  ]);
  if (values.length === 0) return [0, 1];
  const tenth = (value: number, round: (x: number) => number) => round(value * 10) / 10;
  return [
    Math.max(0, tenth(Math.min(...values) - 0.01, Math.floor)),
    Math.min(1, tenth(Math.max(...values) + 0.01, Math.ceil)),
  ];
}

function ofModel(page: Page, model: ModelData, steps: number, y: readonly [number, number]): Html {
  const curves = curvesOf(page, model, (arm) => arm.accuracy);
  const frame = (label: string): Frame => ({
    label,
    steps,
    y,
    tick: (value) => decimal(100 * value, 0),
    level: model.base?.accuracy,
  });
  const base = model.base === null ? "" : ` Untrained ${percent(model.base.accuracy)}.`;
  return html`<div>
    <h3>${model.model}</h3>
    <div class="accuracy ${model.arms.length > BESIDE ? "many" : ""}">
      ${panel(
        "All arms; dashed: untrained",
        allArms(
          frame(
            `Accuracy of all arms on ${model.model}.${base} At the end: ${ends(curves, percent)}.`,
          ),
          curves,
          true,
        ),
      )}
      <div class="grid small">
        ${model.arms.map((arm) => armPanel(page, model, arm, curves, frame))}
      </div>
    </div>
  </div>`;
}

function armPanel(
  page: Page,
  model: ModelData,
  arm: ArmData,
  curves: readonly ArmCurve[],
  frame: (label: string) => Frame,
): Html {
  const series = seriesFor(page, arm.arm);
  const shown = { series, curve: arm.accuracy };
  const others = curves.filter((each) => each.series !== series);
  const label = `Accuracy of ${arm.arm} on ${model.model}, ${plural(arm.seeds.length, "seed")}. At the end: ${ends([shown], percent)}.`;
  return panel(
    arm.arm,
    oneArm(
      frame(label),
      shown,
      others,
      arm.unfinished.map((run) => run.accuracy),
    ),
    seedNote(page, model, arm),
  );
}

function seedNote({ data }: Page, { model }: ModelData, { arm, seeds }: ArmData): Part {
  const planned = data.runs.filter((run) => run.model === model && run.arm === arm).length;
  return seeds.length === planned
    ? plural(planned, "seed")
    : `${seeds.length} of ${plural(planned, "seed")} finished`;
}
