/** `placebo analyze`: strategies over training, strategy switching and clipping, for each run. */
import { basename } from "node:path";
import {
  classifierOf,
  clippingSummary,
  partialContributions,
  StrategyCounter,
  SUBSETS,
  switchingOf,
  type Classifier,
  type ClippingSummary,
  type Contributions,
  type StrategyPoint,
  type Switching,
} from "../../analysis/index.ts";
import { findRuns, LogReader, type RunFiles } from "../../diagnose/index.ts";
import { InputError, throwIfCancelled } from "../../errors.ts";
import { readJsonl } from "../../io/index.ts";
import { evalSchema, metricsSchema, RUN_FILES, type EvalRow } from "../../records/index.ts";
import type { Action } from "../context.ts";
import type { AnalyzeOptions } from "../options.ts";
import { decimal, percent, plural, signedPoints } from "../ui/format.ts";
import { table } from "../ui/table.ts";
import type { Terminal } from "../ui/terminal.ts";

interface RunAnalysis {
  readonly run: string;
  readonly strategies: readonly StrategyPoint[];
  /** answers that follow the strategy that is looked for */
  readonly matches: number;
  /** between the first and last greedy evaluation; null: the run has none */
  readonly switching: (Contributions & { readonly subsets: Switching }) | null;
  /** null: the log does not tell low from high clips */
  readonly clipping: ClippingSummary | null;
}

/** Switching needs one answer a problem before and after: the greedy one. */
function switchingBetween(rows: readonly EvalRow[], classifier: Classifier) {
  const greedy = rows.filter(({ samples }) => samples === 1);
  const [first, last] = [greedy[0], greedy.at(-1)];
  if (first === undefined || last === undefined || first.step === last.step) return null;
  const before = new Map(first.problems.map((problem) => [problem.id, problem]));
  const side = ({ text, correct }: EvalRow["problems"][number]) => ({
    code: classifier.matches(text),
    correct: correct > 0,
  });
  const subsets = switchingOf(
    last.problems.flatMap((after) => {
      const own = before.get(after.id);
      return own === undefined ? [] : [{ before: side(own), after: side(after) }];
    }),
  );
  return { ...partialContributions(subsets), subsets };
}

async function analyzeRun(
  { name, files }: RunFiles,
  path: string,
  classifier: Classifier,
  signal: AbortSignal,
): Promise<RunAnalysis> {
  const called = (wanted: string) => files.find((file) => basename(file) === wanted);
  const [evals, metrics, run] = [RUN_FILES.evals, RUN_FILES.metrics, RUN_FILES.rollouts].map(
    called,
  );
  const isOurs = evals !== undefined && metrics !== undefined && run !== undefined;
  const counter = new StrategyCounter(classifier);
  for await (const row of new LogReader().rows(files, signal)) {
    if (row.kind === "metrics" || row.text === null) continue;
    counter.add({ step: row.step ?? 0, text: row.text, correct: row.correct });
  }
  throwIfCancelled(signal, "The analysis");
  const steps = isOurs ? await readJsonl(metrics, metricsSchema) : [];
  const strategies = counter.points();
  return {
    // Where there is but one, it has no name of its own below the path.
    run: name === "." ? path : name,
    strategies,
    matches: matchesIn(strategies),
    switching: isOurs ? switchingBetween(await readJsonl(evals, evalSchema), classifier) : null,
    clipping: steps.length === 0 ? null : clippingSummary(steps),
  };
}

/** Steps that a table shows, the first and the last among them. */
const SHOWN = 8;

function printStrategies(out: Terminal, points: readonly StrategyPoint[], classifier: Classifier) {
  const [found, other] = classifier.strategies;
  const shown = points.filter(
    (_, i) => i === points.length - 1 || i % Math.ceil(points.length / SHOWN) === 0,
  );
  const columns = ["step", found, `accuracy, ${found}`, `accuracy, ${other}`];
  const rows = shown.map(({ step, share, accuracyWith, accuracyWithout }) => [
    String(step),
    percent(share),
    percent(accuracyWith),
    percent(accuracyWithout),
  ]);
  const lines = table(
    columns.map((title) => ({ title, align: "right" as const })),
    rows,
  );
  for (const line of lines) out.line(`  ${line}`);
}

