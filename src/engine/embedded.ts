/** The embedded engine: the port, on ONNX Runtime in this process. */
import { EngineError, InputError, throwIfCancelled } from "../errors.ts";
import { microBatches, type MicroBatch } from "./batches.ts";
import { Sampler } from "./generate/sampler.ts";
import { readModelConfig, type ModelConfig } from "./model/config.ts";
import { scoreGraph } from "./model/graphs.ts";
import type {
  CallOptions,
  Completion,
  Engine,
  EngineInfo,
  GradientSequence,
  OptimStep,
  SampleRequest,
  Sequence,
  SnapshotId,
  Tokenizer,
  TokenStats,
} from "./port.ts";
import { openRuntime, runtimeVersion, Session, tensor, type TensorOf } from "./runtime/index.ts";
import { Trainer } from "./trainer.ts";
import { type ModelTensors, rotaryTables, wholeSequenceFeeds } from "./tensors.ts";
import { openTokenizer } from "./tokenizer/index.ts";
import {
  allocateParameters,
  hasOptimizer,
  likeParameters,
  loadWeights,
  saveFolder,
  settleFolder,
  type Parameters,
} from "./weights/index.ts";

export interface OpenOptions {
  /** Hugging Face model folder */
  readonly model: string;
  /** threads inside an operation; all engines of a process share them. Default 1 */
  readonly threads?: number;
  /** padded tokens of one scoring or training call at most; less needs less memory */
  readonly tokensPerCall?: number;
}

/** Opens a model folder. @throws InputError for a folder that is wrong, EngineError for a runtime that is */
export async function openEngine(options: OpenOptions): Promise<Engine> {
  await settleFolder(options.model);
  const config = await readModelConfig(options.model);
  const tokenizer = await openTokenizer(options.model, config);
  const parameters = allocateParameters(config);
  await loadWeights(options.model, config, parameters);
  const { threads } = await openRuntime({ threads: options.threads ?? 1 });
  return new EmbeddedEngine(config, tokenizer, parameters, options, threads);
}

/** Large models pay for padding and memory, small ones for the number of calls. */
function defaultTokensPerCall(parameters: number): number {
  return parameters > 20e6 ? 512 : 4096;
}

