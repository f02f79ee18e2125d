/** How far a trial is, gathered from its events: a table of models and arms under one progress bar. */
import type { EvalSummary, RunName, TrialEvent } from "../../trial/index.ts";
import type { TrialSnapshot } from "../trial-snapshot.ts";
import { duration, percent, signedPoints } from "./format.ts";
import { bar } from "./progress.ts";
import { table, type Column } from "./table.ts";
import type { Terminal } from "./terminal.ts";

type Event<Name extends TrialEvent["event"]> = Extract<TrialEvent, { event: Name }>;
type Protocol = EvalSummary["protocol"];

/** What the table is over. */
interface Shape extends Pick<Event<"trial">, "name" | "models" | "arms" | "seeds"> {
  /** what is being done about it */
  readonly activity: string;
}

/** A stage of preparing a model, and where it stood when it was first heard of. */
interface Preparation extends Event<"prepare"> {
  readonly start: { readonly time: number; readonly done: number };
}

interface RunState {
  step: number;
  readonly steps: number;
  done: boolean;
  /** why it is not going to be done in this start */
  failure?: string;
  evaluation?: EvalSummary;
}

const COLUMNS: readonly Column[] = [
  { title: "model" },
  { title: "arm" },
  { title: "seeds", align: "right" },
  { title: "step", align: "right" },
  { title: "accuracy", align: "right" },
  { title: "since start", align: "right" },
  { title: "code answers", align: "right" },
];

export const STAGES = {
  organism: "pretraining",
  evaluation: "evaluating the untrained model",
  labels: "drawing labels",
} as const;

const keyOf = ({ model, arm, seed }: RunName) => JSON.stringify([model, arm, seed]);

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

export class TrialView {
  readonly #protocol: Protocol;
  readonly #runs = new Map<string, RunState>();
  readonly #bases = new Map<string, EvalSummary>();
  readonly #preparing = new Map<string, Preparation>();
  #trial: Shape | undefined;
  #progress: Event<"trial">["progress"] | undefined;

  /** @param protocol the evaluation to show: the one that the verdict reads */
  constructor(protocol: Protocol) {
    this.#protocol = protocol;
  }

  /** Takes over what the files say; events that follow go on from there. */
  recall({ name, state, progress, runs }: TrialSnapshot): void {
    const distinct = <T>(of: (run: RunName) => T) => [...new Set(runs.map(of))];
    const [models, arms] = [distinct(({ model }) => model), distinct(({ arm }) => arm)];
    this.#trial = { name, models, arms, seeds: distinct(({ seed }) => seed), activity: state };
    this.#progress = progress;
    for (const run of runs) {
      if (run.state === "waiting") continue;
      const { step, steps, latest, base, reason } = run;
      const done = run.state === "done";
      this.#runs.set(keyOf(run), { step, steps, done, failure: reason, evaluation: latest });
      if (base) this.#bases.set(run.model, base);
    }
  }

  update(event: TrialEvent): void {
    if ("progress" in event) this.#progress = event.progress;
    switch (event.event) {
      case "trial":
        this.#trial = { ...event, activity: `${event.workers} at a time` };
        // What failed in an earlier start is tried again in this one.
        for (const run of this.#runs.values()) delete run.failure;
        break;
      case "prepare":
        this.#prepare(event);
        break;
      case "prepared":
        this.#prepared(event);
        break;
      case "run-start":
        this.#runs.set(keyOf(event.run), {
          ...this.#runs.get(keyOf(event.run)),
          step: event.step,
          steps: event.steps,
          done: false,
          failure: undefined,
        });
        break;
      case "step":
        this.#run(event.run).step = event.metrics.step;
        break;
      case "evaluation":
        if (event.evaluation.protocol === this.#protocol)
          this.#run(event.run).evaluation = event.evaluation;
        break;
      case "run-end":
        this.#run(event.run).done = true;
        break;
      case "run-failed":
        this.#preparing.delete(event.model);
        if (event.run && !event.willRetry) {
          const before = this.#runs.get(keyOf(event.run)) ?? { step: 0, steps: 0, done: false };
          this.#runs.set(keyOf(event.run), { ...before, failure: event.message });
        }
        break;
      case "verdict":
        break;
    }
  }

