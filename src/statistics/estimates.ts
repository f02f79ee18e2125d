/** Shares, means over problems and their differences, with intervals in closed form. */
import { average } from "./crossed.ts";
import { pairedT } from "./paired.ts";
import { normalQuantile } from "./special.ts";

export interface Estimate {
  readonly estimate: number;
  readonly ci: readonly [low: number, high: number];
}

/**
 * A share and Wilson's score interval (JASA 1927): 0 of 100 is [0, 3.7%], where a bootstrap and Student's interval
 * would both say [0, 0].
 *
 * @param hits [Q] of each problem: whether it is one, or in [0, 1] the share of its samples that are. With such shares
 * the interval is too wide rather than too narrow, as nothing in [0, 1] varies more than hits with the same mean do
 * @returns null for no problems
 * @throws RangeError for a value outside [0, 1]
 */
export function shareEstimate(hits: readonly (boolean | number)[], level = 0.95): Estimate | null {
  const shares = hits.map(Number);
  const n = shares.length;
  if (n === 0) return null;
  const outside = shares.find((share) => !(share >= 0 && share <= 1));
  if (outside !== undefined) throw new RangeError(`a share must lie in [0, 1], not ${outside}`);
  const estimate = average(shares);
  const z = normalQuantile(0.5 + level / 2);
  const center = (estimate + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const reach =
    (z / (1 + (z * z) / n)) * Math.sqrt((estimate * (1 - estimate)) / n + (z / (2 * n)) ** 2);
  return {
    estimate,
    ci: [Math.min(estimate, center - reach), Math.max(estimate, center + reach)],
  };
}

/**
 * The interval of a mean over problems of values in [0, 1]: Wilson's where every problem's value is 0 or 1, else the
 * bootstrap's. Of problems that are all alike a bootstrap makes a point, as if more of them could not differ: where
 * their one value is a fraction the interval is Wilson's too, too wide rather than too narrow.
 *
 * @param values_Q [Q] one number a problem
 * @param bootstrap over the problems; called only where it is needed
 * @returns null where nothing can be said: for no problem, for a fraction of one problem, and for values outside [0, 1]
 * that are all the same
 */
export function intervalOverProblems(
  values_Q: readonly number[],
  bootstrap: () => readonly [number, number],
): [low: number, high: number] | null {
  const isHit = (value: number) => value === 0 || value === 1;
  const isAlike = values_Q.every((value) => value === values_Q[0]);
  if (!values_Q.every(isHit)) {
    if (!isAlike) return [...bootstrap()];
    const [value = Number.NaN] = values_Q;
    if (values_Q.length < 2 || !(value >= 0 && value <= 1)) return null;
  }
  const found = shareEstimate(values_Q);
  return found && [...found.ci];
}

/**
 * A mean of values in [0, 1] and Student's interval, cut to that range; null for fewer than two. Where all values are
 * equal the interval has no width: for what is true or false, `shareEstimate` is the honest one.
 */
export function meanEstimate(values: readonly number[], level = 0.95): Estimate | null {
  if (values.length < 2) return null;
  const { estimate, ci } = pairedT(values, level);
  return { estimate, ci: [Math.max(0, ci[0]), Math.min(1, ci[1])] };
}

/**
 * a − b of independent samples, from their two intervals: Newcombe's hybrid score interval for shares (Stat. Med. 1998,
 * method 10), and the same recovery of variances for means (Zou & Donner, Stat. Med. 2008).
 */
export function differenceOf(a: Estimate, b: Estimate): Estimate {
  const estimate = a.estimate - b.estimate;
  const below = Math.hypot(a.estimate - a.ci[0], b.ci[1] - b.estimate);
  const above = Math.hypot(a.ci[1] - a.estimate, b.estimate - b.ci[0]);
  return { estimate, ci: [estimate - below, estimate + above] };
}
