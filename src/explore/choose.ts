/** One of several lines, by their likelihoods. */

/** Weight of a line, and a uniform number that decides between equal ones. */
export interface Rank {
  readonly value: number;
  readonly draw: number;
}

/** log softmax: probabilities among these alone, which is what leaving out all other continuations does to them. */
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
  // 1 − u avoids log 0; u = 0 gives infinite noise of the harmless sign.
  const noise = temperature === 0 ? 0 : -temperature * Math.log(-Math.log1p(-draw));
  return { value: logprob + noise, draw };
}

/** Position of the highest rank; the list is not empty. */
export function highest(ranks: readonly Rank[]): number {
  let best = 0;
  ranks.forEach(({ value, draw }, i) => {
    const leader = ranks[best];
    if (!leader || value > leader.value || (value === leader.value && draw > leader.draw)) best = i;
  });
  return best;
}
