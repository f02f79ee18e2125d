/**
 * AdamW (arXiv 1711.05101) as a graph over flat buffers, in segments: a segment's temporaries stay in the cache, and
 * the event loop stays free.
 */
import { EngineError } from "../../errors.ts";
import { emit, Graph, ops } from "../graph/index.ts";
import { Session, tensor, type TensorOf } from "../runtime/index.ts";
import type { OptimStep } from "../port.ts";

/** elements; a multiple of 16, so that every segment starts on a cache line */
const SEGMENT = 1 << 18;

type Floats = TensorOf<"float32">;

/** The flat buffers of one model: weights, gradient of the objective, and Adam's two moments. */
export interface FlatState {
  readonly weights: Float32Array;
  readonly gradient: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
}

interface Segment {
  readonly weights: Floats;
  readonly gradient: Floats;
  readonly m: Floats;
  readonly v: Floats;
}

/** Inputs of one update that all segments share. */
const SCALARS = ["scale", "beta1", "beta2", "rate", "correction", "epsilon", "decay"] as const;
type Scalars = { readonly [S in (typeof SCALARS)[number]]: Floats };

function updateGraph(): Uint8Array {
  const graph = new Graph();
  const o = ops(graph);
  const flat = (name: string) => graph.input(name, "float32", ["n"]);
  const scalar = (name: (typeof SCALARS)[number]) => graph.input(name, "float32", [1]);
  const [weights, m, v] = [flat("weights"), flat("m"), flat("v")];
  const [beta1, beta2] = [scalar("beta1"), scalar("beta2")];
  const g = o.mul(flat("gradient"), scalar("scale"));
  // m ← m + (1 − β₁)(g − m), v ← v + (1 − β₂)(g² − v): the inputs hold 1 − β.
  const newM = o.add(m, o.mul(o.sub(g, m), beta1));
  const newV = o.add(v, o.mul(o.sub(o.mul(g, g), v), beta2));
  const step = o.div(newM, o.add(o.mul(o.sqrt(newV), scalar("correction")), scalar("epsilon")));
  const newWeights = o.add(o.mul(weights, scalar("decay")), o.mul(step, scalar("rate")));
  return emit(graph, { newM, newV, newWeights });
}

function normGraph(): Uint8Array {
  const graph = new Graph();
  const o = ops(graph);
  const g = graph.input("gradient", "float32", ["n"]);
  return emit(graph, { norm: o.sum(o.mul(g, g), [0]) });
}

/** One model's optimiser. Ascends: the gradient is that of an objective. */
export class AdamW {
  /** updates done, for the bias correction */
  steps = 0;
  readonly #state: FlatState;
  readonly #segments: readonly Segment[];
  readonly #update = Session.create(updateGraph(), { name: "AdamW update" });
  readonly #norm = Session.create(normGraph(), { name: "gradient norm" });
  readonly #square = tensor("float32", [1]);
  // The mapped keys are exactly SCALARS.
  readonly #scalars = Object.fromEntries(
    SCALARS.map((name) => [name, tensor("float32", [1])]),
  ) as Scalars;

  constructor(state: FlatState) {
    this.#state = state;
    this.#segments = Array.from({ length: Math.ceil(state.weights.length / SEGMENT) }, (_, i) => {
      const cut = (x: Float32Array): Floats => {
        const part = x.subarray(i * SEGMENT, (i + 1) * SEGMENT);
        return tensor("float32", [part.length], part);
      };
      return {
        weights: cut(state.weights),
        gradient: cut(state.gradient),
        m: cut(state.m),
        v: cut(state.v),
      };
    });
  }

  /** √Σ g², summed over segments in double precision. */
  async gradNorm(): Promise<number> {
    let total = 0;
    for (const { gradient } of this.#segments) {
      await this.#norm.run({ gradient }, { norm: this.#square });
      total += this.#square.data[0] ?? Number.NaN;
    }
    return Math.sqrt(total);
  }

  /**
   * One update, then the gradient is cleared.
   *
   * θ ← (1 − ηλ)θ + η·m̂/(√v̂ + ε) with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ)
   *
   * @returns the norm of the gradient before clipping
   * @throws EngineError `gradient-not-finite`; weights and moments are then as before
   */
  async step(options: OptimStep): Promise<{ gradNorm: number }> {
    const { learningRate, beta1, beta2, epsilon, weightDecay, maxGradNorm } = options;
    const gradNorm = await this.gradNorm();
    if (!Number.isFinite(gradNorm)) {
      throw new EngineError(`the gradient's norm is ${gradNorm}`, {
        code: "gradient-not-finite",
        hint: "Lower the learning rate, or look for rewards or coefficients that are not finite.",
      });
    }
    this.steps += 1;
    const values: { readonly [S in keyof Scalars]: number } = {
      scale: maxGradNorm !== undefined && gradNorm > maxGradNorm ? maxGradNorm / gradNorm : 1,
      beta1: 1 - beta1,
      beta2: 1 - beta2,
      rate: learningRate / (1 - beta1 ** this.steps),
      correction: 1 / Math.sqrt(1 - beta2 ** this.steps),
      epsilon,
      decay: 1 - learningRate * weightDecay,
    };
    for (const name of SCALARS) this.#scalars[name].data[0] = values[name];
    for (const { weights, gradient, m, v } of this.#segments) {
      await this.#update.run(
        { weights, gradient, m, v, ...this.#scalars },
        { newWeights: weights, newM: m, newV: v },
      );
    }
    this.#state.gradient.fill(0);
    return { gradNorm };
  }

  /** Forgets the moments and the accumulated gradient. */
  reset(): void {
    this.steps = 0;
    this.#state.gradient.fill(0);
    this.#state.m.fill(0);
    this.#state.v.fill(0);
  }

  release(): void {
    this.#update.release();
    this.#norm.release();
  }
}
