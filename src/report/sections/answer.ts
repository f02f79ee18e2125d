/** The top of the page: what was asked, what came out for each model, and what to beware of. */
import type { ModelVerdict } from "../../records/index.ts";
import type { Protocol } from "../read.ts";
import type { Controls } from "../roles.ts";
import { interval, listed, percent, plural, points } from "../format.ts";
import { html, type Html, type Part } from "../html.ts";
import { spuriousRewards, type Page } from "./parts.ts";

export function masthead({ data }: Page): Html {
  const { trial, verdict, models, arms, runs } = data;
  const seeds = new Set(runs.map((run) => run.seed)).size;
  const size = [
    plural(models.length, "model"),
    plural(arms.length, "arm"),
    plural(seeds, "seed"),
    ...(verdict === null ? [] : [protocolName(verdict)]),
  ];
  return html`<header>
    <p class="eyebrow">Placebo-controlled trial</p>
    <h1>${trial.name}</h1>
    <p class="soft">
      ${size.join(" · ")} · started
      <time datetime="${trial.startedAt}">${trial.startedAt.slice(0, 10)}</time>
    </p>
    ${introduction(Object.values(data.controls))}
  </header>`;
}

export function answer({ data }: Page): Html {
  const { verdict, controls } = data;
  return html`<div id="answer" class="stack">
    ${unfinishedNotice(data)}
    ${
      verdict === null
        ? null
        : html`<div class="grid">
            ${verdict.models.map((model) => card(model, controls[model.model] ?? {}))}
          </div>`
    }
    ${contents()}
  </div> `;
}

const protocolName = ({
  protocol,
  samples,
  problems,
}: {
  protocol: Protocol;
  samples: number;
  problems: number;
}) =>
  `${plural(problems, "held-out problem")}, ${protocol === "greedy" ? "greedy answers" : `average of ${plural(samples, "sample")}`}`;

function introduction(controls: readonly Controls[]): Html {
  const placebos = [...new Set(controls.flatMap(({ placebo }) => placebo ?? []))];
  return html`<p class="prose lede">
    Reinforcement learning sometimes improves a language model even when the reward is wrong or
    random. This trial measures how much: each arm trains the same model on the same prompts, and
    only the reward differs.
    ${
      placebos.length === 0
        ? html`It has no arm with a random reward, so nothing here shows what any reward would have
          done.`
        : placebos.length === 1
          ? html`The arm <b>${listed(placebos)}</b> is the placebo: its rewards are drawn by chance,
              so what it gains, no reward design can claim.`
          : html`The arms <b>${listed(placebos)}</b> are the placebos of their models: their rewards
              are drawn by chance, so what they gain, no reward design can claim.`
    }
    (The effect was described in ${spuriousRewards}.)
  </p>`;
}

function unfinishedNotice({ runs, verdict }: Page["data"]): Part {
  const open = runs.filter((run) => run.status !== "finished");
  if (open.length === 0) return null;
  const notStarted = open.filter((run) => run.status === "not started").length;
  const missing = `${open.length} of ${plural(runs.length, "run")} ${open.length === 1 ? "has" : "have"} not finished (${notStarted} not started).`;
  return html`<p class="caution" role="note">
    <strong>Unfinished trial.</strong> ${missing}
    ${
      verdict === null
        ? "There is no verdict yet; below is what the finished runs show."
        : "All numbers are of the finished runs."
    }
    The <a href="#configuration">list of runs</a> names them.
  </p>`;
}

function card(verdict: ModelVerdict, controls: Controls): Html {
  const shown = (["truth", "placebo"] as const).flatMap((role) => {
    const found = verdict.arms.find(({ arm }) => arm === controls[role]);
    const title = role === "truth" ? "true reward" : "placebo";
    return found === undefined
      ? []
      : [
          html`<div>
            <dt>${title}, points<br />${interval(found.ci)}</dt>
            <dd>${points(found.gain)}</dd>
          </div>`,
        ];
  });
  return html`<article class="card">
    <h2>${verdict.model}</h2>
    <p class="verdict">${verdict.sentence}</p>
    <dl class="facts">
      <div>
        <dt>untrained accuracy</dt>
        <dd>${percent(verdict.base)}</dd>
      </div>
      ${shown}
    </dl>
    ${verdict.warnings.map((warning) => html`<p class="caution" role="note"><strong>Beware:</strong> ${warning}</p>`)}
  </article>`;
}

const SECTIONS = {
  planned: "What was planned",
  gains: "Gains",
  decomposition: "Where the gain comes from",
  accuracy: "Accuracy curves",
  strategy: "Strategy",
  health: "Training health",
  samples: "Sample answers",
  configuration: "Configuration and reproduction",
};

function contents(): Html {
  const links = Object.entries(SECTIONS).map(
    ([id, title]) => html`<li><a href="#${id}">${title}</a></li>`,
  );
  return html`<nav aria-label="contents">
      <ol>
        ${links}
      </ol>
    </nav>
    <details>
      <summary>Words used on this page</summary>
      <dl class="split prose">
        <dt>Arm</dt>
        <dd>
          One reward with its settings. All arms of a model start from the same weights and see the
          same prompts in the same order (truth: the right answer is rewarded; majority: the model’s
          own most frequent answer; ${listed(["format", "incorrect", "random"])}: what the name
          says).
        </dd>
        <dt>Seed</dt>
        <dd>
          One repetition of an arm with other random numbers. Repetitions show how much is luck.
        </dd>
        <dt>Gain</dt>
        <dd>
          Accuracy after the last training step minus accuracy of the untrained model, in percentage
          points. No step is picked for being the best.
        </dd>
        <dt>95% interval, [low, high]</dt>
        <dd>
          Student’s t interval of the difference. Its width comes from how seeds differ from each
          other and how problems do; few seeds make it wide. In 95% of trials such an interval holds
          what other seeds and problems of the same kind would show on average. If 0 lies inside,
          the runs do not tell the gain from none.
        </dd>
        <dt>Code and language</dt>
        <dd>
          The two ways in which a model may reason here: an answer that contains python, or prose.
        </dd>
      </dl>
    </details>`;
}
