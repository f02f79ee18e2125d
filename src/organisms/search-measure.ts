/** What a searcher does: how systematic its traces are, over all and by level, and what is wrong with them. */
import { auditTrace, hasLabel, type Audit, type Trace } from "../audit/index.ts";
import { LABELS } from "../search/index.ts";
import { searchProblemOf, type Problem } from "../tasks/index.ts";

/** Means over traces. A mean of nothing is null. */
export interface SearchRates {
  readonly traces: number;
  /** share whose conclusion is right */
  readonly correct: number | null;
  /** share without any finding */
  readonly clean: number | null;
  readonly coverage: number | null;
  readonly validity: number | null;
  readonly necessity: number | null;
  /** share that conclude within the context */
  readonly concluded: number | null;
}

export interface SearchMeasurement extends SearchRates {
  readonly byLevel: Readonly<Record<string, SearchRates>>;
  /** label → share of traces with it; labels that do not occur are left out */
  readonly failures: Readonly<Record<string, number>>;
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
}

function ratesOf(audits: readonly Audit[]): SearchRates {
  const share = (holds: (audit: Audit) => boolean) => mean(audits.map((a) => Number(holds(a))));
  return {
    traces: audits.length,
    correct: share(({ correct }) => correct === true),
    clean: share(({ firstError, unparsable }) => firstError < 0 && unparsable === 0),
    coverage: mean(audits.map(({ scores }) => scores.coverage)),
    validity: mean(audits.map(({ scores }) => scores.validity)),
    necessity: mean(audits.map(({ scores }) => scores.necessity)),
    concluded: share(({ ending }) => ending === "concluded"),
  };
}

/** @param traces_QK completions of each problem of the task `search` */
export function measureSearch(
  problems_Q: readonly Problem[],
  traces_QK: readonly (readonly Trace[])[],
): SearchMeasurement {
  const audited = problems_Q.flatMap((problem, q) => {
    const { family, problem: searched } = searchProblemOf(problem);
    return (traces_QK[q] ?? []).map((trace) => ({
      level: String(problem.features["level"]),
      audit: auditTrace(family, searched, trace).audit,
    }));
  });
  const audits = audited.map(({ audit }) => audit);
  const levels = [...new Set(audited.map(({ level }) => level))].sort();
  const failures = LABELS.map((label) => {
    const failed = audits.filter((audit) => hasLabel(audit, label));
    return [label, failed.length / audits.length] as const;
  });
  return {
    ...ratesOf(audits),
    byLevel: Object.fromEntries(
      levels.map((level) => [
        level,
        ratesOf(audited.filter((each) => each.level === level).map(({ audit }) => audit)),
      ]),
    ),
    failures: Object.fromEntries(failures.filter(([, share]) => share > 0)),
  };
}
