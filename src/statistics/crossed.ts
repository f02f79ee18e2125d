/**
 * Intervals for the mean of a table of seeds × problems, both of which were drawn: the method that holds its 95% also
 * with few seeds.
 *
 * The hierarchical bootstrap (`bootstrap.ts`) cannot know how far a seed that was not run would have fallen, so its
 * intervals are too narrow with few seeds. Here the variance over seeds, over problems and of what is left are estimated
 * as mean squares of a crossed design (Cornfield & Tukey, Ann. Math. Stat. 1956), and the interval is Student's, with
 * Satterthwaite's degrees of freedom (Biometrics 1946): few seeds, few degrees, a wide interval.
 * `scripts/simulate-coverage.ts` measures what either method covers.
 */
import { studentQuantile, studentTwoSided } from "./special.ts";

/** [S][Q] one row a training seed, one number a problem; the same problems in the same order in every table. */
export type Table = readonly Float64Array[];

/** A mean difference with all that a t-test needs. */
export interface TEstimate {
  readonly estimate: number;
  readonly standardError: number;
  /** degrees of freedom, not whole */
  readonly df: number;
  readonly ci: [number, number];
  /** two-sided, against no difference */
  readonly p: number;
}

/** Mean squares of one table, each already divided by S·Q: what it adds to the variance of the table's mean. */
interface Parts {
  readonly mean: number;
  /** [Q] means over seeds */
  readonly columns_Q: Float64Array;
  /** of seeds and residual together; 0 with one seed, which then counts as fixed */
  readonly seeds: number;
  readonly residual: number;
  readonly size: { readonly seeds: number; readonly problems: number };
  /** the largest value of the table, without its sign */
  readonly largest: number;
}

/**
 * Sums of thousands of values round off by less than this share of them, and a difference that means anything is far
 * above it. Without a bound, tables that are equal would differ by their rounding, and by many standard errors of it.
 */
const ROUNDING = 1e-12;

function partsOf(table: Table): Parts {
  const seeds = table.length;
  const problems = table[0]?.length ?? 0;
  if (seeds === 0 || problems < 2) throw new RangeError("a table needs a seed and two problems");
  const columns_Q = new Float64Array(problems);
  for (const row of table) {
    if (row.length !== problems) throw new RangeError("seeds with different problems");
    for (let q = 0; q < problems; q++) columns_Q[q] = (columns_Q[q] ?? 0) + (row[q] ?? 0) / seeds;
  }
  const largest = table.reduce(
    (most, row) => row.reduce((top, value) => Math.max(top, Math.abs(value)), most),
    0,
  );
  const rows_S = table.map(average);
  const mean = average(columns_Q);
  const degrees = (seeds - 1) * (problems - 1);
  let residual = 0;
  if (seeds > 1) {
    for (const [s, row] of table.entries()) {
      for (let q = 0; q < problems; q++) {
        const left = (row[q] ?? 0) - (rows_S[s] ?? 0) - (columns_Q[q] ?? 0) + mean;
        residual += left * left;
      }
    }
  }
  return {
    mean,
    columns_Q,
    seeds: seeds > 1 ? variance(rows_S) / seeds : 0,
    residual: seeds > 1 ? residual / degrees / (seeds * problems) : 0,
    size: { seeds, problems },
    largest,
  };
}

/** The arithmetic mean; NaN for none. */
export function average(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum / values.length;
}

