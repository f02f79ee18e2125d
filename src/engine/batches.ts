/** Cuts sequences into micro-batches by token budget. */
import type { Sequence } from "./port.ts";

export interface MicroBatch<S extends Sequence> {
  readonly sequences: readonly S[];
  /** position of each sequence in the caller's list */
  readonly order: readonly number[];
  /** [B] prompt and completion without the last token, which is only predicted */
  readonly inputs: readonly (readonly number[])[];
  /** padded length */
  readonly T: number;
  /** completion tokens of all sequences */
  readonly M: number;
}

/**
 * Longest first, so that sequences of one micro-batch are of like length and little is padded.
 *
 * @param tokens padded tokens of one micro-batch at most, unless a single sequence is longer
 */
export function microBatches<S extends Sequence>(
  sequences: readonly S[],
  tokens: number,
): MicroBatch<S>[] {
  const length = (s: Sequence) => s.prompt.length + s.completion_T.length - 1;
  const sorted = [...sequences.entries()].sort(([i, a], [j, b]) => length(b) - length(a) || i - j);
  const batches: MicroBatch<S>[] = [];
  for (let start = 0; start < sorted.length;) {
    const longest = sorted[start];
    const T = longest ? length(longest[1]) : 1;
    const members = sorted.slice(start, start + Math.max(1, Math.floor(tokens / T)));
    start += members.length;
    batches.push({
      sequences: members.map(([, s]) => s),
      order: members.map(([i]) => i),
      inputs: members.map(([, s]) => [...s.prompt, ...s.completion_T.slice(0, -1)]),
      T,
      M: members.reduce((sum, [, s]) => sum + s.completion_T.length, 0),
    });
  }
  return batches;
}
