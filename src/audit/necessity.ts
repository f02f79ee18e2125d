/**
 * Which states of a walk are necessary: Definition 2(c) of arXiv 2505.20296.
 *
 * A state is necessary if every subsequence that holds it leaves, when it is removed, a trace that is invalid or has
 * fewer goal or dead-end states. What the paper leaves open is decided so:
 *
 * - States count as occurrences; goals and dead ends count once each, however often they occur.
 * - A trace starts at s₀, and a pair of states that follow one another in the trace itself counts as reachable:
 *   whether it is, is validity's question.
 * - A state is reachable from another by a forward move or back along one.
 * - A dead end is a non-goal state whose forward moves all lead into the trace so far. The last return to a state
 *   whose moves are exhausted is therefore a dead end, and necessary.
 *
 * Why one scan suffices. Adding states to a trace loses no goal and no dead end, since prefixes only grow. Take a
 * remainder K that avoids position i and keeps all goals and dead ends, and let p < i < q be its positions around i.
 * The trace without just the states between p and q contains K, so it keeps them as well, and it is valid since K
 * steps from p to q. Hence i is unnecessary exactly if an interval (p, q) around it can go. Goals and dead ends turn
 * into pairs (f, l), which survive if f ≤ p or l ≥ q; so for each p the largest harmless q is a minimum over f > p.
 */
import type { Node } from "../search/index.ts";

/** Where each state occurs, ascending. */
type Occurrences = ReadonlyMap<string, readonly number[]>;

export type Walk = readonly Node[];

function occurrencesOf(walk: Walk): Map<string, number[]> {
  const occurrences = new Map<string, number[]>();
  walk.forEach(({ key }, i) => {
    const list = occurrences.get(key);
    if (list) list.push(i);
    else occurrences.set(key, [i]);
  });
  return occurrences;
}

/** The last element that is at most `most`, or undefined. */
function lastUpTo(ascending: readonly number[], most: number): number | undefined {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) <= most) low = middle + 1;
    else high = middle;
  }
  return ascending[low - 1];
}

/** The first position at which a state is a dead end, or undefined where it never is. */
function firstDeadEnd(
  places: readonly number[],
  children: readonly string[],
  occurrences: Occurrences,
): number | undefined {
  let ready = 0;
  for (const child of children) {
    const [first] = occurrences.get(child) ?? [];
    if (first === undefined) return undefined;
    ready = Math.max(ready, first);
  }
  return places.find((position) => position >= ready);
}

/**
 * For each p = −1 … n−1 the largest q so that removing the states strictly between p and q loses no goal and no dead
 * end: the smallest l of all pairs (f, l) with f > p. A goal is the pair of its first and last position. A dead end d
 * is (its first position as one, its last position), and (first position of x, last position of x before the last d)
 * for every x that its moves reach.
 *
 * @returns [n + 1] at p + 1; n where nothing behind p is needed
 */
function furthest(walk: Walk, occurrences: Occurrences): Int32Array {
  const n = walk.length;
  const limit_T = new Int32Array(n).fill(n);
  const require = (f: number, l: number) => {
    limit_T[f] = Math.min(limit_T[f] ?? n, l);
  };
  const goals = new Set(walk.filter(({ goal }) => goal).map(({ key }) => key));
  for (const [key, places] of occurrences) {
    const first = places[0] ?? 0;
    const last = places.at(-1) ?? 0;
    if (goals.has(key)) {
      require(first, last);
      continue;
    }
    const reached = walk[first]?.children() ?? [];
    const dead = firstDeadEnd(places, reached, occurrences);
    if (dead === undefined) continue;
    require(dead, last);
    for (const child of reached) {
      const where = occurrences.get(child) ?? [];
      require(where[0] ?? 0, lastUpTo(where, last) ?? 0);
    }
  }
  const furthest_P = new Int32Array(n + 1).fill(n);
  for (let p = n - 2; p >= -1; p--) {
    furthest_P[p + 1] = Math.min(furthest_P[p + 2] ?? n, limit_T[p + 1] ?? n);
  }
  return furthest_P;
}

/** For each state the states of the walk that may follow it. */
function followersOf(walk: Walk, occurrences: Occurrences): Map<string, Set<string>> {
  const followers = new Map<string, Set<string>>();
  for (const key of occurrences.keys()) followers.set(key, new Set());
  const link = (from: string, to: string) => followers.get(from)?.add(to);
  for (const [key, [first = 0]] of occurrences) {
    for (const child of walk[first]?.children() ?? []) {
      if (!occurrences.has(child)) continue;
      link(key, child);
      link(child, key);
    }
  }
  walk.forEach(({ key }, i) => {
    const next = walk[i + 1];
    if (next) link(key, next.key);
  });
  return followers;
}

/**
 * @param walk states in the order of the trace, s₀ first; equal keys are the same state
 * @returns [n] 1 where the state is necessary. O(n log n) for states with few moves
 */
export function necessary(walk: Walk): Uint8Array {
  const n = walk.length;
  const occurrences = occurrencesOf(walk);
  const furthest_P = furthest(walk, occurrences);
  const followers = followersOf(walk, occurrences);
  const latest = (key: string, most: number) => lastUpTo(occurrences.get(key) ?? [], most) ?? 0;

  /** the largest q so that the states strictly between p and q can go */
  const jump = (p: number): number => {
    const most = furthest_P[p + 1] ?? n;
    const key = walk[Math.max(p, 0)]?.key ?? "";
    if (p < 0) return latest(key, Math.min(most, n - 1));
    if (most === n) return n;
    let q = 0;
    for (const next of followers.get(key) ?? []) q = Math.max(q, latest(next, most));
    return q;
  };

  const necessary_T = new Uint8Array(n);
  for (let i = 0, reach = jump(-1); i < n; i++) {
    necessary_T[i] = reach > i ? 0 : 1;
    reach = Math.max(reach, jump(i));
  }
  return necessary_T;
}
