/** Folders for tests: temporary ones, a tiny model, and what stands in a folder. */
import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createModelFolder } from "../../engine/index.ts";
import { organismTokenizer } from "../../organisms/index.ts";

export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "placebo-"));
}

/** All paths in a folder, sorted. */
export async function tree(directory: string): Promise<string[]> {
  return (await readdir(directory, { recursive: true })).sort();
}

/** Writes an untrained Llama of 2,000 parameters or so, with the organisms' tokenizer. */
export async function writeTinyModel(directory: string): Promise<void> {
  const { tokenizerJson, tokenizerConfig, vocabSize, endId } = organismTokenizer();
  const config = {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    vocab_size: vocabSize,
    hidden_size: 16,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    num_key_value_heads: 1,
    intermediate_size: 8,
    max_position_embeddings: 64,
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
  await createModelFolder(directory, {
    config,
    tokenizer: { tokenizerJson, tokenizerConfig },
    seed: 0,
  });
}
