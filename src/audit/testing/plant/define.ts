/** Errors planted into solver traces at a known step, to measure the auditor by. */
import type { Stream } from "../../../random.ts";
import type { Label } from "../../../search/index.ts";

export interface Planted {
  readonly lines: readonly string[];
  /** index of the first wrong step */
  readonly at: number;
  /** index of the last step that belongs to the error */
  readonly through: number;
}

/** Plants one kind of error; null where this trace has no place for it. Knows nothing of the auditor. */
export type Mutation<Problem> = (
  lines: readonly string[],
  random: Stream,
  problem: Problem,
) => Planted | null;

/** How each label of a family is planted, in one or more ways. */
export type Mutations<Problem> = { readonly [L in Label]?: readonly Mutation<Problem>[] };

/** Positions of the lines that match. */
export function places(lines: readonly string[], pattern: RegExp): number[] {
  return [...lines.keys()].filter((i) => pattern.test(lines[i] ?? ""));
}

/** One of them, or undefined where there is none. */
export function pickOne<T>(random: Stream, items: readonly T[]): T | undefined {
  return items.length === 0 ? undefined : random.pick(items);
}

/** Whole numbers in a line, in order. */
export const numbersIn = (line = ""): number[] => (line.match(/\d+/g) ?? []).map(Number);

export const replaced = (lines: readonly string[], at: number, line: string): Planted => ({
  lines: lines.with(at, line),
  at,
  through: at,
});

export const inserted = (lines: readonly string[], at: number, ...more: string[]): Planted => ({
  lines: lines.toSpliced(at, 0, ...more),
  at,
  through: at + more.length - 1,
});

/** Without the line `out`, which the line at `at` then shows. */
export const without = (lines: readonly string[], out: number, at: number): Planted => ({
  lines: lines.toSpliced(out, 1),
  at,
  through: at,
});

/** The lines before `at`, and then this one. */
export const ended = (lines: readonly string[], at: number, line: string): Planted => ({
  lines: [...lines.slice(0, at), line],
  at,
  through: at,
});

/** The claim of a line, `…==claim;`. */
export const claimOf = (line = ""): string => /==(.*);$/.exec(line)?.[1] ?? "";

export const withClaim = (line: string, claim: string | number): string =>
  line.replace(/==.*;$/, `==${claim};`);

/** Replaces the claim of one of the lines that match by what `wrong` makes of it; null makes it no place. */
export function claiming<Problem>(
  pattern: RegExp,
  wrong: (
    claim: string,
    place: { i: number; lines: readonly string[]; random: Stream; problem: Problem },
  ) => string | number | null,
): Mutation<Problem> {
  return (lines, random, problem) => {
    for (const i of random.shuffle(places(lines, pattern))) {
      const claim = claimOf(lines[i]);
      const other = wrong(claim, { i, lines, random, problem });
      if (other !== null && String(other) !== claim) {
        return replaced(lines, i, withClaim(lines[i] ?? "", other));
      }
    }
    return null;
  };
}

/** Repeats an earlier line that matches behind a later line of the same `round`. */
export function repeating<Problem>(
  pattern: RegExp,
  round: (lines: readonly string[], i: number) => unknown = () => 0,
): Mutation<Problem> {
  return (lines, random) => {
    const i = pickOne(random, places(lines, pattern));
    if (i === undefined) return null;
    const later = places(lines, pattern).filter(
      (j) => j >= i && round(lines, j) === round(lines, i),
    );
    const j = pickOne(random, later);
    return j === undefined ? null : inserted(lines, j + 1, lines[i] ?? "");
  };
}

/** Repeats a block of neighbouring lines that match, two to five times more. */
export function looping<Problem>(
  pattern: RegExp,
  round: (lines: readonly string[], i: number) => unknown = () => 0,
): Mutation<Problem> {
  return (lines, random) => {
    const end = pickOne(random, places(lines, pattern));
    if (end === undefined) return null;
    let from = end;
    const isSame = (i: number) =>
      pattern.test(lines[i] ?? "") && round(lines, i) === round(lines, end);
    for (let left = random.int(4); left > 0 && isSame(from - 1); left--) from--;
    const block = lines.slice(from, end + 1);
    const more = Array.from({ length: 2 + random.int(4) }, () => block).flat();
    return inserted(lines, end + 1, ...more);
  };
}

/** Leaves out one of the lines that match, if the next one is a step. */
export function skipping<Problem>(pattern: RegExp, next = pattern): Mutation<Problem> {
  return (lines, random) => {
    const i = pickOne(
      random,
      places(lines, pattern).filter((at) => next.test(lines[at + 1] ?? "")),
    );
    return i === undefined ? null : without(lines, i, i);
  };
}

/** Concludes before one of the lines that match, with what was found until then. */
export function stopping<Problem>(
  pattern: RegExp,
  end: (before: readonly string[], problem: Problem) => string | null,
): Mutation<Problem> {
  return (lines, random, problem) => {
    const at = pickOne(random, places(lines, pattern));
    const line = at === undefined ? null : end(lines.slice(0, at), problem);
    return at === undefined || line === null ? null : ended(lines, at, line);
  };
}

/** Puts a line of its own before one of the lines that match. */
export function intruding<Problem>(
  pattern: RegExp,
  line: (place: {
    lines: readonly string[];
    i: number;
    random: Stream;
    problem: Problem;
  }) => string | null,
): Mutation<Problem> {
  return (lines, random, problem) => {
    const i = pickOne(random, places(lines, pattern));
    const made = i === undefined ? null : line({ lines, i, random, problem });
    return i === undefined || made === null ? null : inserted(lines, i, made);
  };
}
