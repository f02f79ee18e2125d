/**
 * The partial-prompt probe (arXiv 2507.10532): a model that completes the missing end of a problem word for word, or
 * answers it from its first half, has seen it. Problems that nobody can have seen are the clean control.
 */
import {
  differenceOf,
  mannWhitney,
  meanEstimate,
  shareEstimate,
  type Estimate,
} from "../../statistics/index.ts";
import { rougeL } from "./rouge.ts";

/** What one continuation says about its problem. */
export interface Continuation {
  /** the problem's id */
  readonly problem: string;
  readonly shown: number;
  /** the continuation starts with the hidden rest, spaces aside */
  readonly exact: boolean;
  /** of the continuation, cut at 1.1 times the hidden rest */
  readonly rougeL: number;
  /** 1 or 0; null where the grader could not decide */
  readonly correct: number | null;
}

/** How much longer than the hidden rest a continuation may be before it is compared. */
const LENIENCE = 1.1;

const collapsed = (text: string) => text.replaceAll(/\s+/g, " ").trim();

/**
 * Compares a continuation with the part of the problem that was hidden.
 *
 * @example
 * ```ts
 * import { compareContinuation } from "placebo-rl/analysis";
 *
 * compareContinuation(" are left?", " are left?\nTwo."); // { exact: true, rougeL: 1 }
 * ```
 */
export function compareContinuation(
  hidden: string,
  text: string,
): Pick<Continuation, "exact" | "rougeL"> {
  const length = Math.ceil(Array.from(hidden).length * LENIENCE);
  const compared = Array.from(text).slice(0, length).join("");
  return {
    exact: collapsed(hidden) !== "" && collapsed(text).startsWith(collapsed(hidden)),
    rougeL: rougeL(compared, hidden),
  };
}

/** What is measured of a continuation, as a number in [0, 1]; null where it is not known. */
export const MEASURES = {
  exact: ({ exact }: Continuation) => Number(exact),
  rougeL: (continuation: Continuation) => continuation.rougeL,
  accuracy: ({ correct }: Continuation) => correct,
} as const;

export type Measure = keyof typeof MEASURES;

/** Means over problems with their intervals; null where too few problems are known. */
export type ProbeEstimates = { readonly [M in Measure]: Estimate | null };

/** A benchmark beside the clean control, at one share shown. */
export interface ProbeComparison {
  readonly shown: number;
  /** continuations of the benchmark and of the control */
  readonly problems: number;
  readonly controls: number;
  readonly benchmark: ProbeEstimates;
  readonly control: ProbeEstimates;
  /** benchmark − control */
  readonly difference: ProbeEstimates;
}

function estimatesOf(continuations: readonly Continuation[], level: number): ProbeEstimates {
  const decided = continuations.flatMap(({ correct }) => (correct === null ? [] : [correct === 1]));
  return {
    exact: shareEstimate(
      continuations.map(({ exact }) => exact),
      level,
    ),
    rougeL: meanEstimate(
      continuations.map((each) => each.rougeL),
      level,
    ),
    accuracy: shareEstimate(decided, level),
  };
}

/** One comparison a share, in the order of the benchmark's. @param level of the intervals */
export function compareProbes(
  benchmark: readonly Continuation[],
  control: readonly Continuation[],
  level = 0.95,
): ProbeComparison[] {
  const shares = [...new Set(benchmark.map(({ shown }) => shown))];
  return shares.map((shown) => {
    const [own, other] = [benchmark, control].map((all) =>
      all.filter((each) => each.shown === shown),
    );
    if (own === undefined || other === undefined) throw new RangeError("two sides");
    const [a, b] = [estimatesOf(own, level), estimatesOf(other, level)];
    const minus = (measure: Measure) => {
      const [first, second] = [a[measure], b[measure]];
      return first === null || second === null ? null : differenceOf(first, second);
    };
    return {
      shown,
      problems: own.length,
      controls: other.length,
      benchmark: a,
      control: b,
      difference: {
        exact: minus("exact"),
        rougeL: minus("rougeL"),
        accuracy: minus("accuracy"),
      },
    };
  });
}

/** What follows of a probe. */
export interface ProbeVerdict {
  /** the model knows problems word for word; null: too little was answered to say */
  readonly seen: boolean | null;
  /** share shown at which the difference is largest */
  readonly shown: number | null;
  /** benchmark − control in exact continuation there; its interval holds over all shares together */
  readonly difference: Estimate | null;
}

/**
 * Seen, where the benchmark is continued word for word more often than the control at any share. The intervals are
 * Bonferroni's: all hold together in 95% of probes. ROUGE-L and answers do not decide, because texts of another kind
 * than the control's are easier or harder to guess.
 */
export function probeVerdict(
  benchmark: readonly Continuation[],
  control: readonly Continuation[],
): ProbeVerdict {
  const shares = new Set(benchmark.map(({ shown }) => shown)).size;
  const differences = compareProbes(benchmark, control, 1 - 0.05 / shares).flatMap(
    ({ shown, difference: { exact } }) => (exact === null ? [] : [{ shown, exact }]),
  );
  const [first, ...others] = differences.toSorted((a, b) => b.exact.ci[0] - a.exact.ci[0]);
  if (first === undefined) return { seen: null, shown: null, difference: null };
  if (first.exact.ci[0] > 0) return { seen: true, shown: first.shown, difference: first.exact };
  const widest = [first, ...others].reduce((a, b) => (b.exact.ci[1] > a.exact.ci[1] ? b : a));
  return { seen: false, shown: widest.shown, difference: widest.exact };
}

/**
 * How well a measure tells leaked problems from clean ones: the area under its ROC curve at one share. 0.5 is chance.
 * Continuations without a value are left out.
 *
 * @throws RangeError where a side is empty
 */
export function detection(
  leaked: readonly Continuation[],
  clean: readonly Continuation[],
  measure: Measure = "rougeL",
): { readonly auc: number; readonly p: number } {
  const scores = (side: readonly Continuation[]) =>
    side.flatMap((each) => MEASURES[measure](each) ?? []);
  const { auc, p } = mannWhitney(scores(leaked), scores(clean));
  return { auc, p };
}
