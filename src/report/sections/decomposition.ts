/** The split of truth's gain into null, elicitation and reward design, after arXiv 2606.05932. */
import type { ModelVerdict } from "../../records/index.ts";
import { waterfall } from "../charts/waterfall.ts";
import { interval, points, reading } from "../format.ts";
import { html, type Html } from "../html.ts";
import { citation, figure, section, type Page } from "./parts.ts";

type Decomposition = NonNullable<ModelVerdict["decomposition"]>;
type Term = Exclude<keyof Decomposition, "total">;

const TERMS: { readonly [T in Term]: { title: string; color: string; what: string } } = {
  null: {
    title: "Null: random − untrained",
    color: "var(--c1)",
    what: "What the training procedure does by itself, whatever is rewarded.",
  },
  elicitation: {
    title: "Elicitation: majority − random",
    color: "var(--c2)",
    what: "What agreeing with one’s own most frequent answer brings out; it needs no labels.",
  },
  rewardDesign: {
    title: "Reward design: truth − majority",
    color: "var(--c0)",
    what: "What knowing the right answers adds on top of that.",
  },
};

export function decomposition({ data }: Page): Html {
  const models = data.verdict?.models ?? [];
  const top = Math.max(
    0.1,
    ...models.flatMap(({ base, decomposition: split }) => [base, base + (split?.total.ci[1] ?? 0)]),
  );
  return section(
    "decomposition",
    "Where the true reward’s gain comes from",
    html`<p class="prose">
      “True minus random” alone overstates what a reward’s design contributes, because it also holds
      what the model’s agreement with itself would have brought out. A majority-vote arm separates
      the two: the three terms below add up to the gain of the true reward (${citation}).
    </p>`,
    models.length === 0
      ? html`<p>There is no verdict yet.</p>`
      : html`<div class="grid">${models.map((model) => ofModel(model, top))}</div>`,
  );
}

function ofModel({ model, base, decomposition: split }: ModelVerdict, top: number): Html {
  if (split === null) {
    return html`<div>
      <h3>${model}</h3>
      <p>Not split: this takes finished arms with the rewards random, majority and truth.</p>
    </div>`;
  }
  // Keys of TERMS are exactly the terms, which the compiler checks there.
  const terms = Object.keys(TERMS) as Term[];
  return html`<div>
    <h3>${model}</h3>
    ${figure(waterfall(model, base, split, Math.min(1, top * 1.05)))}
    <dl class="split">${terms.map((term) => explained(term, split))}</dl>
  </div>`;
}

function explained(term: Term, split: Decomposition): Html {
  const { title, color, what } = TERMS[term];
  const { estimate, ci } = split[term];
  return html`<dt>
      <i style="background:${color}"></i>${title}
      <span class="num">${points(estimate)} ${interval(ci)}</span>
    </dt>
    <dd>${what} ${READINGS[reading(ci)]}</dd>`;
}

const READINGS = {
  above: "Here it raises accuracy: the interval lies above 0.",
  below: "Here it lowers accuracy: the interval lies below 0.",
  open: "Here the interval includes 0, so these runs do not say which way it goes.",
};
