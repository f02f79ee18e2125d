/** What a family of decoder-only transformers is: its architectures, its parameters and where its layer differs. */

/** Sizes that decide the shapes of all parameters. */
export interface Dimensions {
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly intermediate: number;
  readonly vocab: number;
  /** the head is the embedding, transposed */
  readonly tied: boolean;
}

export interface ParameterSpec {
  /** Hugging Face's name; linear weights are [out, in] */
  readonly name: string;
  readonly shape: readonly number[];
  /** how a new model starts; `residual` is a matrix that ends a residual branch */
  readonly init: "normal" | "residual" | "ones";
}

/** Where the layer differs between families. A family that needs another value widens the type here. */
export interface Features {
  /** biases of the query, key and value projections (Qwen2 has them) */
  readonly qkvBias: false;
  /** RMSNorm of queries and keys (Qwen3: per head, OLMo 2: over the whole width) */
  readonly qkNorm: "none";
  /** norms before the attention and the MLP (OLMo 2: after them) */
  readonly norm: "pre";
}

export interface Family {
  readonly name: string;
  /** names in `architectures` of config.json */
  readonly architectures: readonly string[];
  readonly features: Features;
  /** every parameter of a model with these sizes, once, in a fixed order */
  parameters(dimensions: Dimensions): readonly ParameterSpec[];
}

export function defineFamily(family: Family): Family {
  return family;
}