  #prepare(event: Event<"prepare">): void {
    const before = this.#preparing.get(event.model);
    const start =
      before?.stage === event.stage ? before.start : { time: performance.now(), done: event.done };
    this.#preparing.set(event.model, { ...event, start });
  }

  #prepared({ model, base }: Event<"prepared">): void {
    this.#preparing.delete(model);
    const shown = base.find(({ protocol }) => protocol === this.#protocol);
    if (shown) this.#bases.set(model, shown);
  }

  #run(run: RunName): RunState {
    const state = this.#runs.get(keyOf(run));
    if (!state) throw new RangeError(`run ${keyOf(run)} was reported on before it started`);
    return state;
  }

  /** Seconds that preparing a model still takes in its present stage; null where there is no pace yet. */
  preparationLeft(model: string): number | null {
    const preparation = this.#preparing.get(model);
    return preparation === undefined ? null : secondsFor(preparation);
  }

  /** Accuracy of the untrained model, once it is known. */
  base(model: string): number | undefined {
    return this.#bases.get(model)?.accuracy;
  }

  /** Latest accuracy of a run, once it is known. */
  accuracy(run: RunName): number | undefined {
    return this.#runs.get(keyOf(run))?.evaluation?.accuracy;
  }

  /** `████░░ 41%  12/36 runs  3 min 05 s left` */
  summary(): string {
    if (!this.#progress) return "";
    const { runsDone, runsTotal, stepsDone, stepsTotal, secondsLeft } = this.#progress;
    const share = stepsTotal === 0 ? 0 : stepsDone / stepsTotal;
    const left = secondsLeft === null ? "" : `  ${duration(secondsLeft)} left`;
    return `${bar(share)} ${Math.floor(share * 100)}%  ${runsDone}/${runsTotal} runs${left}`;
  }

  lines({ paint }: Pick<Terminal, "paint">): string[] {
    if (!this.#trial) return [];
    const { name, models, arms, seeds, activity } = this.#trial;
    const rows = models.flatMap((model) => [
      this.#baseRow(model),
      ...arms.map((arm) => this.#armRow(model, arm, seeds)),
    ]);
    const [header = "", ...body] = table(COLUMNS, rows);
    return [
      `${paint("bold", name)}  ${this.summary()}  ${paint("dim", activity)}`,
      ...[...this.#preparing.values()].map(preparingLine),
      "",
      paint("dim", header),
      ...body,
    ];
  }

  #baseRow(model: string): string[] {
    const base = this.#bases.get(model);
    return [model, "(untrained)", "", "", percent(base?.accuracy), "", percent(base?.codeShare)];
  }

  #armRow(model: string, arm: string, seeds: readonly number[]): string[] {
    const runs = seeds.flatMap((seed) => this.#runs.get(keyOf({ model, arm, seed })) ?? []);
    const evaluations = runs.flatMap(({ evaluation }) => evaluation ?? []);
    const accuracy = mean(evaluations.map((evaluation) => evaluation.accuracy));
    const base = this.base(model);
    const begun = runs.filter(({ steps }) => steps > 0);
    const step = mean(begun.map((run) => run.step));
    const failed = runs.filter(({ failure }) => failure !== undefined).length;
    return [
      model,
      arm,
      `${runs.filter(({ done }) => done).length}/${seeds.length}${failed === 0 ? "" : `, ${failed} failed`}`,
      step === null ? "–" : `${Math.round(step)}/${begun[0]?.steps}`,
      percent(accuracy),
      accuracy === null || base === undefined ? "–" : signedPoints(accuracy - base),
      percent(mean(evaluations.map((evaluation) => evaluation.codeShare))),
    ];
  }
}

/** Seconds that a stage still takes at its pace so far; null before there is one. */
function secondsFor({ done, total, start }: Preparation): number | null {
  const seconds = (performance.now() - start.time) / 1000;
  const made = done - start.done;
  return made > 0 ? ((total - done) * seconds) / made : null;
}

function preparingLine(preparation: Preparation): string {
  const { model, stage, done, total } = preparation;
  const share = total === 0 ? 0 : done / total;
  const seconds = secondsFor(preparation);
  const left = seconds === null ? "" : `  ${duration(seconds)} left`;
  return `${model}: ${STAGES[stage]}  ${bar(share, 12)} ${Math.floor(share * 100)}%${left}`;
}
