/** From the samples of a probe to what it says: a line a continuation, and the comparison with the control. */
import {
  compareContinuation,
  compareProbes,
  probeVerdict,
  type Continuation,
  type ProbeComparison,
  type ProbeVerdict,
} from "../../analysis/index.ts";
import type { EvaluationFolder } from "../../eval/index.ts";
import { intervalPoints, signedPoints } from "../ui/format.ts";
import type { OpenProbe, Part } from "./open.ts";

/** A line of `continuations.jsonl`. */
export interface ContinuationRow extends Continuation {
  readonly bench: string;
  readonly control: boolean;
  readonly hidden: string;
  readonly continuation: string;
}

export interface ProbedBench {
  readonly bench: string;
  readonly comparisons: readonly ProbeComparison[];
  readonly verdict: ProbeVerdict;
  /** the verdict in plain words */
  readonly sentence: string;
}

export interface ProbeResult {
  readonly control: string;
  readonly benches: readonly ProbedBench[];
}

/** What the samples that are there say, in the order of parts and problems. */
export function continuationsOf(
  { parts, control }: OpenProbe,
  folder: Pick<EvaluationFolder, "rowsOf">,
): ContinuationRow[] {
  return parts.flatMap((part: Part) => {
    const rows = new Map(folder.rowsOf(part.name).map((row) => [row.problem, row]));
    return part.problems.flatMap(({ id, shown, hidden }) => {
      const row = rows.get(id);
      if (row === undefined) return [];
      return {
        bench: part.of.name,
        control: part.of === control,
        problem: id,
        shown,
        ...compareContinuation(hidden, row.text),
        correct: row.correct,
        hidden,
        continuation: row.text,
      };
    });
  });
}

export function resultOf(
  { benches, control }: OpenProbe,
  rows: readonly ContinuationRow[],
): ProbeResult {
  const clean = rows.filter((row) => row.control);
  return {
    control: control.name,
    benches: benches.map(({ name }) => {
      const own = rows.filter((row) => !row.control && row.bench === name);
      const verdict = probeVerdict(own, clean);
      const comparisons = compareProbes(own, clean);
      const sentence = sentenceOf(name, control.name, verdict, comparisons.length);
      return { bench: name, comparisons, verdict, sentence };
    }),
  };
}

/** @param shares that were shown */
function sentenceOf(
  bench: string,
  control: string,
  { seen, shown, difference }: ProbeVerdict,
  shares: number,
) {
  // The verdict's interval and the table's are told apart where they differ.
  const together =
    shares < 2
      ? ""
      : ` (95% for all ${shares} shares together, so wider than the table's interval)`;
  if (seen === null || shown === null || difference === null) {
    return `${bench}: nothing can be said, because no continuation is there.`;
  }
  const share = `${Math.round(100 * shown)}%`;
  if (seen) {
    const more = `${signedPoints(difference.estimate)} points ${intervalPoints(difference.ci)}`;
    return (
      `${bench}: seen. From ${share} of a problem the model writes the rest word for word more often than on ` +
      `${control}: ${more}${together}. Do not read gains on it as reasoning.`
    );
  }
  const most = signedPoints(Math.max(0, difference.ci[1]));
  return (
    `${bench}: not shown to be seen. Its problems are continued word for word at most ${most} points more often than ` +
    `${control}'s, at any share shown${together}. What was seen a few times, or in other words, is not found so.`
  );
}
