/** Pretraining: one pass over a corpus, next-token log-likelihood of the completions, AdamW. */
import { throwIfCancelled } from "../errors.ts";
import {
  createModelFolder,
  type Engine,
  type GradientSequence,
  type TokenStats,
} from "../engine/index.ts";
import { scheduledRate } from "../rl/index.ts";
import type { Corpus, TextExample } from "./corpus.ts";
import { isSearcher, type OrganismRecipe } from "./recipe.ts";
import {
  arithmeticLexicon,
  organismTokenizer,
  pieceEncoder,
  searchLexicon,
  type Lexicon,
  type PieceEncoder,
} from "./tokenizer.ts";

export interface PretrainProgress {
  /** updates */
  readonly done: number;
  readonly total: number;
  /** mean −log π of a trained token before this update, natural logarithm */
  readonly loss: number;
  readonly secondsLeft: number;
}

export interface PretrainOptions {
  readonly onProgress?: (progress: PretrainProgress) => void;
  readonly signal?: AbortSignal;
}

/** Of AdamW and the gradient's norm; the values that small Llama models are commonly trained with. */
const OPTIMISER = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, maxGradNorm: 1 };

/** The final loss is the mean over this share of the updates. */
const FINAL_SHARE = 0.05;

export function lexiconOf(recipe: OrganismRecipe): Lexicon {
  return isSearcher(recipe) ? searchLexicon : arithmeticLexicon;
}

/** Writes the folder of an untrained Llama of the recipe's shape, with the tokenizer of its world. */
export async function createOrganism(directory: string, recipe: OrganismRecipe): Promise<void> {
  const { model, training } = recipe;
  const { tokenizerJson, tokenizerConfig, vocabSize, endId } = organismTokenizer(lexiconOf(recipe));
  const config = {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    vocab_size: vocabSize,
    hidden_size: model.hidden,
    num_hidden_layers: model.layers,
    num_attention_heads: model.heads,
    num_key_value_heads: model.kvHeads,
    intermediate_size: model.intermediate,
    max_position_embeddings: model.maxPosition,
    hidden_act: "silu",
    rms_norm_eps: 1e-5,
    rope_theta: 10_000,
    initializer_range: 0.02,
    tie_word_embeddings: false,
    attention_bias: false,
    mlp_bias: false,
    bos_token_id: null,
    eos_token_id: endId,
    torch_dtype: "float32",
  };
  const tokenizer = { tokenizerJson, tokenizerConfig };
  await createModelFolder(directory, { config, tokenizer, seed: training.seed });
}

/**
 * The batch with every trained token, the end token among them, weighted 1/(number of them).
 *
 * @param promptLoss prompts are trained, too, all but their first token, which nothing stands before
 */
function toSequences(
  { encode, endId }: PieceEncoder,
  examples: readonly TextExample[],
  promptLoss = false,
): GradientSequence[] {
  const coded = examples.map(({ prompt, completion }) => {
    const ids = encode(prompt);
    const given = promptLoss ? 1 : ids.length;
    const completion_T = [...ids.slice(given), ...encode(completion), endId];
    return { prompt: ids.slice(0, given), completion_T };
  });
  const weight = 1 / coded.reduce((sum, { completion_T }) => sum + completion_T.length, 0);
  return coded.map((sequence) => ({
    ...sequence,
    coefficients_T: new Float32Array(sequence.completion_T.length).fill(weight),
  }));
}

function meanLoss(stats_N: readonly TokenStats[]): number {
  let sum = 0;
  let tokens = 0;
  for (const { logprobs_T } of stats_N) {
    for (const logprob of logprobs_T) sum -= logprob;
    tokens += logprobs_T.length;
  }
  return sum / tokens;
}

/**
 * Trains the engine's model on the whole corpus, in order.
 *
 * @returns the mean loss over the last updates, in nats a token
 * @throws CancelledError
 */
export async function pretrain(
  engine: Engine,
  corpus: Corpus<TextExample>,
  recipe: OrganismRecipe,
  { onProgress, signal }: PretrainOptions = {},
): Promise<number> {
  const { training } = recipe;
  const total = Math.ceil(corpus.size / training.batch);
  const rate = { ...training, schedule: "cosine", steps: total, epochs: 1, updates: 1 } as const;
  const encoder = pieceEncoder(lexiconOf(recipe));
  const losses: number[] = [];
  const started = performance.now();
  for (let update = 0; update < total; update++) {
    throwIfCancelled(signal, "pretraining");
    const first = update * training.batch;
    const size = Math.min(training.batch, corpus.size - first);
    const examples = Array.from({ length: size }, (_, i) => corpus.example(first + i));
    const sequences = toSequences(encoder, examples, training.promptLoss);
    const stats_N = await engine.accumulate(sequences, { signal });
    await engine.optimStep({
      ...OPTIMISER,
      learningRate: scheduledRate(rate, update),
      weightDecay: training.weightDecay,
    });
    const loss = meanLoss(stats_N);
    losses.push(loss);
    const done = update + 1;
    const seconds = (performance.now() - started) / 1000;
    onProgress?.({ done, total, loss, secondsLeft: (seconds / done) * (total - done) });
  }
  const last = losses.slice(-Math.ceil(FINAL_SHARE * total));
  return last.reduce((sum, loss) => sum + loss, 0) / last.length;
}
