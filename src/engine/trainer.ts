/** Gradients and updates of one model: the training graphs, the accumulated gradient and its optimiser. */
import type { MicroBatch } from "./batches.ts";
import { names, trainGraph, type TrainGraph } from "./model/graphs.ts";
import { AdamW } from "./optim/adamw.ts";
import type { GradientSequence, OptimStep } from "./port.ts";
import { Session, tensor, type Tensors, type TensorOf } from "./runtime/index.ts";
import { type ModelTensors, type NamedTensors, namedTensors } from "./tensors.ts";
import {
  likeParameters,
  readOptimizer,
  type OptimizerState,
  type Parameters,
} from "./weights/index.ts";

interface Compiled extends Omit<TrainGraph, "model"> {
  readonly session: Session;
}

/** A gradient of some rows of a table, as a run returns it. */
interface Rows {
  readonly table: string;
  readonly indices: BigInt64Array;
  readonly values: Float32Array;
}

export class Trainer {
  readonly #model: ModelTensors;
  readonly #gradient: Parameters;
  readonly #m: Parameters;
  readonly #v: Parameters;
  readonly #optimizer: AdamW;
  readonly #sums: NamedTensors;
  /** without and with coefficients on entropy and self-certainty */
  readonly #graphs = new Map<boolean, Compiled>();

  /** @param trained the model's parameters, or only its adapter's: nothing else gets a gradient or moments */
  constructor(model: ModelTensors, trained: Parameters) {
    this.#model = model;
    this.#gradient = likeParameters(trained);
    this.#m = likeParameters(trained);
    this.#v = likeParameters(trained);
    this.#optimizer = new AdamW({
      weights: trained.data,
      gradient: this.#gradient.data,
      m: this.#m.data,
      v: this.#v.data,
    });
    this.#sums = namedTensors(this.#gradient);
  }

  /** Adds one micro-batch's gradient. `feeds` and `fetches` are those of the score graph. */
  async accumulate(
    batch: MicroBatch<GradientSequence>,
    feeds: Tensors,
    fetches: Tensors,
    signal: AbortSignal,
  ): Promise<void> {
    const bonuses = batch.sequences.some(
      (s) => s.entropyCoefficients_T !== undefined || s.selfCertaintyCoefficients_T !== undefined,
    );
    const { session, dense, rows } = this.#graph(bonuses);
    const column = (of: (s: GradientSequence) => Float32Array | undefined) => {
      const data = tensor("float32", [batch.M, 1]);
      let start = 0;
      for (const sequence of batch.sequences) {
        data.data.set(of(sequence) ?? [], start);
        start += sequence.completion_T.length;
      }
      return data;
    };
    const seeds: Record<string, TensorOf<"float32">> = {
      coefficients: column((s) => s.coefficients_T),
      ...(bonuses && {
        "entropy coefficients": column((s) => s.entropyCoefficients_T),
        "self-certainty coefficients": column((s) => s.selfCertaintyCoefficients_T),
      }),
    };
    const outputs: Record<string, TensorOf<"float32">> = {};
    for (const name of dense) {
      const sum = this.#sum(name);
      seeds[names.accumulated(name)] = sum;
      // The same memory: the graph adds in place.
      outputs[names.gradient(name)] = sum;
    }
    const rowGradients = rows.map(({ output, table, indices }): Rows => {
      const places = feeds[indices];
      if (places?.dtype !== "int64") throw new RangeError(`${indices} is not among the feeds`);
      const values = tensor("float32", [...places.shape, this.#model.config.hidden]);
      outputs[output] = values;
      return { table, indices: places.data, values: values.data };
    });
    await session.run({ ...feeds, ...seeds }, { ...fetches, ...outputs }, { signal });
    for (const gradient of rowGradients) this.#addRows(gradient);
  }

  step(options: OptimStep): Promise<{ gradNorm: number }> {
    return this.#optimizer.step(options);
  }

  /** The moments as they are, not copied. */
  state(): OptimizerState {
    return { m: this.#m, v: this.#v, step: this.#optimizer.steps };
  }

  /** Takes the optimiser's state from a folder that has one. */
  async restore(directory: string): Promise<void> {
    this.#optimizer.reset();
    this.#optimizer.steps = await readOptimizer(directory, { m: this.#m, v: this.#v });
  }

  reset(): void {
    this.#optimizer.reset();
  }

  release(): void {
    for (const { session } of this.#graphs.values()) session.release();
    this.#graphs.clear();
    this.#optimizer.release();
  }

  #graph(bonuses: boolean): Compiled {
    const known = this.#graphs.get(bonuses);
    if (known) return known;
    const { model, ...rest } = trainGraph(this.#model, bonuses);
    const compiled = { ...rest, session: Session.create(model, { name: "train" }) };
    this.#graphs.set(bonuses, compiled);
    return compiled;
  }

  #sum(name: string): TensorOf<"float32"> {
    const sum = this.#sums[name];
    if (!sum) throw new RangeError(`the model has no parameter ${name}`);
    return sum;
  }

  /** Adds rows here and not in the graph: indices repeat, and ScatterND's sum races where they do. */
  #addRows({ table, indices, values }: Rows): void {
    const { hidden } = this.#model.config;
    const sum = this.#sum(table).data;
    for (let i = 0; i < indices.length; i++) {
      const to = Number(indices[i]) * hidden;
      const from = i * hidden;
      for (let h = 0; h < hidden; h++) sum[to + h] = (sum[to + h] ?? 0) + (values[from + h] ?? 0);
    }
  }
}
