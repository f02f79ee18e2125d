/** Tests that assume nothing but that labels, or signs, could have been exchanged. */
import { stream } from "../random.ts";
import { average } from "./crossed.ts";

export interface PermutationTest {
  /** mean(a) − mean(b), or the mean of the differences */
  readonly statistic: number;
  /** two-sided: arrangements at least as far from 0 */
  readonly p: number;
  /** whether every arrangement was looked at; else p is estimated and counts the data as one arrangement */
  readonly exact: boolean;
  /** the smallest p-value that so few numbers can give; above 0.05 the test can show nothing */
  readonly smallest: number;
}

/** Arrangements that are enumerated at most, and drawn where there are more. */
export const ARRANGEMENTS = 20_000;

/**
 * Rounding must not make an arrangement that equals the data less extreme than them. It goes with the values that are
 * added, not with their sum: samples of one value differ by rounding alone.
 */
const SLACK = 1e-12;

/** Arrangements count from this distance on. */
const boundOf = (distance: number, values: readonly number[]) =>
  distance - SLACK * values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Sign flips of paired differences: problem by problem, or seed by seed. @throws RangeError for none */
export function signFlipTest(differences: readonly number[]): PermutationTest {
  const n = differences.length;
  if (n === 0) throw new RangeError("no differences");
  const statistic = average(differences);
  const bound = boundOf(Math.abs(statistic), differences);
  const meanWith = (negative: (i: number) => boolean) =>
    differences.reduce((sum, value, i) => sum + (negative(i) ? -value : value), 0) / n;
  if (2 ** n <= ARRANGEMENTS) {
    let extreme = 0;
    for (let signs = 0; signs < 2 ** n; signs++) {
      if (Math.abs(meanWith((i) => ((signs >> i) & 1) === 1)) >= bound) extreme++;
    }
    return { statistic, p: extreme / 2 ** n, exact: true, smallest: Math.min(1, 2 / 2 ** n) };
  }
  const random = stream(0, "bootstrap", n, 3, 1);
  let extreme = 1;
  for (let r = 0; r < ARRANGEMENTS; r++) {
    if (Math.abs(meanWith(() => random.uniform() < 0.5)) >= bound) extreme++;
  }
  return estimated(statistic, extreme);
}

/** Exchanges of labels between two independent samples, such as the final accuracies of two arms' seeds. */
export function labelPermutationTest(a: readonly number[], b: readonly number[]): PermutationTest {
  if (a.length === 0 || b.length === 0) throw new RangeError("two samples are needed");
  const statistic = average(a) - average(b);
  const pool = [...a, ...b];
  const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  const total = sumOf(pool);
  const gap = (sumA: number) => Math.abs(sumA / a.length - (total - sumA) / b.length);
  // By the formula of the arrangements, of which the data are one: p is never 0.
  const bound = boundOf(gap(sumOf(a)), pool);
  const count = choose(pool.length, a.length);
  if (count <= ARRANGEMENTS) {
    let extreme = 0;
    for (const sum of subsetSums(pool, a.length)) if (gap(sum) >= bound) extreme++;
    // Swapping samples of one size gives the same distance, so the data never stand alone.
    const least = a.length === b.length ? 2 : 1;
    return { statistic, p: extreme / count, exact: true, smallest: Math.min(1, least / count) };
  }
  let extreme = 1;
  const random = stream(0, "bootstrap", pool.length, 3, 2);
  for (let r = 0; r < ARRANGEMENTS; r++) {
    const drawn = random.shuffle(pool).slice(0, a.length);
    if (gap(sumOf(drawn)) >= bound) extreme++;
  }
  return estimated(statistic, extreme);
}

function estimated(statistic: number, extreme: number): PermutationTest {
  const smallest = 1 / (ARRANGEMENTS + 1);
  return { statistic, p: extreme * smallest, exact: false, smallest };
}

function choose(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i++) result = (result * (n - k + i)) / i;
  return Math.round(result);
}

function* subsetSums(
  values: readonly number[],
  size: number,
  from = 0,
  sum = 0,
): Generator<number> {
  if (size === 0) {
    yield sum;
    return;
  }
  for (let i = from; i <= values.length - size; i++) {
    yield* subsetSums(values, size - 1, i + 1, sum + (values[i] ?? 0));
  }
}
