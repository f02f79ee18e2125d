/** One of several lines, by their likelihoods. */

/** How good a line is, and a uniform number that decides between equal ones. */
export interface Rank {
  readonly value: number;
  readonly draw: number;
}

/** log softmax: probabilities among these alone, which is what leaving out all other continuations makes of them. */
export function normalised(logprobs: readonly number[]): number[] {
  const most = Math.max(...logprobs);
  const total = most + Math.log(logprobs.reduce((sum, each) => sum + Math.exp(each - most), 0));
  return logprobs.map((each) => each - total);
}

/**
 * Ranks by log p + T·g with Gumbel noise g. The first one is then a sample of softmax(log p / T), and the order one
 * of sampling without replacement (Gumbel-top-k, arXiv 1903.06059); at T = 0 it is the order of likelihood.
 */
export function rank(logprob: number, temperature: number, draw: number): Rank {
  // 1 − u avoids log 0; u = 0 gives infinite noise, which must not lift what is impossible.
  if (logprob === -Infinity) return { value: logprob, draw };
  const noise = temperature === 0 ? 0 : -temperature * Math.log(-Math.log1p(-draw));
  return { value: logprob + noise, draw };
}

/** Negative where `a` comes first. No difference of values, as of two infinite ones that is NaN. */
export const byRank = (a: Rank, b: Rank): number =>
  a.value === b.value ? b.draw - a.draw : b.value > a.value ? 1 : -1;
