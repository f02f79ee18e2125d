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
 */
export function difference(a: Table, b: Table): Estimate {
  const [own, other] = [a[0] ?? [], b[0] ?? []];
  const { estimate, ci } =
    a.length > 1 || b.length > 1
      ? crossedDifference(a, b)
      : pairedT(Array.from(own, (value, q) => value - (other[q] ?? 0)));
  return { estimate, ci };
}
