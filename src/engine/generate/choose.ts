/** Which token comes next: inverse transform sampling on a row of probabilities, cut to top-k and top-p. */
import type { SamplingParams } from "../port.ts";

/** Token numbers in falling order of probability; of equals the lower number first. */
function byProbability(probabilities_V: Float32Array): Uint32Array {
  const p = (token: number) => probabilities_V[token] ?? 0;
  return Uint32Array.from(probabilities_V.keys()).sort((a, b) => p(b) - p(a) || a - b);
}

/** The tokens that top-k and top-p leave, likeliest first. */
function nucleus(probabilities_V: Float32Array, topK: number, topP: number): Uint32Array {
  const order = byProbability(probabilities_V).subarray(0, topK);
  let mass = 0;
  let kept = 0;
  while (kept < order.length && mass < topP) mass += probabilities_V[order[kept++] ?? 0] ?? 0;
  return order.subarray(0, Math.max(kept, 1));
}

/**
 * Draws a token.
 *
 * @param probabilities_V at the sampling temperature; need not sum to 1 exactly
 * @param u uniform in [0, 1)
 */
export function chooseToken(
  probabilities_V: Float32Array,
  u: number,
  { topK, topP }: Pick<SamplingParams, "topK" | "topP">,
): number {
  if (topK === undefined && (topP === undefined || topP >= 1)) {
    let last = 0;
    let rest = u;
    for (let token = 0; token < probabilities_V.length; token++) {
      const p = probabilities_V[token] ?? 0;
      if (p > 0) last = token;
      rest -= p;
      if (rest < 0) return token;
    }
    // Single precision can leave the sum a hair under u: then it is the last token that is possible at all.
    return last;
  }
  const kept = nucleus(probabilities_V, topK ?? probabilities_V.length, topP ?? 1);
  const total = kept.reduce((sum, token) => sum + (probabilities_V[token] ?? 0), 0);
  let rest = u * total;
  for (const token of kept) {
    rest -= probabilities_V[token] ?? 0;
    if (rest < 0) return token;
  }
  return kept[kept.length - 1] ?? 0;
}
