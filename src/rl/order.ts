/** Which problems each step trains on, and how a batch is cut into minibatches: pure functions of keys. */
import { InputError } from "../errors.ts";
import { stream } from "../random.ts";

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/**
 * The problems of one step. Each epoch shuffles the training problems anew and is cut into whole batches; what is
 * left over waits for the next epoch, so that no problem occurs twice in a step. Arms with equal seeds see the same.
 *
 * @param size number of training problems
 * @param prompts P
 * @param step 1 … steps
 * @returns [P] positions in the training problems
 * @throws InputError if there are fewer problems than prompts
 */
export function promptOrder(
  size: number,
  prompts: number,
  seed: number,
  step: number,
): readonly number[] {
  const batches = Math.floor(size / prompts);
  if (batches === 0) {
    throw new InputError(`a step takes ${prompts} prompts, but there are ${size} problems`, {
      code: "too-few-problems",
      field: "grpo.prompts",
      hint: `Set grpo.prompts to at most ${size}, or give more training problems.`,
    });
  }
  const epoch = Math.floor((step - 1) / batches);
  const start = ((step - 1) % batches) * prompts;
  return stream(seed, "order", epoch)
    .shuffle(range(size))
    .slice(start, start + prompts);
}

/**
 * Shuffles a batch and cuts it into minibatches, sizes differing by one at most; groups are split over minibatches,
 * as in the released Spurious Rewards code. The shuffle is of all N places, so what one arm leaves out does not
 * change the order of the rest.
 *
 * @param batch_N [N] the whole batch in its own order
 * @param keep which items are trained on
 * @returns [updates] minibatches; some are empty where fewer items than updates are kept
 */
export function minibatches<Item>(
  batch_N: readonly Item[],
  keep: (item: Item) => boolean,
  updates: number,
  key: { readonly seed: number; readonly step: number; readonly epoch: number },
): readonly (readonly Item[])[] {
  const kept = stream(key.seed, "shuffle", key.step, key.epoch).shuffle(batch_N).filter(keep);
  const edge = (update: number) => Math.floor((update * kept.length) / updates);
  return range(updates).map((update) => kept.slice(edge(update), edge(update + 1)));
}
