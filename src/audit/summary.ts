/** What many audits have in common: how often each thing goes wrong, with intervals over problems. */
import { LABELS, type Label } from "../search/index.ts";
import {
  intervalOverProblems,
  percentileInterval,
  replicateMean,
  resample,
  type Resampling,
} from "../statistics/index.ts";
import type { Audit, Ending, Scores } from "./types.ts";

/**
 * A share of traces and its 95% interval over problems: Wilson's where every problem's traces agree, else a bootstrap's;
 * null where one problem's traces do not agree.
 */
export interface Rate {
  readonly traces: number;
  readonly share: number;
  readonly ci: readonly [number, number] | null;
}

export interface FamilySummary {
  readonly family: string;
  readonly traces: number;
  readonly problems: number;
  readonly correct: Rate;
  /** traces without any finding */
  readonly clean: Rate;
  /** traces with this label on at least one step */
  readonly failures: Readonly<Record<Label, Rate>>;
  readonly endings: Readonly<Record<Ending, Rate>>;
  /** traces with a step that could not be read */
  readonly unparsable: Rate;
  /** share of all steps that could be read */
  readonly parsedSteps: number | null;
  /** means over the traces where the score exists; for `effective` the share */
  readonly scores: { readonly [S in keyof Scores]: number | null };
  /** traces whose verdict differs from the one that the file gives; null where it gives none */
  readonly disagreements: number | null;
}

export interface Audited {
  /** what traces of the same problem share */
  readonly problem: string;
  readonly audit: Audit;
  readonly given: boolean | null;
}

const REPLICATES = 1000;
const ENDINGS: readonly Ending[] = ["concluded", "budget exhausted", "stopped", "unknown"];

/** @param audited traces of one family */
export function summarise(family: string, audited: readonly Audited[]): FamilySummary {
  const groups = grouped(audited);
  const resampling = resample(groups.length, REPLICATES);
  const rate = (holds: (each: Audited) => boolean) => rateOf(groups, resampling, holds);
  const audits = audited.map(({ audit }) => audit);
  const steps = sum(audits.map((each) => each.steps.length));
  const unread = sum(audits.map((each) => each.unparsable));
  const compared = audited.filter(({ given }) => given !== null);
  const mean = (score: (scores: Scores) => number | null) =>
    meanOf(audits.map((a) => score(a.scores)));
  return {
    family,
    traces: audited.length,
    problems: groups.length,
    correct: rate(({ audit }) => audit.correct === true),
    clean: rate(({ audit }) => audit.firstError < 0 && audit.unparsable === 0),
    failures: table(LABELS, (label) => rate(({ audit }) => hasLabel(audit, label))),
    endings: table(ENDINGS, (ending) => rate(({ audit }) => audit.ending === ending)),
    unparsable: rate(({ audit }) => audit.unparsable > 0),
    parsedSteps: steps === 0 ? null : 1 - unread / steps,
    scores: {
      validity: mean(({ validity }) => validity),
      effective: mean(({ effective }) => (effective ? 1 : 0)),
      necessity: mean(({ necessity }) => necessity),
      completeness: mean(({ completeness }) => completeness),
      coverage: mean(({ coverage }) => coverage),
      failedSteps: mean(({ failedSteps }) => failedSteps),
    },
    disagreements:
      compared.length === 0
        ? null
        : compared.filter(({ given, audit }) => given !== (audit.correct ?? false)).length,
  };
}

/** [Q] the traces of each problem. */
function grouped(audited: readonly Audited[]): Audited[][] {
  const groups = new Map<string, Audited[]>();
  for (const each of audited) {
    const known = groups.get(each.problem);
    if (known) known.push(each);
    else groups.set(each.problem, [each]);
  }
  return [...groups.values()];
}

/** Whether any step of the trace has the label, alone or beside others. */
export function hasLabel({ steps }: Audit, label: Label): boolean {
  return steps.some(({ findings }) => findings.some((finding) => finding.label === label));
}

function table<K extends string, V>(keys: readonly K[], value: (key: K) => V): Record<K, V> {
  // Every key of K is in the list, so the record is complete.
  return Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, V>;
}

function rateOf(
  groups: readonly (readonly Audited[])[],
  resampling: Resampling,
  holds: (each: Audited) => boolean,
): Rate {
  const hits_Q = groups.map((group) => group.filter(holds).length);
  const sizes_Q = groups.map((group) => group.length);
  const draws = (of_Q: readonly number[]) =>
    replicateMean({ values_SQ: [Float64Array.from(of_Q)] }, resampling).draws_R;
  const bootstrap = () => {
    const sizes_R = draws(sizes_Q);
    return percentileInterval(draws(hits_Q).map((hits, r) => hits / (sizes_R[r] ?? 0)));
  };
  const shares_Q = hits_Q.map((hits, q) => hits / (sizes_Q[q] ?? 0));
  const isMean = shares_Q.every((share) => share === shares_Q[0]) || new Set(sizes_Q).size < 2;
  const traces = sum(hits_Q);
  return {
    traces,
    share: groups.length === 0 ? 0 : traces / sum(sizes_Q),
    // Problems with more traces weigh more in the share than in the mean over problems that Wilson's interval is of.
    ci: isMean ? intervalOverProblems(shares_Q, bootstrap) : bootstrap(),
  };
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : sum(known) / known.length;
}
