/** Coverage against problem size, with the decay of arXiv 2505.20296 (section 2.1) fitted to it. */
import type { Audit } from "../audit/index.ts";
import { average, bootstrapMean, percentileInterval, resample } from "../statistics/index.ts";

/** One trace: how many of its problem's goals it reached. */
export interface Coverage {
  /** what traces of the same problem share */
  readonly problem: string;
  /** binary decisions on the way to a goal */
  readonly depth: number;
  readonly goals: number;
  readonly allGoals: number;
}

export interface SizePoint {
  readonly depth: number;
  readonly problems: number;
  readonly coverage: number;
  /** 95%, over problems; null with fewer than 2 */
  readonly ci: readonly [number, number] | null;
  /** what the fitted wanderer covers */
  readonly fitted: number;
}

export interface CoverageDecay {
  /** most likely chance to leave out a branch at a binary decision, p_w, and its 95% interval over problems */
  readonly p: number;
  readonly ci: readonly [number, number] | null;
  readonly points: readonly SizePoint[];
}

const REPLICATES = 1000;
const GRID = 1000;

/**
 * What a trace covers. All n goals lie under log₂ n binary decisions, whatever the branching; the fraction is kept, as
 * the success of one target is q^d for any d.
 *
 * @returns null for a problem with fewer than two goals: nothing says how many decisions lead there
 */
export function coverageOf(
  { scores: { coverage } }: Audit,
  problem: string,
  allGoals: number,
): Coverage | null {
  if (coverage === null || allGoals < 2) return null;
  return { problem, depth: Math.log2(allGoals), goals: Math.round(coverage * allGoals), allGoals };
}

/**
 * Fits p_w by maximum likelihood: each goal is reached with probability q^d, q = 1 − p_w/2, which is the exact recursion
 * for one target. The goals of a trace are not independent, so the interval resamples whole problems.
 *
 * @throws RangeError without traces
 */
export function fitCoverage(traces: readonly Coverage[]): CoverageDecay {
  if (traces.length === 0) throw new RangeError("no traces to fit");
  const problems = [...new Set(traces.map(({ problem }) => problem))];
  const groups = problems.map((name) => traces.filter(({ problem }) => problem === name));
  const once = groups.map(() => 1);
  const p = mostLikely(groups, once);
  const depths = [...new Set(traces.map(({ depth }) => depth))].toSorted((a, b) => a - b);
  return {
    p,
    ci: intervalOf(groups, (counts) => mostLikely(groups, counts)),
    points: depths.map((depth) => pointAt(depth, groups, p)),
  };
}

function pointAt(depth: number, groups: readonly (readonly Coverage[])[], p: number): SizePoint {
  const here = groups.filter(([first]) => first?.depth === depth);
  const shares = here.map((group) => average(group.map(({ goals, allGoals }) => goals / allGoals)));
  const { estimate, ci } = bootstrapMean(shares, REPLICATES);
  return {
    depth,
    problems: here.length,
    coverage: estimate,
    ci,
    fitted: (1 - p / 2) ** depth,
  };
}

/** 95% of the statistic over problems that are drawn again; `counts` says how often each one is. */
function intervalOf(
  groups: readonly unknown[],
  statistic: (counts: readonly number[]) => number,
): readonly [number, number] | null {
  const Q = groups.length;
  if (Q < 2) return null;
  const { counts_RQ } = resample(Q, REPLICATES);
  const draws = Float64Array.from({ length: REPLICATES }, (_, r) =>
    statistic(Array.from(counts_RQ.subarray(r * Q, (r + 1) * Q))),
  );
  return percentileInterval(draws);
}

/** On a grid of 1/1000. Goals are counted by depth first, so that a likelihood costs as much as there are depths. */
function mostLikely(groups: readonly (readonly Coverage[])[], counts: readonly number[]): number {
  const byDepth = new Map<number, { hits: number; misses: number }>();
  for (const [q, group] of groups.entries()) {
    for (const { depth, goals, allGoals } of group) {
      const tally = byDepth.get(depth) ?? { hits: 0, misses: 0 };
      byDepth.set(depth, tally);
      tally.hits += goals * (counts[q] ?? 0);
      tally.misses += (allGoals - goals) * (counts[q] ?? 0);
    }
  }
  let best = { p: 0, likelihood: -Infinity };
  for (let i = 0; i <= GRID; i++) {
    const q = 1 - i / GRID / 2;
    let likelihood = 0;
    for (const [depth, { hits, misses }] of byDepth) {
      if (hits > 0) likelihood += hits * depth * Math.log(q);
      if (misses > 0) likelihood += misses * Math.log(1 - q ** depth);
    }
    if (likelihood > best.likelihood) best = { p: i / GRID, likelihood };
  }
  return best.p;
}
