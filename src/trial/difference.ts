/** How much better one arm did than another: the estimate that every sentence and table of a verdict rests on. */
import { crossedDifference, pairedT, type Table } from "../statistics/index.ts";

/** A difference of shares and its 95% interval. */
export interface Estimate {
  readonly estimate: number;
  readonly ci: [number, number];
}

/**
 * mean(a) − mean(b) with the t interval over seeds and problems that keeps its 95% with few seeds (`crossed.ts`). Where
 * neither has a second seed nothing says how seeds differ, and the interval is over problems alone.
 *
 * @param a [S][Q] one row a seed; the untrained model has one row
 * @throws RangeError for tables of other problems
 */
export function difference(a: Table, b: Table): Estimate {
  const { estimate, ci } =
    a.length > 1 || b.length > 1 ? crossedDifference(a, b) : overProblems(a[0], b[0]);
  return { estimate, ci };
}

function overProblems(a_Q: Float64Array | undefined, b_Q: Float64Array | undefined) {
  if (a_Q === undefined || a_Q.length !== b_Q?.length) {
    throw new RangeError("tables of other problems");
  }
  // The lengths are equal, so there is a value for each.
  return pairedT(Array.from(a_Q, (value, q) => value - (b_Q[q] as number)));
}
