/** From steps of a text to tokens: which tokens a step's reward is credited to. */
import { incrementalDecoder } from "../engine/tokenizer/index.ts";
import type { Tokenizer } from "../engine/index.ts";
import type { StepValue } from "../rewards/index.ts";

/**
 * [T] how much of the completion's text stands when each token is there, in UTF-16 units. A token that ends in the midst
 * of a character stands with the token that completes it. Ids are decoded as they are: nothing is encoded again.
 */
export function textEnds(
  tokenizer: Pick<Tokenizer, "decode">,
  tokens_T: readonly number[],
): number[] {
  const decoder = incrementalDecoder(tokenizer);
  return tokens_T.map((token) => {
    decoder.push(token);
    return decoder.text.length;
  });
}

/**
 * index(k) of arXiv 2402.03300, §4.1.3: the last token of each step, which is the first with which the step's text is
 * complete. A token across a border ends the earlier step. The last step ends with the last token: the end token, and
 * what of a stop string the text does not keep, belong to it.
 *
 * @param ends_T [T] of `textEnds`
 * @returns [K] not descending
 */
export function lastTokens(steps: readonly StepValue[], ends_T: readonly number[]): number[] {
  const last = ends_T.length - 1;
  let token = 0;
  return steps.map(({ end }, k) => {
    while (token < last && (ends_T[token] ?? Infinity) < end) token++;
    return k === steps.length - 1 ? last : token;
  });
}

/**
 * [T] the advantage of each token: that of the first step that ends with it or later.
 *
 * @param advantages_K [K] of each step, as `groupAdvantages` gives them
 * @param tokens_K [K] of `lastTokens`
 */
export function tokenAdvantages(
  advantages_K: readonly number[],
  tokens_K: readonly number[],
): Float32Array {
  const advantages_T = new Float32Array((tokens_K.at(-1) ?? -1) + 1);
  let from = 0;
  for (const [k, token] of tokens_K.entries()) {
    advantages_T.fill(advantages_K[k] ?? NaN, from, token + 1);
    from = Math.max(from, token + 1);
  }
  return advantages_T;
}
