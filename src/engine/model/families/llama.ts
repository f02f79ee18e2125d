/** Llama: pre-norm, rotary grouped-query attention without biases, SwiGLU (arXiv 2302.13971, 2307.09288). */
import { defineFamily, type Dimensions, type ParameterSpec } from "./define.ts";

export const llama = defineFamily({
  name: "llama",
  architectures: ["LlamaForCausalLM"],
  features: { qkvBias: false, qkNorm: "none", norm: "pre" },
  parameters: (dimensions) => {
    const { hidden, vocab, layers, tied } = dimensions;
    return [
      { name: "model.embed_tokens.weight", shape: [vocab, hidden], init: "normal" },
      ...Array.from({ length: layers }, (_, layer) => layerParameters(dimensions, layer)).flat(),
      { name: "model.norm.weight", shape: [hidden], init: "ones" },
      ...(tied
        ? []
        : [{ name: "lm_head.weight", shape: [vocab, hidden], init: "normal" } as const]),
    ];
  },
});

function layerParameters(dimensions: Dimensions, layer: number): ParameterSpec[] {
  const { hidden, heads, kvHeads, headDim, intermediate } = dimensions;
  const prefix = `model.layers.${layer}`;
  const attention = `${prefix}.self_attn`;
  const mlp = `${prefix}.mlp`;
  return [
    { name: `${prefix}.input_layernorm.weight`, shape: [hidden], init: "ones" },
    { name: `${attention}.q_proj.weight`, shape: [heads * headDim, hidden], init: "normal" },
    { name: `${attention}.k_proj.weight`, shape: [kvHeads * headDim, hidden], init: "normal" },
    { name: `${attention}.v_proj.weight`, shape: [kvHeads * headDim, hidden], init: "normal" },
    { name: `${attention}.o_proj.weight`, shape: [hidden, heads * headDim], init: "residual" },
    { name: `${prefix}.post_attention_layernorm.weight`, shape: [hidden], init: "ones" },
    { name: `${mlp}.gate_proj.weight`, shape: [intermediate, hidden], init: "normal" },
    { name: `${mlp}.up_proj.weight`, shape: [intermediate, hidden], init: "normal" },
    { name: `${mlp}.down_proj.weight`, shape: [hidden, intermediate], init: "residual" },
  ];
}
