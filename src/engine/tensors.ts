/** The tensors that every graph of a model reads: weights, rotation tables, and whole sequences with their mask. */
import type { ModelConfig } from "./model/config.ts";
import type { Definition } from "./model/lora.ts";
import { ropeFrequencies } from "./model/rope.ts";
import { tensor, type Tensors, type TensorOf } from "./runtime/index.ts";
import type { Parameters } from "./weights/index.ts";

export type NamedTensors = Readonly<Record<string, TensorOf<"float32">>>;

export interface ModelTensors extends Definition {
  /** parameters by name, those of an adapter among them */
  readonly weights: NamedTensors;
  /** [positions, d/2] of the rotary embedding */
  readonly cos: TensorOf<"float32">;
  readonly sin: TensorOf<"float32">;
}

/** One tensor a parameter, over its memory. */
export function namedTensors(parameters: Parameters): NamedTensors {
  return Object.fromEntries(
    Array.from(parameters.layout.slots.values(), ({ name, shape }) => [
      name,
      tensor("float32", shape, parameters.view(name)),
    ]),
  );
}

/** cos and sin of each position's angle for each pair of a head's numbers (arXiv 2104.09864, eq. 15). */
export function rotaryTables(config: ModelConfig): Pick<ModelTensors, "cos" | "sin"> {
  const frequencies = ropeFrequencies(config.rope, config.headDim);
  const half = frequencies.length;
  const cos = tensor("float32", [config.maxPosition, half]);
  const sin = tensor("float32", [config.maxPosition, half]);
  for (let position = 0; position < config.maxPosition; position++) {
    for (let i = 0; i < half; i++) {
      const angle = position * (frequencies[i] ?? Number.NaN);
      cos.data[position * half + i] = Math.cos(angle);
      sin.data[position * half + i] = Math.sin(angle);
    }
  }
  return { cos, sin };
}

/** Far below any score, and finite: a row of −∞ would give NaN. */
const MASKED = -1e9;
const POSITION_ZERO = tensor("int64", [1]);

/** Inputs of the graphs over whole sequences: tokens right-padded to T, causal mask, rotation tables, weights. */
export function wholeSequenceFeeds(
  { config, weights, cos, sin }: ModelTensors,
  sequences: readonly (readonly number[])[],
  T: number,
): Tensors {
  const tokens = tensor("int64", [sequences.length, T]);
  sequences.forEach((sequence, row) =>
    sequence.forEach((token, t) => (tokens.data[row * T + t] = BigInt(token))),
  );
  return {
    ...weights,
    tokens,
    mask: causalMask(config.heads / config.kvHeads, T),
    position: POSITION_ZERO,
    cos,
    sin,
  };
}

/** [group·T, T]: query row g·T + t sees keys 0 … t. */
function causalMask(group: number, T: number): TensorOf<"float32"> {
  const mask = tensor("float32", [group * T, T]);
  for (let row = 0; row < group * T; row++) {
    mask.data.fill(MASKED, row * T + (row % T) + 1, (row + 1) * T);
  }
  return mask;
}

/** The input by which graphs divide logits. @throws RangeError for a temperature that is not above 0 */
export function temperatureFeed(temperature: number): Tensors {
  if (!(temperature > 0)) throw new RangeError(`a temperature must be above 0, not ${temperature}`);
  const inverse = tensor("float32", [1]);
  inverse.data[0] = 1 / temperature;
  return { "inverse temperature": inverse };
}
