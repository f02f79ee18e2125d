/** What the traces of an exploration come to, level by level, by the auditor's replay. */
import { auditTrace, type Audit } from "../audit/index.ts";
import { average, bootstrapMean, shareEstimate } from "../statistics/index.ts";
import type { Family } from "../search/index.ts";
import type { TraceRow } from "./records.ts";
import type { Effort } from "./search.ts";

/** The ends of an interval from so many vary by about a hundredth of its width. */
const REPLICATES = 2000;

/** A mean over problems with its 95% interval: Wilson's for shares of traces, else a bootstrap over two problems or more. */
export interface Mean {
  readonly estimate: number;
  readonly ci: readonly [number, number] | null;
  readonly problems: number;
}

export interface LevelSummary {
  readonly level: number;
  readonly problems: number;
  readonly traces: number;
  /** share of traces with the right final answer */
  readonly correct: Mean;
  /** share of traces without any finding */
  readonly clean: Mean;
  /** of goal states, of what the goal mode requires, of valid steps: null where no trace has any */
  readonly coverage: Mean | null;
  readonly completeness: Mean | null;
  readonly validity: Mean | null;
  /** traces by why they ended: the controller's stops, or the audit's endings of a model by itself */
  readonly stops: Readonly<Record<string, number>>;
  /** mean a trace; null where a server does not say */
  readonly tokens: number | null;
  /** of all traces together; null where the model wrote by itself */
  readonly effort: Readonly<Effort> | null;
}

interface Audited {
  readonly row: TraceRow;
  readonly name: string;
  readonly audit: Audit;
}

/** @param rows of one family. @returns a summary a level, ascending */
export function summariseTraces(family: Family, rows: readonly TraceRow[]): LevelSummary[] {
  const audited = rows.map((row): Audited => {
    const problem = family.problem.parse(row.problem);
    const { audit } = auditTrace(family, problem, row);
    return { row, name: family.write(problem), audit };
  });
  const levels = [...new Set(rows.map(({ level }) => level))].toSorted((a, b) => a - b);
  return levels.map((level) =>
    summariseLevel(
      level,
      audited.filter(({ row }) => row.level === level),
    ),
  );
}

function summariseLevel(level: number, audited: readonly Audited[]): LevelSummary {
  const groups = [...new Set(audited.map(({ name }) => name))].map((name) =>
    audited.filter((each) => each.name === name),
  );
  const mean = (value: (audit: Audit) => number | null) => meanOver(groups, value);
  const share = (holds: (audit: Audit) => boolean) => shareOf(groups, holds);
  const tokens = audited.map(({ row }) => row.tokens);
  const efforts = audited.flatMap(({ row }) => row.effort ?? []);
  const stops: Record<string, number> = {};
  for (const { row, audit } of audited) {
    const why = row.stop ?? audit.ending;
    stops[why] = (stops[why] ?? 0) + 1;
  }
  return {
    level,
    problems: groups.length,
    traces: audited.length,
    correct: share(({ correct }) => correct === true),
    clean: share(({ firstError, unparsable }) => firstError < 0 && unparsable === 0),
    coverage: mean(({ scores }) => scores.coverage),
    completeness: mean(({ scores }) => scores.completeness),
    validity: mean(({ scores }) => scores.validity),
    stops,
    tokens: tokens.some((each) => each === null) ? null : average(tokens.map((each) => each ?? 0)),
    effort: efforts.length === 0 ? null : total(efforts),
  };
}

/** Mean over problems of the mean of a problem's traces that have a value; null where none has. */
function meanOver(
  groups: readonly (readonly Audited[])[],
  value: (audit: Audit) => number | null,
): Mean | null {
  const values_Q = groups.flatMap((group) => {
    const known = group.map(({ audit }) => value(audit)).filter((each) => each !== null);
    return known.length === 0 ? [] : [average(known)];
  });
  const problems = values_Q.length;
  return problems === 0 ? null : { ...bootstrapMean(values_Q, REPLICATES), problems };
}

/** Mean over problems of the share of a problem's traces of which it holds; a problem counts as one, whatever its traces. */
function shareOf(groups: readonly (readonly Audited[])[], holds: (audit: Audit) => boolean): Mean {
  const shares_Q = groups.map((group) => average(group.map(({ audit }) => Number(holds(audit)))));
  const found = shareEstimate(shares_Q);
  if (!found) throw new RangeError("a level without traces");
  return { ...found, problems: groups.length };
}

function total(efforts: readonly Readonly<Effort>[]): Effort {
  const of = (key: keyof Effort) => efforts.reduce((sum, effort) => sum + effort[key], 0);
  return {
    proposed: of("proposed"),
    forced: of("forced"),
    own: of("own"),
    returns: of("returns"),
    reentries: of("reentries"),
    scored: of("scored"),
    read: of("read"),
  };
}