function print(out: Terminal, analysis: RunAnalysis, classifier: Classifier): void {
  const { run, strategies, switching, clipping } = analysis;
  out.line(out.paint("bold", run));
  if (strategies.length > 0) printStrategies(out, strategies, classifier);
  if (switching !== null) printSwitching(out, switching, classifier);
  if (clipping !== null) printClipping(out, clipping);
  out.line();
}

/** Where the change of greedy accuracy came from: how many problems each switch has, and its part of the change. */
function printSwitching(
  out: Terminal,
  { gain, gainShare, shares, subsets }: NonNullable<RunAnalysis["switching"]>,
  { strategies: [found, other] }: Classifier,
): void {
  const change = gain < 0 ? "loss" : "gain";
  const sum = (of: "problems" | "before" | "after") =>
    SUBSETS.reduce((total, subset) => total + subsets[subset][of], 0);
  const points = signedPoints(Math.abs(gainShare)).slice(1);
  const right = `right on ${sum("before")}, then ${sum("after")} of ${plural(sum("problems"), "problem")}`;
  out.line(
    `  ${change} of ${points} points from the first to the last greedy evaluation, ${right}; by strategy:`,
  );
  const columns = [
    { title: "before → after" },
    { title: "problems", align: "right" },
    { title: "right before", align: "right" },
    { title: "right after", align: "right" },
    { title: "change", align: "right" },
    { title: `part of the ${change}`, align: "right" },
  ] as const;
  const name = (letter: string | undefined) => (letter === "C" ? found : other);
  const rows = SUBSETS.map((subset) => {
    const own = subsets[subset];
    return [
      `${name(subset[0])} → ${name(subset.at(-1))}`,
      String(own.problems),
      String(own.before),
      String(own.after),
      signed(own.after - own.before),
      shares === null ? "–" : percent(shares[subset]),
    ];
  });
  for (const line of table(columns, rows)) out.line(`    ${line}`);
}

const ACTED: { readonly [D in ClippingSummary["dominant"]]: string } = {
  low: "More low than high, which tends to raise entropy",
  high: "More high than low, which tends to lower entropy",
  neither: "As much low as high",
};

function printClipping(
  out: Terminal,
  { meanLow, meanHigh, entropyChange, dominant }: ClippingSummary,
): void {
  const low = `${percent(meanLow)} of tokens low (not pushed down any further)`;
  const high = `${percent(meanHigh)} high (not pushed up any further)`;
  const acted = meanLow + meanHigh === 0 ? "Nothing was clipped" : ACTED[dominant];
  out.line(`  clipped: ${low}, ${high}.`);
  out.line(`  ${acted}; entropy changed by ${decimal(entropyChange)}.`);
}

/** `+3`, `−1`, `0`. */
function signed(count: number): string {
  return count > 0 ? `+${count}` : String(count).replace("-", "−");
}

/** Answers that follow the strategy that is looked for. */
function matchesIn(points: readonly StrategyPoint[]): number {
  return points.reduce((sum, { answers, share }) => sum + Math.round(answers * share), 0);
}

function warnOfNone(out: Terminal, { name }: Classifier): void {
  const hint = name.startsWith("/")
    ? ` In single quotes the shell takes nothing away: '/\\\\boxed\\{/' finds \\boxed{.`
    : "";
  out.line(`${out.paint("yellow", "warning")} ${name} matches no answer at all.${hint}`);
}

const analyze: Action<AnalyzeOptions> = async ({ path, strategy, json }, { out, signal }) => {
  const classifier = classifierOf(strategy);
  let analysed = 0;
  let [answers, matches] = [0, 0];
  for (const files of await findRuns(path)) {
    const analysis = await analyzeRun(files, path, classifier, signal);
    if (analysis.strategies.length === 0 && analysis.clipping === null) continue;
    analysed++;
    answers += analysis.strategies.reduce((sum, point) => sum + point.answers, 0);
    matches += analysis.matches;
    if (json) out.json({ ...analysis, strategy: classifier.name });
    else print(out, analysis, classifier);
  }
  if (analysed > 0) {
    if (answers > 0 && matches === 0 && !json) warnOfNone(out, classifier);
    return;
  }
  throw new InputError(`${path}: no completions to analyse`, {
    code: "nothing-to-analyse",
    hint: "Give rollouts with their texts: rollouts.jsonl of a run, or completions of another trainer.",
    file: path,
  });
};

export default analyze;
