/** What models write: the same problem before and after in every arm, and rollouts with the reward and advantage used. */
import { compact, listed, percent } from "../format.ts";
import { html, type Html, type Part } from "../html.ts";
import {
  isRight,
  type Answer,
  type Change,
  type ModelSamples,
  type ShownGroup,
  type ShownProblem,
} from "../samples.ts";
import { armName, section, seriesOn, type Page } from "./parts.ts";

/** Characters of a text that are shown. */
const SHOWN = 1500;

export function samples(page: Page): Html {
  const { samples: models } = page.data;
  if (models.length === 0) {
    return section("samples", "Sample answers", html`<p>No run has finished.</p>`);
  }
  return section(
    "samples",
    "Sample answers",
    html`<p class="prose">
      Picked by rule, not by taste: of each kind of change the first problem in the task’s order,
      answered by the first finished seed of every arm. The counts say how common each kind is.
    </p>`,
    html`<div class="stack">${models.map((model, m) => ofModel(page, model, m))}</div>`,
  );
}

function ofModel(page: Page, model: ModelSamples, m: number): Html {
  const id = (p: number) => `sample-${m}-${p}`;
  const arms = listed(model.compared);
  return html`<div>
    <h3>${model.model}</h3>
    <div class="picker" role="group" aria-label="sample problems of ${model.model}">
      ${model.problems.map(
        ({ change }, p) =>
          html`<button type="button" aria-controls="${id(p)}" aria-pressed="false">
            ${TITLES[change]}
          </button>`,
      )}
    </div>
    ${model.problems.map((problem, p) => shownProblem(page, model, problem, id(p), arms))}
    ${
      model.groups.length === 0
        ? null
        : html`<details>
            <summary>
              Training rollouts of ${model.model}, with the reward and the advantage that were used
            </summary>
            <p class="prose soft">
              Of every arm’s last step the first group in which rewards differed (or the first of
              all): its highest and lowest advantages.
            </p>
            ${model.groups.map((group) => shownGroup(page, model.model, group))}
          </details>`
    }
  </div>`;
}

const TITLES: { readonly [C in Change]: string } = {
  gained: "Wrong, then right",
  split: "Arms disagree",
  lost: "Right, then wrong",
  "stays-wrong": "Stays wrong",
  "stays-right": "Stays right",
};

function meaning(change: Change, arms: string): string {
  const meanings: { readonly [C in Change]: string } = {
    gained: `wrong before training and right after it in ${arms}`,
    split: `right after training in some of ${arms}, but not in all of them`,
    lost: `right before training and wrong after it in ${arms}`,
    "stays-wrong": `wrong before training and after it in ${arms}`,
    "stays-right": `right before training and after it in ${arms}`,
  };
  return meanings[change];
}

function shownProblem(
  page: Page,
  model: ModelSamples,
  { id, prompt, change, count, before, after }: ShownProblem,
  element: string,
  arms: string,
): Html {
  const share = `${count} of ${model.total} problems (${percent(count / model.total, 0)})`;
  return html`<div class="problem" id="${element}">
    <h4>${TITLES[change]} <span class="soft">· problem ${id}</span></h4>
    <p class="soft">${share} are ${meaning(change, arms)}.</p>
    ${prompt === null ? null : html`<pre class="text" aria-label="problem">${cut(prompt)}</pre>`}
    <div class="answers">
      ${answerCard("untrained", before, "before")}${after.map(({ arm, answer }) =>
        answerCard(armName(seriesOn(page, model.model, arm)), answer, ""),
      )}
    </div>
  </div>`;
}

function answerCard(name: Part, answer: Answer, className: string): Html {
  return html`<article class="answer ${className}">
    <header><b>${name}</b>${marks(answer)}</header>
    <pre class="text">${cut(answer.text)}</pre>
  </article>`;
}

function marks(answer: Answer): Html {
  const { correct, code, samples: of } = answer;
  if (of === 1)
    return html`${mark(isRight(answer))}<span class="soft"
        >${code === 1 ? "code" : "language"}</span
      >`;
  // The text is one sample of several; the counts are of all of them.
  return html`<span class="${isRight(answer) ? "right" : "wrong"}">${correct} of ${of} right</span
    ><span class="soft">${code} by code</span>`;
}

const mark = (right: boolean) =>
  right ? html`<span class="right">✓ right</span>` : html`<span class="wrong">✗ wrong</span>`;

function shownGroup(
  page: Page,
  model: string,
  { arm, seed, step, problem, prompt, size, rollouts }: ShownGroup,
): Html {
  return html`<div class="problem">
    <h4>
      ${armName(seriesOn(page, model, arm))}
      <span class="soft"
        >· seed ${seed}, step ${step}, problem ${problem}, ${rollouts.length} of ${size}
        rollouts</span
      >
    </h4>
    ${prompt === null ? null : html`<pre class="text" aria-label="problem">${cut(prompt)}</pre>`}
    <div class="answers">
      ${rollouts.map(
        (rollout) =>
          html`<article class="answer">
            <header>
              <b>rollout ${rollout.g}</b
              >${rollout.correct === null ? html`<span class="soft">not gradable</span>` : mark(rollout.correct === 1)}<span
                class="soft"
                >${rollout.strategy}${rollout.finish === "length" ? ", cut off" : ""}</span
              >
            </header>
            <p class="num">
              <span
                >reward
                <b
                  >${rollout.reward === null ? `none (${rollout.ungraded ?? "ungraded"})` : compact(rollout.reward)}</b
                ></span
              ><span>advantage <b>${signed(rollout.advantage)}</b></span>
            </p>
            <pre class="text">${cut(rollout.text)}</pre>
          </article>`,
      )}
    </div>
  </div>`;
}

const signed = (value: number) => (value > 0 ? `+${compact(value)}` : compact(value));

function cut(text: string): Part {
  const shown = text.replace(/\n+$/, "");
  if (shown === "") return html`<span class="soft">(empty)</span>`;
  if (shown.length <= SHOWN) return shown;
  return html`${shown.slice(0, SHOWN)}
    <span class="soft">… ${shown.length - SHOWN} characters more</span>`;
}
