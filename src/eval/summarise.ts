/** All samples of one benchmark as one result: metrics with intervals, and what could not be counted. */
import type { BenchResult, MeanAtK, MeanOverProblems, SampleRow } from "../records/index.ts";
import {
  average,
  intervalOverProblems,
  percentileInterval,
  resample,
  type Resampling,
} from "../statistics/index.ts";
import { majAtK, passAtK, valuesOfK } from "./metrics.ts";

/** The ends of an interval from so many vary by about a hundredth of its width. */
const REPLICATES = 2000;

/** One benchmark of an evaluation: its problems in order, and n, the samples that each is asked for. */
export interface Asked {
  readonly bench: string;
  /** [Q] */
  readonly problems: readonly string[];
  readonly samples: number;
}

/** A sample whose grade is known. */
type Graded = SampleRow & { readonly correct: number };

function isGraded(row: SampleRow): row is Graded {
  return row.correct !== null;
}

/**
 * The result of one benchmark. Every metric is a mean over problems of what the problem's graded samples say, with a
 * 95% interval: Wilson's where every problem's value is 0 or 1, as with one sample each, else from resampling problems;
 * the same problems are drawn for every metric. A sample that is missing or ungraded is in no metric and is counted; pass@k and maj@k leave out problems with fewer than k graded samples.
 *
 * @param rows of this benchmark, in any order
 * @param resampling of as many problems; the same for the same number
 */
export function summariseBench(
  { bench, problems, samples }: Asked,
  rows: readonly SampleRow[],
  resampling: Resampling = resample(problems.length, REPLICATES),
): BenchResult {
  const byProblem = new Map<string, Graded[]>(problems.map((id) => [id, []]));
  // In the order of k, so that no sum depends on the order in which a server answered.
  const ordered = rows.toSorted((a, b) => a.k - b.k);
  for (const row of ordered.filter(isGraded)) byProblem.get(row.problem)?.push(row);
  const graded_QK = [...byProblem.values()];
  const graded = graded_QK.reduce((sum, { length }) => sum + length, 0);
  const over = (value: (graded_K: readonly Graded[]) => number | null) =>
    meanOver(graded_QK.map(value), resampling);
  const atEach = (value: (graded_K: readonly Graded[], k: number) => number): MeanAtK[] =>
    valuesOfK(samples).flatMap((k) => {
      const found = over((graded_K) => (graded_K.length < k ? null : value(graded_K, k)));
      return found ? [{ k, ...found }] : [];
    });
  const names = new Set(rows.flatMap(({ parts }) => Object.keys(parts ?? {})));
  const share = (of: readonly SampleRow[]) => (rows.length === 0 ? null : of.length / rows.length);
  const tokens = total(rows.map(({ length }) => length));
  const seconds = total(rows.map((row) => row.seconds)) ?? 0;
  return {
    bench,
    problems: problems.length,
    samples,
    graded,
    ungraded: rows.length - graded,
    missing: problems.length * samples - rows.length,
    extractionFailures: share(rows.filter(({ answer }) => answer === null)),
    truncated: share(rows.filter(({ finish }) => finish === "length")),
    avg: over((graded_K) => meanOf(graded_K.map(({ correct }) => correct))),
    pass: atEach((graded_K, k) => passAtK(graded_K.length, rightOnes(graded_K), k)),
    maj: atEach(majAtK),
    parts: Object.fromEntries(
      [...names].flatMap((name) => {
        const found = over((graded_K) =>
          meanOf(graded_K.flatMap(({ parts }) => parts?.[name] ?? [])),
        );
        return found ? [[name, found]] : [];
      }),
    ),
    tokens,
    lengthMean: tokens === null || rows.length === 0 ? null : tokens / rows.length,
    time: { seconds, tokensPerSecond: tokens === null || seconds === 0 ? null : tokens / seconds },
  };
}

function rightOnes(graded_K: readonly Graded[]): number {
  return graded_K.filter(({ correct }) => correct === 1).length;
}

/** The mean; null of nothing. */
function meanOf(values: readonly number[]): number | null {
  const sum = total(values);
  return sum === null || values.length === 0 ? null : sum / values.length;
}

/** The sum; null where one is not known. */
function total(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>(
    (sum, value) => (sum === null || value === null ? null : sum + value),
    0,
  );
}

interface Known {
  readonly value: number;
  /** position among all problems */
  readonly q: number;
}

/** Mean over the problems that have a value, and its interval. */
function meanOver(
  values_Q: readonly (number | null)[],
  resampling: Resampling,
): MeanOverProblems | null {
  const known = values_Q.flatMap((value, q): Known[] => (value === null ? [] : [{ value, q }]));
  if (known.length === 0) return null;
  const values = known.map(({ value }) => value);
  const ci = intervalOverProblems(values, () => redrawn(known, resampling));
  return { estimate: average(values), ci, problems: known.length };
}

/** The interval over the replicates that drew any of the problems. */
function redrawn(
  known: readonly Known[],
  { problems, replicates, counts_RQ }: Resampling,
): [number, number] {
  const draws: number[] = [];
  for (let r = 0; r < replicates; r++) {
    let sum = 0;
    let drawn = 0;
    for (const { value, q } of known) {
      const times = counts_RQ[r * problems + q] ?? 0;
      sum += times * value;
      drawn += times;
    }
    if (drawn > 0) draws.push(sum / drawn);
  }
  return percentileInterval(Float64Array.from(draws));
}
