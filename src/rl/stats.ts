/** Means that know when there is nothing to average, and the accuracy by strategy that training and evaluation share. */

/** @returns null for no values: absent is not zero */
export function mean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Standard deviation over all values given (ddof 0). @returns null for no values */
export function standardDeviation(values: readonly number[]): number | null {
  const center = mean(values);
  if (center === null) return null;
  return Math.sqrt(mean(values.map((value) => (value - center) ** 2)) ?? 0);
}

/** Mean over all tokens of several completions. @returns null where there is no token */
export function tokenMean(tokens_NT: readonly Float32Array[]): number | null {
  let sum = 0;
  let count = 0;
  for (const tokens_T of tokens_NT) {
    for (const value of tokens_T) sum += value;
    count += tokens_T.length;
  }
  return count === 0 ? null : sum / count;
}

/** One answer: was it right (null: undecided), and which reasoning strategy did it use. */
export interface Outcome {
  readonly correct: number | null;
  readonly strategy: "code" | "language";
}

export interface OutcomeSummary {
  readonly accuracy: number | null;
  readonly codeShare: number;
  readonly accuracyCode: number | null;
  readonly accuracyLanguage: number | null;
}

/** Accuracy over the decided answers, overall and by strategy. `outcomes` must not be empty. */
export function summariseOutcomes(outcomes: readonly Outcome[]): OutcomeSummary {
  const accuracy = (of: readonly Outcome[]) =>
    mean(of.flatMap(({ correct }) => (correct === null ? [] : [correct])));
  const code = outcomes.filter(({ strategy }) => strategy === "code");
  const language = outcomes.filter(({ strategy }) => strategy === "language");
  return {
    accuracy: accuracy(outcomes),
    codeShare: code.length / outcomes.length,
    accuracyCode: accuracy(code),
    accuracyLanguage: accuracy(language),
  };
}