/** At ddof 1. */
export function variance(values: ArrayLike<number>): number {
  const center = average(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += ((values[i] ?? 0) - center) ** 2;
  return sum / (values.length - 1);
}

/**
 * mean(a) − mean(b) over seeds and problems, with its 95% interval.
 *
 * Problems are paired. Seeds are not: arms of one seed share the order of their prompts and little else, and pairing
 * would cost half the degrees of freedom. A table of one seed, such as the untrained model, has no variance over seeds.
 *
 * Var = V_seeds(a) + V_seeds(b) + V_problems(a − b) − what both count twice, the residual.
 *
 * @throws RangeError where both tables have one seed: nothing then says how seeds differ
 *
 *     const gain = crossedDifference(trained_SQ, [untrained_Q]);
 *     gain.ci; // [0.021, 0.094]
 */
export function crossedDifference(a: Table, b: Table, level = 0.95): TEstimate {
  const [first, second] = [partsOf(a), partsOf(b)];
  if (first.size.problems !== second.size.problems)
    throw new RangeError("tables of other problems");
  if (first.size.seeds + second.size.seeds < 3) throw new RangeError("needs more than one seed");
  const { problems } = first.size;
  const differences_Q = first.columns_Q.map((value, q) => value - (second.columns_Q[q] ?? 0));
  const overSeeds = [first, second].filter(({ size }) => size.seeds > 1);
  const terms = [
    { value: variance(differences_Q) / problems, df: problems - 1 },
    ...overSeeds.map(({ seeds, size }) => ({ value: seeds, df: size.seeds - 1 })),
  ];
  const twice = overSeeds.map(({ residual, size }) => ({
    value: residual,
    df: (size.seeds - 1) * (problems - 1),
  }));
  const rounding = ROUNDING * Math.max(first.largest, second.largest);
  return studentEstimate(first.mean - second.mean, terms, twice, { level, rounding });
}

interface Term {
  /** contribution to the variance of the estimate */
  readonly value: number;
  readonly df: number;
}

/** @param rounding estimates and standard errors up to this are 0 */
function studentEstimate(
  difference: number,
  terms: readonly Term[],
  twice: readonly Term[],
  { level, rounding }: { readonly level: number; readonly rounding: number },
): TEstimate {
  const sum = (of: readonly Term[]) => of.reduce((total, { value }) => total + value, 0);
  const seedTerms = terms.slice(1);
  // An estimated variance less than that of problems alone, or of seeds alone, is an accident of subtraction.
  const total = Math.max(sum(terms) - sum(twice), terms[0]?.value ?? 0, sum(seedTerms));
  const spread = [...terms, ...twice].reduce((all, { value, df }) => all + value ** 2 / df, 0);
  const orZero = (value: number) => (Math.abs(value) <= rounding ? 0 : value);
  const estimate = orZero(difference);
  const standardError = orZero(Math.sqrt(total));
  const df = standardError === 0 ? Infinity : Math.max(1, total ** 2 / spread);
  const reach = studentQuantile(0.5 + level / 2, df) * standardError;
  return {
    estimate,
    standardError,
    df,
    ci: [estimate - reach, estimate + reach],
    p:
      standardError === 0
        ? estimate === 0
          ? 1
          : 0
        : studentTwoSided(estimate / standardError, df),
  };
}

/** Variances behind a difference of two arms, free of the sizes of the pilot that they come from. */
export interface Components {
  /** over seeds, both arms together */
  readonly seeds: number;
  /** of the true difference over problems */
  readonly problems: number;
  /** of one answer table's cell around its seed and problem, both arms together */
  readonly residual: number;
  /** arms that vary over seeds: 2, or 1 against an untrained model */
  readonly trainedArms: number;
}

/** Estimates the components from a pilot; a negative estimate counts as 0. */
export function componentsOf(a: Table, b: Table): Components {
  const both = [partsOf(a), partsOf(b)];
  const [first, second] = both;
  if (first === undefined || second === undefined) throw new RangeError("two tables");
  const trained = both.filter(({ size }) => size.seeds > 1);
  const differences_Q = first.columns_Q.map((value, q) => value - (second.columns_Q[q] ?? 0));
  const { problems } = first.size;
  const residuals = trained.map(({ residual, size }) => residual * size.seeds * problems);
  const seeds = trained.map(({ seeds: value, residual, size }) => (value - residual) * size.seeds);
  const noise = trained.reduce((sum, { residual }) => sum + residual * problems, 0);
  const add = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  return {
    seeds: Math.max(0, add(seeds)),
    problems: Math.max(0, variance(differences_Q) - noise),
    residual: add(residuals),
    trainedArms: trained.length,
  };
}
