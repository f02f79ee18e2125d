/** A tiny untrained Llama that reads bytes, as a model folder: the least that can be sampled, scored and trained. */
import { createModelFolder } from "../weights/index.ts";
import { byteTokenizer } from "./byte-tokenizer.ts";

/** @param config settings that differ, such as `max_position_embeddings` */
export async function writeByteModel(
  directory: string,
  config: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await createModelFolder(directory, {
    config: {
      architectures: ["LlamaForCausalLM"],
      hidden_size: 16,
      intermediate_size: 24,
      num_hidden_layers: 1,
      num_attention_heads: 2,
      vocab_size: 320,
      max_position_embeddings: 512,
      rms_norm_eps: 1e-5,
      bos_token_id: 256,
      eos_token_id: 257,
      ...config,
    },
    tokenizer: byteTokenizer(),
    seed: 0,
  });
}
