/** Rates and means over problems with intervals that stay honest at 0%, where clean models stand. */
import { normalQuantile, pairedT } from "../../statistics/index.ts";

export interface Estimate {
  readonly estimate: number;
  readonly ci: readonly [low: number, high: number];
}

/**
 * A share and Wilson's score interval (JASA 1927): 0 of 100 is [0, 3.7%], where a bootstrap would say [0, 0].
 *
 * @param hits [Q] of each problem; null for none
 */
export function shareEstimate(hits: readonly boolean[], level = 0.95): Estimate | null {
  const n = hits.length;
  if (n === 0) return null;
  const estimate = hits.filter(Boolean).length / n;
  const z = normalQuantile(0.5 + level / 2);
  const center = (estimate + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const reach =
    (z / (1 + (z * z) / n)) * Math.sqrt((estimate * (1 - estimate)) / n + (z / (2 * n)) ** 2);
  return {
    estimate,
    ci: [Math.min(estimate, center - reach), Math.max(estimate, center + reach)],
  };
}

/** A mean of values in [0, 1] and Student's interval, cut to that range; null for fewer than two. */
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
