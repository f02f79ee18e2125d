/**
 * The decoder-only transformer, defined once. Training, scoring, prefill and decoding differ only in how a layer
 * attends and in how a weight is multiplied; both are passed in.
 */
import type { Ops, Value } from "../graph/index.ts";
import type { ModelConfig } from "./config.ts";

/** What differs between the graphs. */
export interface Mode {
  /** x[…, in] and W[out, in] → […, out] */
  linear(x: Value, weight: Value): Value;
  /** queries, keys and values of one layer before rotation → [same as q] */
  attend(layer: number, q: Value, k: Value, v: Value): Value;
}

/** Finds a parameter by its Hugging Face name. */
export type Weights = (name: string) => Value;

/**
 * Hidden states before the final norm.
 *
 * @param x embeddings, [B, T, H] or [B, H]
 * @returns hidden states of the same shape
 */
export function decoder(
  o: Ops,
  config: ModelConfig,
  weights: Weights,
  mode: Mode,
  x: Value,
): Value {
  for (let layer = 0; layer < config.layers; layer++) {
    const w = (name: string) => weights(`model.layers.${layer}.${name}.weight`);
    const norm = (h: Value, name: string) => o.rmsNorm(h, w(name), config.normEps);

    const h = norm(x, "input_layernorm");
    const q = mode.linear(h, w("self_attn.q_proj"));
    const k = mode.linear(h, w("self_attn.k_proj"));
    const v = mode.linear(h, w("self_attn.v_proj"));
    x = o.add(x, mode.linear(mode.attend(layer, q, k, v), w("self_attn.o_proj")));

    const m = norm(x, "post_attention_layernorm");
    const gated = o.mul(
      o.silu(mode.linear(m, w("mlp.gate_proj"))),
      mode.linear(m, w("mlp.up_proj")),
    );
    x = o.add(x, mode.linear(gated, w("mlp.down_proj")));
  }
  return x;
}

/** The matrix [V, H] that turns hidden states into logits. */
export function headWeight(config: ModelConfig, weights: Weights): Value {
  return weights(config.tied ? "model.embed_tokens.weight" : "lm_head.weight");
}

/** Keys and values of one layer as attention reads them. */
export interface KeysValues {
  readonly keys: Value;
  readonly values: Value;
}

/** What attention over whole sequences needs beside q, k and v. */
export interface SequenceInputs {
  /** [group·T, T] 0 where a query may look, a large negative number elsewhere; group = heads / kvHeads */
  readonly mask: Value;
  /** [1] position of the first token */
  readonly position: Value;
  /** [positions, d/2] */
  readonly cos: Value;
  readonly sin: Value;
}

/**
 * Causal attention over whole right-padded sequences, grouped queries beside each other so that keys and values are
 * never repeated. `seen` gets each layer's rotated keys and values, [B, kv, T, d].
 */
export function sequenceAttention(
  o: Ops,
  config: ModelConfig,
  inputs: SequenceInputs,
  seen?: (layer: number, kv: KeysValues) => void,
): Mode["attend"] {
  const { heads, kvHeads, headDim } = config;
  const split = (x: Value, count: number) =>
    o.transpose(o.reshape(x, ["B", "T", count, headDim]), [0, 2, 1, 3]);
  const rotate = (x: Value) => o.rotary(x, inputs.position, inputs.cos, inputs.sin);
  return (layer, q, k, v) => {
    // The scale goes to the queries, which are shorter than the scores.
    const scaled = o.mul(rotate(split(q, heads)), 1 / Math.sqrt(headDim));
    const queries = o.reshape(scaled, ["B", kvHeads, "gT", headDim]);
    const keys = rotate(split(k, kvHeads));
    const values = split(v, kvHeads);
    seen?.(layer, { keys, values });
    const scores = o.add(o.matmul(queries, o.swap(keys)), inputs.mask);
    const mixed = o.softmaxMatmul(scores, values);
    const back = o.transpose(o.reshape(mixed, ["B", heads, "T", headDim]), [0, 2, 1, 3]);
    return o.reshape(back, ["B", "T", heads * headDim]);
  };
}
