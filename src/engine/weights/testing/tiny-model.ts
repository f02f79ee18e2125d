/** A model of a few thousand weights, for tests of folders. */
import { byteTokenizer } from "../../testing/byte-tokenizer.ts";
import type { NewModel } from "../create.ts";

export const tinyConfig = {
  architectures: ["LlamaForCausalLM"],
  model_type: "llama",
  hidden_size: 16,
  intermediate_size: 24,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  vocab_size: 260,
  max_position_embeddings: 32,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: true,
  bos_token_id: 256,
  eos_token_id: 257,
  torch_dtype: "bfloat16",
};

export function tinyModel(seed: number, config: object = {}): NewModel {
  return { config: { ...tinyConfig, ...config }, tokenizer: byteTokenizer(), seed };
}
