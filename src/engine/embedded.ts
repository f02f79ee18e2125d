/** The embedded engine: the port, on ONNX Runtime in this process. */
import { resolve } from "node:path";
import type { z } from "zod";
import { EngineError, InputError, throwIfCancelled } from "../errors.ts";
import { notAnAdapter, resolveAdapter, returnToAdapter } from "./adapter.ts";
import { microBatches, type MicroBatch } from "./batches.ts";
import { Sampler } from "./generate/sampler.ts";
import { readModelConfig, type ModelConfig } from "./model/config.ts";
import { scoreGraph } from "./model/graphs.ts";
import type { Definition, loraSchema } from "./model/lora.ts";
import type {
  CallOptions,
  Completion,
  Engine,
  EngineInfo,
  GradientSequence,
  OptimStep,
  SampleRequest,
  ScoreOptions,
  Sequence,
  SnapshotId,
  Tokenizer,
  TokenStats,
} from "./port.ts";
import { openRuntime, runtimeVersion, Session, tensor, type TensorOf } from "./runtime/index.ts";
import { checkPrompt, checkSequence } from "./sequences.ts";
import { Trainer } from "./trainer.ts";
import {
  type ModelTensors,
  namedTensors,
  rotaryTables,
  temperatureFeed,
  wholeSequenceFeeds,
} from "./tensors.ts";
import { openTokenizer } from "./tokenizer/index.ts";
import {
  allocateAdapter,
  allocateParameters,
  initializeAdapter,
  isAdapterFolder,
  likeParameters,
  loadAdapter,
  loadWeights,
  mergeAdapter,
  saveAdapter,
  saveFolder,
  settleFolder,
  type Parameters,
} from "./weights/index.ts";

export interface OpenOptions {
  /** Hugging Face model folder, or PEFT adapter folder that names its base */
  readonly model: string;
  /** trains a new LoRA adapter; the model's own weights are frozen */
  readonly lora?: z.input<typeof loraSchema> | undefined;
  /** PEFT adapter folder to sample from, or to train further; the model's own weights are frozen */
  readonly adapter?: string | undefined;
  /** threads inside an operation; all engines of a process share them. Default 1 */
  readonly threads?: number;
  /** padded tokens of one scoring or training call at most; less needs less memory */
  readonly tokensPerCall?: number;
}

/**
 * Opens a model folder, with an adapter where one is asked for.
 *
 * @throws InputError for a folder or options that are wrong, EngineError for a runtime that is
 * @example
 * ```ts
 * import { openEngine } from "placebo-rl/engine";
 *
 * const engine = await openEngine({ model: "models/tiny", lora: { rank: 4 } });
 * await engine.save("adapter"); // PEFT's format
 * await engine.save("whole", { merged: true });
 * await engine.close();
 * ```
 */
export async function openEngine(options: OpenOptions): Promise<Engine> {
  const { source, adapter, lora } = await resolveAdapter(options);
  await settleFolder(source);
  const config = await readModelConfig(source);
  const tokenizer = await openTokenizer(source, config);
  const base = allocateParameters(config);
  await loadWeights(source, config, base);
  const trained = lora === undefined ? base : allocateAdapter(config, lora);
  if (lora !== undefined) initializeAdapter(trained, config, lora);
  if (adapter !== undefined) await loadAdapter(adapter, trained);
  const { threads } = await openRuntime({ threads: options.threads ?? 1 });
  const opened = { definition: { config, lora }, tokenizer, source, base, trained, threads };
  return new EmbeddedEngine(opened, options.tokensPerCall);
}

interface Opened {
  readonly definition: Definition;
  readonly tokenizer: Tokenizer;
  /** folder of the weights and the tokenizer */
  readonly source: string;
  readonly base: Parameters;
  /** the adapter's matrices; without an adapter the base itself */
  readonly trained: Parameters;
  readonly threads: number;
}

/** Large models pay for padding and memory, small ones for the number of calls. */
function defaultTokensPerCall(parameters: number): number {
  return parameters > 20e6 ? 512 : 4096;
}

