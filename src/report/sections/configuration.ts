/** Everything that is needed to make the trial again: its file, settings, versions, hashes, runs and commands. */
import type { RunSummary } from "../data.ts";
import { html, type Html } from "../html.ts";
import { section, table, type Page } from "./parts.ts";

export function configuration({ data }: Page): Html {
  const { trial, runs, engine } = data;
  const folder = `runs/${trial.name}`;
  return section(
    "configuration",
    "Configuration and reproduction",
    html`<h3>How to reproduce</h3>
<p class="prose">Save the trial file below as <code>trial.yaml</code> and use the versions of the table. On the same machine the numbers come out the same to the bit.</p>
<pre>placebo run trial.yaml --out ${folder}
placebo resume ${folder}
placebo report ${folder}</pre>
<p class="prose soft"><code>resume</code> goes on where a run was stopped; <code>report</code> writes this page.</p>
<h3>Trial file</h3>
<pre tabindex="0">${trial.source}</pre>
<details><summary>Resolved configuration, defaults included</summary>
<pre tabindex="0">${JSON.stringify(trial.config, null, 2)}</pre></details>
<details><summary>Versions, hashes and engine</summary>
${table(
  "Versions and hashes",
  "what",
  [{ title: "value", isText: true }],
  [
    ...Object.entries(trial.versions).map(([name, value]) => ({ name, cells: [value] })),
    { name: "trial hash", cells: [html`<code>${trial.hash}</code>`] },
    { name: "seeds", cells: [[...new Set(runs.map((run) => run.seed))].join(", ")] },
  ],
)}
<pre tabindex="0">${JSON.stringify(engine, null, 2)}</pre></details>
<details${runs.some((run) => run.status !== "finished") ? html` open` : null}><summary>Runs (${runs.length})</summary>
${runTable(runs)}</details>`,
  );
}

function runTable(runs: readonly RunSummary[]): Html {
  return table(
    "Runs in the order of the plan",
    "run",
    [
      { title: "status", isText: true },
      { title: "steps" },
      { title: "minutes" },
      { title: "hash", isText: true },
    ],
    runs.map((run) => ({
      name: `${run.model}/${run.arm}/seed-${run.seed}`,
      cells: [
        run.status === "finished" ? run.status : html`<b class="wrong">${run.status}</b>`,
        run.steps === null ? "–" : `${run.step} of ${run.steps}`,
        run.steps === null ? "–" : (run.seconds / 60).toFixed(1),
        run.hash === null ? "–" : html`<code>${run.hash.slice(0, 12)}</code>`,
      ],
    })),
  );
}
