/** The key-value cache: one row of slots a rollout in flight, dense from row 0, and the tensors over it. */
import type { ModelConfig } from "../model/config.ts";
import { names } from "../model/graphs.ts";
import { tensor, type Tensors, type TensorOf } from "../runtime/index.ts";

type Floats = TensorOf<"float32">;

/** Keys and values of prefilled prompts: for each layer [P, kv, T, d]. */
export interface Prefilled {
  readonly keys: readonly Float32Array[];
  readonly values: readonly Float32Array[];
  readonly T: number;
}

export class Cache {
  readonly rows: number;
  readonly slots: number;
  readonly #config: ModelConfig;
  readonly #keys: readonly Floats[];
  readonly #values: readonly Floats[];
  readonly #views = new Map<number, { feeds: Tensors; fetches: Tensors }>();

  constructor(config: ModelConfig, rows: number, slots: number) {
    this.#config = config;
    this.rows = rows;
    this.slots = slots;
    const layers = () =>
      Array.from({ length: config.layers }, () =>
        tensor("float32", [rows, config.kvHeads, slots, config.headDim]),
      );
    this.#keys = layers();
    this.#values = layers();
  }

  /** The first `count` rows as feeds and, over the same memory, as fetches of the decoding graph. */
  view(count: number): { readonly feeds: Tensors; readonly fetches: Tensors } {
    const known = this.#views.get(count);
    if (known) return known;
    const feeds: Record<string, Floats> = {};
    const fetches: Record<string, Floats> = {};
    for (let layer = 0; layer < this.#config.layers; layer++) {
      for (const [store, old, fresh] of [
        [this.#keys, names.keys, names.newKeys],
        [this.#values, names.values, names.newValues],
      ] as const) {
        const whole = this.#layer(store, layer);
        const part = tensor(
          "float32",
          [count, this.#config.kvHeads, this.slots, this.#config.headDim],
          whole.subarray(0, count * this.#rowSize),
        );
        feeds[old(layer)] = part;
        fetches[fresh(layer)] = part;
      }
    }
    const view = { feeds, fetches };
    this.#views.set(count, view);
    return view;
  }

  /** Fills a row with the first `length` tokens of a prefilled prompt. */
  fill(row: number, source: Prefilled, prompt: number, length: number): void {
    const { kvHeads, headDim } = this.#config;
    for (const [store, from] of [
      [this.#keys, source.keys],
      [this.#values, source.values],
    ] as const) {
      from.forEach((data, layer) => {
        const to = this.#layer(store, layer);
        for (let head = 0; head < kvHeads; head++) {
          const start = (prompt * kvHeads + head) * source.T * headDim;
          to.set(data.subarray(start, start + length * headDim), this.#offset(row, head));
        }
      });
    }
  }

  /** Copies the first `length` tokens of one row over another. */
  move(from: number, to: number, length: number): void {
    const { kvHeads, headDim, layers } = this.#config;
    for (const store of [this.#keys, this.#values]) {
      for (let layer = 0; layer < layers; layer++) {
        const data = this.#layer(store, layer);
        for (let head = 0; head < kvHeads; head++) {
          const start = this.#offset(from, head);
          data.copyWithin(this.#offset(to, head), start, start + length * headDim);
        }
      }
    }
  }

  get #rowSize(): number {
    return this.#config.kvHeads * this.slots * this.#config.headDim;
  }

  #offset(row: number, head: number): number {
    return row * this.#rowSize + head * this.slots * this.#config.headDim;
  }

  #layer(store: readonly Floats[], layer: number): Float32Array {
    const found = store[layer];
    if (!found) throw new RangeError(`the cache has no layer ${layer}`);
    return found.data;
  }
}