class EmbeddedEngine implements Engine {
  readonly info: EngineInfo;
  readonly tokenizer: Tokenizer;
  readonly #source: string;
  readonly #base: Parameters;
  readonly #trained: Parameters;
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
    { definition, tokenizer, source, base, trained, threads }: Opened,
    tokensPerCall: number | undefined,
  ) {
    const { config, lora } = definition;
    this.#source = source;
    this.#base = base;
    this.#trained = trained;
    this.tokenizer = tokenizer;
    this.#model = {
      ...definition,
      ...rotaryTables(config),
      weights: { ...namedTensors(base), ...namedTensors(trained) },
    };
    this.#sampler = new Sampler(config, this.#model, tokenizer);
    this.#tokensPerCall = tokensPerCall ?? defaultTokensPerCall(base.count);
    this.info = {
      engine: `embedded (onnxruntime ${runtimeVersion()}, cpu)`,
      architecture: config.family.name,
      parameters: base.count,
      ...(lora && { adapter: { ...lora, parameters: trained.count } }),
      vocabSize: config.vocab,
      contextLength: config.maxPosition,
      threads,
    };
  }

  sample(request: SampleRequest, options: CallOptions = {}): Promise<Completion[][]> {
    return this.#exclusive("sampling", options, async (signal) => {
      for (const [p, prompt] of request.prompts.entries()) {
        checkPrompt(prompt, `prompt ${p}`, this.#config);
      }
      if (request.prompts.length === 0) return [];
      return this.#sampler.sample(request, { ...options, signal });
    });
  }

  score(
    sequences: readonly Sequence[],
    options: ScoreOptions & { readonly policy?: SnapshotId } = {},
  ): Promise<TokenStats[]> {
    return this.#exclusive("scoring", options, async (signal) => {
      const model = options.policy === undefined ? this.#model : this.#snapshot(options.policy);
      this.#score ??= Session.create(scoreGraph(model), { name: "score" });
      const session = this.#score;
      return this.#each(sequences, options, signal, async (batch) => {
        const { feeds, fetches } = this.#batchTensors(model, batch, options);
        await session.run(feeds, fetches, { signal });
        return fetches;
      });
    });
  }

  accumulate(
    sequences: readonly GradientSequence[],
    options: ScoreOptions = {},
  ): Promise<TokenStats[]> {
    return this.#exclusive("training", options, async (signal) => {
      const trainer = this.#train();
      return this.#each(sequences, options, signal, async (batch) => {
        const { feeds, fetches } = this.#batchTensors(this.#model, batch, options);
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
      const copy = likeParameters(this.#trained);
      copy.data.set(this.#trained.data);
      // The brand exists in the types alone.
      const id = `snapshot-${this.#snapshotCount++}` as SnapshotId;
      const weights = { ...this.#model.weights, ...namedTensors(copy) };
      this.#snapshots.set(id, { ...this.#model, weights });
      return id;
    });
  }

  release(snapshot: SnapshotId): Promise<void> {
    return this.#exclusive("a release", {}, async () => void this.#snapshots.delete(snapshot));
  }

  save(directory: string, { optimizer = false, merged = false } = {}): Promise<void> {
    return this.#exclusive("saving", {}, async () => {
      const { config, lora } = this.#model;
      if (lora && merged && optimizer) {
        throw new InputError("a merged model has no place for the adapter's optimiser state", {
          code: "bad-save",
          hint: "Save the adapter with `optimizer`, and the merged model to another folder.",
          field: "optimizer",
        });
      }
      const state = optimizer ? { optimizer: this.#train().state() } : {};
      if (lora && !merged) {
        const base = resolve(this.#source);
        await saveAdapter(directory, { lora, base, parameters: this.#trained, ...state });
        return;
      }
      const parameters = lora
        ? await mergeAdapter(config, lora, this.#base, this.#trained)
        : this.#base;
      await saveFolder(directory, { config, parameters, ...state }, this.#source);
    });
  }

  load(directory: string, { optimizer = false } = {}): Promise<void> {
    return this.#exclusive("loading", {}, async () => {
      await settleFolder(directory);
      const { config, lora } = this.#model;
      // The base never changes, since snapshots share it.
      if (lora) await returnToAdapter(directory, this.#trained, { config, lora }, this.#source);
      else if (await isAdapterFolder(directory)) throw notAnAdapter(directory);
      else await loadWeights(directory, config, this.#base);
      this.#trainer?.reset();
      if (optimizer) await this.#train().restore(directory);
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

  get #config(): ModelConfig {
    return this.#model.config;
  }

  #train(): Trainer {
    this.#trainer ??= new Trainer(this.#model, this.#trained);
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
    sequences.forEach((sequence, n) => checkSequence(sequence, n, this.#config));
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

  #batchTensors(
    model: ModelTensors,
    batch: MicroBatch<Sequence>,
    { temperature = 1 }: ScoreOptions,
  ) {
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
      feeds: {
        ...wholeSequenceFeeds(model, batch.inputs, T),
        ...temperatureFeed(temperature),
        rows,
        targets,
      },
      fetches: { logprob: column(), selfCertainty: column(), entropy: column() },
    };
  }
}

interface StatTensors {
  readonly logprob: TensorOf<"float32">;
  readonly selfCertainty: TensorOf<"float32">;
  readonly entropy: TensorOf<"float32">;
}
