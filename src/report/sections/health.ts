/** Whether training was sound: statistics of every step, one panel each, all arms. */
import { MAX_POINTS, type ModelData, type Statistic } from "../aggregate.ts";
import { allArms } from "../charts/curves.ts";
import { compact, decimal } from "../format.ts";
import { html, type Html, type Part } from "../html.ts";
import { curvesOf, ends, lastStep } from "./accuracy.ts";
import { legend, panel, section, type Page } from "./parts.ts";

interface Panel {
  readonly title: string;
  readonly note: string;
  readonly isShare?: boolean;
  /** statistics on the same scale */
  readonly with?: Statistic;
}

/** In the order of the page. Code share has its own section. */
const PANELS: { readonly [S in Exclude<Statistic, "codeShare">]: Panel } = {
  entropy: {
    title: "Entropy, nats a token",
    note: "How open the model’s choices are. A fall to 0 means that it stopped exploring.",
  },
  clipLow: {
    title: "Clipped low, % of tokens",
    note: "Tokens whose probability already fell too far for a negative advantage to count.",
    isShare: true,
    with: "clipHigh",
  },
  clipHigh: {
    title: "Clipped high, % of tokens",
    note: "Tokens whose probability already rose too far for a positive advantage to count. Clipping is not neutral: it can favour what the model already does.",
    isShare: true,
    with: "clipLow",
  },
  deadGroupShare: {
    title: "Dead groups, %",
    note: "Prompts whose rollouts were all rewarded alike: they teach nothing.",
    isShare: true,
  },
  lengthMean: { title: "Length, tokens", note: "Mean length of a rollout." },
  truncated: {
    title: "Truncated, %",
    note: "Rollouts cut off at the token limit.",
    isShare: true,
  },
  kl: { title: "KL to the untrained model", note: "Nats a token (k3 estimate)." },
  gradNorm: { title: "Gradient norm", note: "Before clipping; spikes warn of divergence." },
};

export function health(page: Page): Html {
  const isThinned = lastStep(page) > MAX_POINTS;
  return section(
    "health",
    "Training health",
    html`<p class="prose">
      Means over finished seeds at every training
      step${isThinned ? `, averaged over stretches of steps so that a line has at most ${MAX_POINTS} points` : ""}.
      A panel’s axis is the same for all models.
    </p>`,
    legend(page.series),
    html`<div class="stack">${page.data.models.map((model) => ofModel(page, model))}</div>`,
  );
}

function ofModel(page: Page, model: ModelData): Html {
  // Keys of PANELS are exactly its statistics, which the compiler checks there.
  const names = Object.keys(PANELS) as (keyof typeof PANELS)[];
  return html`<div>
    <h3>${model.model}</h3>
    <div class="grid health">${names.map((name) => statistic(page, model, name))}</div>
  </div>`;
}

function statistic(page: Page, model: ModelData, name: keyof typeof PANELS): Part {
  const { title, note, isShare, with: partner } = PANELS[name];
  const curves = curvesOf(page, model, (arm) => arm.training[name]);
  if (curves.length === 0) return null;
  const tick = (value: number) => (isShare === true ? decimal(100 * value, 0) : plainTick(value));
  const told = (value: number) => compact(isShare === true ? 100 * value : value);
  const label = `${title} on ${model.model}, at the end: ${ends(curves, told)}.`;
  const top = highest(page, partner === undefined ? [name] : [name, partner]);
  // Below a hundredth, whole percents would all read the same.
  const fine = isShare === true && top < 0.04 ? (value: number) => decimal(100 * value, 1) : tick;
  const frame = {
    label,
    steps: lastStep(page),
    y: [0, top] as const,
    tick: fine,
    size: "medium" as const,
  };
  return panel(title, allArms(frame, curves, false), note);
}

const plainTick = (value: number) => String(Number(value.toPrecision(3)));

/** Over all models, so that panels compare; never 0. */
function highest(page: Page, names: readonly Statistic[]): number {
  const means = page.data.models.flatMap(({ arms }) =>
    arms.flatMap((arm) => names.flatMap((name) => arm.training[name].map((point) => point.mean))),
  );
  return Math.max(1e-3, ...means) * 1.05;
}
