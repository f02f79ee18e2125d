/** From runs to curves over seeds: what charts draw. Only finished runs enter a mean; others are kept apart. */
import type { MetricsRow } from "../records/index.ts";
import type { Evaluation, Protocol, RunFiles, TrialFiles } from "./read.ts";

/** Mean over seeds at one step, and the lowest and the highest seed. */
export interface CurvePoint {
  readonly step: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** In the order of steps. */
export type Curve = readonly CurvePoint[];

/** Training statistics that the report draws. */
export type Statistic =
  | "entropy"
  | "clipLow"
  | "clipHigh"
  | "deadGroupShare"
  | "lengthMean"
  | "truncated"
  | "kl"
  | "gradNorm"
  | "codeShare";

const STATISTICS: { readonly [S in Statistic]: true } = {
  entropy: true,
  clipLow: true,
  clipHigh: true,
  deadGroupShare: true,
  lengthMean: true,
  truncated: true,
  kl: true,
  gradNorm: true,
  codeShare: true,
};

/** Accuracy among answers of one strategy; null where no answer had it. */
export interface ByStrategy {
  readonly codeShare: number;
  readonly code: number | null;
  readonly language: number | null;
}

export interface ArmData {
  readonly arm: string;
  /** seeds of finished runs */
  readonly seeds: readonly number[];
  readonly accuracy: Curve;
  /** share of code answers in evaluation */
  readonly codeShare: Curve;
  /** accuracy so far of runs that have not finished */
  readonly unfinished: readonly { readonly seed: number; readonly accuracy: Curve }[];
  readonly training: { readonly [S in Statistic]: Curve };
  /** after training, mean over seeds; null without a finished run */
  readonly final: ByStrategy | null;
}

export interface ModelData {
  readonly model: string;
  /** the untrained model on the primary protocol; null before it was evaluated */
  readonly base: (ByStrategy & { readonly accuracy: number }) | null;
  /** in the trial's order */
  readonly arms: readonly ArmData[];
}

/** Points of a curve at most; longer ones are drawn as means over equal stretches of steps. */
export const MAX_POINTS = 120;

/** The protocol that charts show: the verdict's, or what the untrained models were evaluated on. */
export function primaryProtocol({ verdict, base }: TrialFiles): Protocol {
  if (verdict !== null) return verdict.protocol;
  const rows = Object.values(base).flat();
  return rows.some((row) => row.protocol === "sampled") ? "sampled" : "greedy";
}

export function aggregate(files: TrialFiles): ModelData[] {
  const protocol = primaryProtocol(files);
  const arms = unique(files.trial.runs.map((run) => run.arm));
  return unique(files.trial.runs.map((run) => run.model)).map((model) => {
    const runs = files.runs.filter((run) => run.model === model);
    const base = files.base[model]?.find((row) => row.protocol === protocol) ?? null;
    return {
      model,
      base: base === null ? null : { accuracy: base.accuracy, ...byStrategy(base) },
      arms: arms
        .filter((arm) => runs.some((run) => run.arm === arm))
        .map((arm) =>
          armData(
            arm,
            runs.filter((run) => run.arm === arm),
            protocol,
            base,
          ),
        ),
    };
  });
}

function armData(
  arm: string,
  runs: readonly RunFiles[],
  protocol: Protocol,
  base: Evaluation | null,
): ArmData {
  const done = runs.filter((run) => run.status === "finished");
  const evaluated = done.map((run) => evaluations(run, protocol, base));
  const accuracy = (row: Evaluation) => row.accuracy;
  const finals = evaluated.flatMap((rows) => rows.slice(-1));
  return {
    arm,
    seeds: done.map((run) => run.seed),
    accuracy: curve(evaluated, accuracy),
    codeShare: curve(evaluated, (row) => row.codeShare),
    unfinished: runs
      .filter((run) => run.status === "unfinished")
      .map((run) => ({
        seed: run.seed,
        accuracy: curve([evaluations(run, protocol, base)], accuracy),
      })),
    training: trainingCurves(done.map((run) => run.metrics)),
    final: finals.length === 0 ? null : meanByStrategy(finals.map(byStrategy)),
  };
}

/** A run's evaluations; its first point is the untrained model where the run did not evaluate step 0 itself. */
function evaluations(run: RunFiles, protocol: Protocol, base: Evaluation | null): Evaluation[] {
  const rows = run.evaluations.filter((row) => row.protocol === protocol);
  return base === null || rows[0]?.step === 0 ? rows : [{ ...base, step: 0 }, ...rows];
}

function trainingCurves(metrics: readonly (readonly MetricsRow[])[]): ArmData["training"] {
  // Keys of STATISTICS are exactly the statistics, which the compiler checks there.
  const names = Object.keys(STATISTICS) as Statistic[];
  const entries = names.map((name) => [name, thin(curve(metrics, (row) => row[name]))] as const);
  // One entry for each name, so the record is whole.
  return Object.fromEntries(entries) as ArmData["training"];
}

/** Mean, lowest and highest over seeds at each step; steps where a value is null in all seeds are left out. */
export function curve<Row extends { readonly step: number }>(
  rows_S: readonly (readonly Row[])[],
  value: (row: Row) => number | null,
): Curve {
  const byStep = new Map<number, number[]>();
  for (const row of rows_S.flat()) {
    const x = value(row);
    if (x === null) continue;
    const values = byStep.get(row.step) ?? [];
    values.push(x);
    byStep.set(row.step, values);
  }
  return [...byStep]
    .sort(([a], [b]) => a - b)
    .map(([step, values]) => ({
      step,
      mean: mean(values),
      low: Math.min(...values),
      high: Math.max(...values),
    }));
}

/** Means over equal stretches, so that no curve has more than `MAX_POINTS` points. */
export function thin(points: Curve): Curve {
  const size = Math.ceil(points.length / MAX_POINTS);
  if (size <= 1) return points;
  return Array.from({ length: Math.ceil(points.length / size) }, (_, i) => {
    const stretch = points.slice(i * size, (i + 1) * size);
    return {
      step: mean(stretch.map((point) => point.step)),
      mean: mean(stretch.map((point) => point.mean)),
      low: Math.min(...stretch.map((point) => point.low)),
      high: Math.max(...stretch.map((point) => point.high)),
    };
  });
}

const byStrategy = (row: Evaluation): ByStrategy => ({
  codeShare: row.codeShare,
  code: row.accuracyCode,
  language: row.accuracyLanguage,
});

function meanByStrategy(rows: readonly ByStrategy[]): ByStrategy {
  const known = (values: readonly (number | null)[]) => {
    const numbers = values.filter((value) => value !== null);
    return numbers.length === 0 ? null : mean(numbers);
  };
  return {
    codeShare: mean(rows.map((row) => row.codeShare)),
    code: known(rows.map((row) => row.code)),
    language: known(rows.map((row) => row.language)),
  };
}

/** @param values not empty */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];