class EmbeddedEngine implements Engine {
  readonly info: EngineInfo;
  readonly tokenizer: Tokenizer;
  readonly #config: ModelConfig;
  readonly #source: string;
  readonly #parameters: Parameters;
  readonly #model: ModelTensors;
  readonly #sampler: Sampler;
  readonly #snapshots = new Map<SnapshotId, ModelTensors>();
  readonly #tokensPerCall: number;
  readonly #closing = new AbortController();
  #score: Session | undefined;
  #trainer: Trainer | undefined;
  #snapshotCount = 0;
  /** settles when all calls so far have */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(
    config: ModelConfig,
    tokenizer: Tokenizer,
    parameters: Parameters,
    options: OpenOptions,
    threads: number,
  ) {
    this.#config = config;
    this.#source = options.model;
    this.#parameters = parameters;
    this.tokenizer = tokenizer;
    const specs = config.family.parameters(config);
    this.#model = {
      config,
      specs,
      ...rotaryTables(config),
      weights: weightTensors(specs, parameters),
    };
    this.#sampler = new Sampler(config, this.#model, tokenizer);
    const count = specs.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    this.#tokensPerCall = options.tokensPerCall ?? defaultTokensPerCall(count);
    this.info = {
      engine: `embedded (onnxruntime ${runtimeVersion()}, cpu)`,
      architecture: config.family.name,
      parameters: count,
      vocabSize: config.vocab,
      contextLength: config.maxPosition,
      threads,
    };
  }

  sample(request: SampleRequest, options: CallOptions = {}): Promise<Completion[][]> {
    return this.#exclusive("sampling", options, async (signal) => {
      for (const [p, prompt] of request.prompts.entries()) this.#checkPrompt(prompt, `prompt ${p}`);
      if (request.prompts.length === 0) return [];
      return this.#sampler.sample(request, { ...options, signal });
    });
  }

  score(
    sequences: readonly Sequence[],
    options: CallOptions & { readonly policy?: SnapshotId } = {},
  ): Promise<TokenStats[]> {
    return this.#exclusive("scoring", options, async (signal) => {
      const model = options.policy === undefined ? this.#model : this.#snapshot(options.policy);
      this.#score ??= Session.create(scoreGraph(this.#config, model.specs), { name: "score" });
      const session = this.#score;
      return this.#each(sequences, options, signal, async (batch) => {
        const { feeds, fetches } = this.#batchTensors(model, batch);
        await session.run(feeds, fetches, { signal });
        return fetches;
      });
    });
  }

  accumulate(
    sequences: readonly GradientSequence[],
    options: CallOptions = {},
  ): Promise<TokenStats[]> {
    return this.#exclusive("training", options, async (signal) => {
      const trainer = this.#train();
      return this.#each(sequences, options, signal, async (batch) => {
        const { feeds, fetches } = this.#batchTensors(this.#model, batch);
        await trainer.accumulate(batch, feeds, fetches, signal);
        return fetches;
      });
    });
  }

  optimStep(step: OptimStep): Promise<{ readonly gradNorm: number }> {
    return this.#exclusive("an optimiser step", {}, () => this.#train().step(step));
  }

  snapshot(): Promise<SnapshotId> {
    return this.#exclusive("a snapshot", {}, async () => {
      const copy = likeParameters(this.#parameters);
      copy.data.set(this.#parameters.data);
      const { specs } = this.#model;
      // The brand exists in the types alone.
      const id = `snapshot-${this.#snapshotCount++}` as SnapshotId;
      this.#snapshots.set(id, { ...this.#model, weights: weightTensors(specs, copy) });
      return id;
    });
  }

  release(snapshot: SnapshotId): Promise<void> {
    return this.#exclusive("a release", {}, async () => void this.#snapshots.delete(snapshot));
  }

  save(directory: string, { optimizer = false } = {}): Promise<void> {
    return this.#exclusive("saving", {}, async () => {
      const model = { config: this.#config, parameters: this.#parameters };
      const state = optimizer ? { optimizer: this.#train().state() } : {};
      await saveFolder(directory, { ...model, ...state }, this.#source);
    });
  }

  load(directory: string): Promise<void> {
    return this.#exclusive("loading", {}, async () => {
      await settleFolder(directory);
      await loadWeights(directory, this.#config, this.#parameters);
      this.#trainer?.reset();
      if (await hasOptimizer(directory)) await this.#train().restore(directory);
    });
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    await this.#tail;
    this.#sampler.release();
    this.#score?.release();
    this.#trainer?.release();
    this.#snapshots.clear();
  }

  /** Runs calls one after another, and none after `close`. */
  #exclusive<T>(
    what: string,
    { signal }: CallOptions,
    call: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const closed = this.#closing.signal;
    const both = signal ? AbortSignal.any([signal, closed]) : closed;
    const result = this.#tail.then(() => {
      if (closed.aborted) {
        throw new EngineError("the engine is closed", {
          code: "engine-closed",
          hint: "Open another one.",
        });
      }
      throwIfCancelled(both, what);
      return call(both);
    });
    // The next call waits for this one and does not care how it ended.
    this.#tail = result.catch(() => {});
    return result;
  }

  #train(): Trainer {
    this.#trainer ??= new Trainer(this.#model, this.#parameters);
    return this.#trainer;
  }

  #snapshot(id: SnapshotId): ModelTensors {
    const found = this.#snapshots.get(id);
    if (found) return found;
    throw new EngineError(`there is no ${id}`, {
      code: "no-snapshot",
      hint: "It was released, or belongs to another engine.",
    });
  }

  /** Runs each micro-batch and puts the statistics of its sequences where the caller expects them. */
  async #each<S extends Sequence>(
    sequences: readonly S[],
    { onProgress }: CallOptions,
    signal: AbortSignal,
    run: (batch: MicroBatch<S>) => Promise<StatTensors>,
  ): Promise<TokenStats[]> {
    sequences.forEach((sequence, n) => this.#checkSequence(sequence, n));
    const stats = Array.from<TokenStats | undefined>({ length: sequences.length });
    let finished = 0;
    for (const batch of microBatches(sequences, this.#tokensPerCall)) {
      throwIfCancelled(signal, "the call");
      const { logprob, selfCertainty, entropy } = await run(batch);
      let start = 0;
      batch.sequences.forEach((sequence, i) => {
        const end = start + sequence.completion_T.length;
        stats[batch.order[i] ?? -1] = {
          logprobs_T: Float32Array.from(logprob.data.subarray(start, end)),
          selfCertainty_T: Float32Array.from(selfCertainty.data.subarray(start, end)),
          entropy_T: Float32Array.from(entropy.data.subarray(start, end)),
        };
        start = end;
      });
      finished += batch.sequences.length;
      onProgress?.(finished, sequences.length);
    }
    return stats.filter((s) => s !== undefined);
  }

  #batchTensors(model: ModelTensors, batch: MicroBatch<Sequence>) {
    const { T, M } = batch;
    const rows = tensor("int64", [M]);
    const targets = tensor("int64", [M]);
    let m = 0;
    batch.sequences.forEach(({ prompt, completion_T }, row) => {
      completion_T.forEach((token, t) => {
        // The hidden state at the token before predicts it.
        rows.data[m] = BigInt(row * T + prompt.length + t - 1);
        targets.data[m++] = BigInt(token);
      });
    });
    const column = () => tensor("float32", [M, 1]);
    return {
      feeds: { ...wholeSequenceFeeds(model, batch.inputs, T), rows, targets },
      fetches: { logprob: column(), selfCertainty: column(), entropy: column() },
    };
  }

  #checkPrompt(prompt: readonly number[], what: string): void {
    const { maxPosition } = this.#config;
    if (prompt.length === 0) {
      throw bad(`${what} is empty`, "Start it with the tokenizer's begin token.");
    }
    if (prompt.length >= maxPosition) {
      throw bad(
        `${what} has ${prompt.length} tokens and the model's context ${maxPosition}`,
        "Shorten the prompt, or leave it out.",
      );
    }
    this.#checkTokens(prompt, what);
  }

  #checkSequence({ prompt, completion_T }: Sequence, n: number): void {
    this.#checkPrompt(prompt, `prompt of sequence ${n}`);
    this.#checkTokens(completion_T, `completion of sequence ${n}`);
    if (completion_T.length === 0) {
      throw bad(`completion of sequence ${n} is empty`, "Leave it out.");
    }
    if (prompt.length + completion_T.length > this.#config.maxPosition) {
      throw bad(
        `sequence ${n} has ${prompt.length + completion_T.length} tokens and the model's context ${this.#config.maxPosition}`,
        "Shorten it, or leave it out.",
      );
    }
  }

  #checkTokens(tokens: readonly number[], what: string): void {
    const { vocab } = this.#config;
    const wrong = tokens.find((token) => !Number.isInteger(token) || token < 0 || token >= vocab);
    if (wrong !== undefined) {
      throw bad(
        `${what} has the token ${wrong}, and the vocabulary ends at ${vocab - 1}`,
        "Use this model's own tokenizer.",
      );
    }
  }
}

interface StatTensors {
  readonly logprob: TensorOf<"float32">;
  readonly selfCertainty: TensorOf<"float32">;
  readonly entropy: TensorOf<"float32">;
}

function weightTensors(
  specs: ModelTensors["specs"],
  parameters: Parameters,
): ModelTensors["weights"] {
  return Object.fromEntries(
    specs.map(({ name, shape }) => [name, tensor("float32", shape, parameters.view(name))]),
  );
}

function bad(message: string, hint: string): InputError {
  return new InputError(message, { code: "bad-sequence", hint });
}
