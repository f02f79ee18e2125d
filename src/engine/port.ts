/**
 * The port between RL and whatever samples and trains: the embedded engine today, a training service tomorrow.
 * Per-token coefficients go in, per-token statistics come out; nothing assumes shared memory or a known architecture.
 */
import type { Purpose } from "../random.ts";

/** One turn of a conversation. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

export interface EncodeOptions {
  /** false: add no begin or end token, because the text names its own, as a rendered chat template does */
  readonly addSpecialTokens?: boolean;
}

/** Text ↔ token ids. Ids are kept end to end: nobody decodes and encodes again. */
export interface Tokenizer {
  /**
   * Ids of a prompt, with the begin token where the model's tokenizer prescribes one. Where the text names special
   * tokens, they are recognised.
   */
  encode(text: string, options?: EncodeOptions): number[];
  /**
   * The model's own chat template: the text that it reads up to where its answer begins, to be encoded with
   * `addSpecialTokens: false`; absent where the model has no template.
   */
  readonly renderChat?: (messages: readonly ChatMessage[]) => string;
  /** text without special tokens */
  decode(ids: readonly number[]): string;
  /** number of ids, including ids that no piece uses */
  readonly size: number;
  /** begin token, where the model has one */
  readonly bos: number | undefined;
  /** ids that end a completion */
  readonly eos: readonly number[];
}

export interface SamplingParams {
  /** 0 is greedy. Log-probabilities are reported at temperature 1 whatever stands here. */
  readonly temperature: number;
  /** keep the k likeliest tokens; absent: all */
  readonly topK?: number;
  /** keep the smallest set of likeliest tokens with at least this mass; absent or 1: all */
  readonly topP?: number;
  /** strings that end a completion; the text ends before them, the tokens keep them */
  readonly stop?: readonly string[];
  /** the text keeps the stop string that ended it */
  readonly keepStop?: boolean;
  readonly maxTokens: number;
}

/** Names the random numbers of one call; rollout g of prompt p uses (seed, purpose, step, promptKeys[p], g, position). */
export interface SampleKey {
  readonly seed: number;
  readonly purpose: Purpose;
  readonly step: number;
  /** [P] stable numbers of the prompts; absent: 0 … P−1 */
  readonly prompts?: readonly number[];
}

export interface SampleRequest {
  /** [P] token ids of each prompt, not empty */
  readonly prompts: readonly (readonly number[])[];
  /** G rollouts a prompt */
  readonly rollouts: number;
  readonly params: SamplingParams;
  readonly key: SampleKey;
}

/**
 * Statistics of T tokens over the whole vocabulary, in natural logarithms: of generated ones at temperature 1, of scored ones
 * at the temperature that was asked for, which divides the logits z.
 */
export interface TokenStats {
  /** [T] log π(o_t | q, o_<t) */
  readonly logprobs_T: Float32Array;
  /** [T] KL(U‖π) = logsumexp(z) − mean(z) − log V (arXiv 2505.19590, §3) */
  readonly selfCertainty_T: Float32Array;
  /** [T] −Σ_v π_v log π_v */
  readonly entropy_T: Float32Array;
}

export interface Completion extends TokenStats {
  /** [T] generated ids, with the end token where one was generated; the prompt is not repeated */
  readonly tokens_T: readonly number[];
  readonly text: string;
  /** `stop`: an end token or a stop string; `length`: the limit or the context was reached */
  readonly finish: "stop" | "length";
}

/** A prompt and a completion of it, to be scored. T ≥ 1. */
export interface Sequence {
  readonly prompt: readonly number[];
  readonly completion_T: readonly number[];
}

/** What one sequence adds to the objective J = Σ_t c_t·log π(o_t) + e_t·entropy_t + s_t·selfCertainty_t. */
export interface GradientSequence extends Sequence {
  /** [T] c_t */
  readonly coefficients_T: Float32Array;
  /** [T] e_t; absent: 0 */
  readonly entropyCoefficients_T?: Float32Array;
  /** [T] s_t; absent: 0 */
  readonly selfCertaintyCoefficients_T?: Float32Array;
}

/** One AdamW step that ascends the accumulated objective, and clears the accumulated gradient. */
export interface OptimStep {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** the gradient is scaled down to this norm; absent: never */
  readonly maxGradNorm?: number;
}

export interface EngineInfo {
  /** for manifests: engine and runtime with versions */
  readonly engine: string;
  readonly architecture: string;
  readonly parameters: number;
  /** the LoRA adapter beside the frozen parameters; absent: all parameters are trained */
  readonly adapter?: {
    readonly rank: number;
    readonly alpha: number;
    readonly targets: readonly string[];
    /** trained numbers, beside `parameters` */
    readonly parameters: number;
  };
  readonly vocabSize: number;
  readonly contextLength: number;
  readonly threads: number;
}

/** Options of every call that may take long. */
export interface CallOptions {
  /** cancels between micro-batches and inside a run; the call then throws `CancelledError` */
  readonly signal?: AbortSignal;
  /** called with finished and total units (tokens or sequences) */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Options of calls that score. */
export interface ScoreOptions extends CallOptions {
  /** of the policy π_T ∝ exp(z/T) whose statistics, and whose objective's gradient, are asked for; above 0. Default 1 */
  readonly temperature?: number;
}

/** A frozen copy of the weights inside the engine. */
export type SnapshotId = string & { readonly __snapshot: unique symbol };

/**
 * The few primitives that RL needs. Calls on one engine are queued: they never interleave.
 *
 * @example
 * ```ts
 * import { openEngine } from "placebo-rl/engine";
 *
 * const engine = await openEngine({ model: "models/tiny" });
 * const [[completion] = []] = await engine.sample({
 *   prompts: [engine.tokenizer.encode("Once upon a time")],
 *   rollouts: 1,
 *   params: { temperature: 0, maxTokens: 32 },
 *   key: { seed: 0, purpose: "sample", step: 0 },
 * });
 * console.log(completion?.text, completion?.logprobs_T);
 * await engine.close();
 * ```
 */
export interface Engine {
  readonly info: EngineInfo;
  readonly tokenizer: Tokenizer;
  /** @returns [P][G] completions, in the order of the request */
  sample(request: SampleRequest, options?: CallOptions): Promise<Completion[][]>;
  /** Statistics of given completions under the current weights or a snapshot. @returns [N] */
  score(
    sequences: readonly Sequence[],
    options?: ScoreOptions & { readonly policy?: SnapshotId },
  ): Promise<TokenStats[]>;
  /** Adds ∇J to the accumulated gradient. @returns [N] statistics before the update, from the same pass */
  accumulate(sequences: readonly GradientSequence[], options?: ScoreOptions): Promise<TokenStats[]>;
  /** @returns the norm of the gradient before clipping */
  optimStep(step: OptimStep): Promise<{ readonly gradNorm: number }>;
  /** Freezes a copy of the current weights, for a KL reference or an offline scorer; with LoRA, of the adapter. */
  snapshot(): Promise<SnapshotId>;
  release(snapshot: SnapshotId): Promise<void>;
  /**
   * Writes a Hugging Face model folder; with `optimizer`, also the state that `load` needs to go on exactly. With LoRA
   * it is a PEFT adapter folder that names its base; `merged` writes the whole model instead.
   */
  save(
    directory: string,
    options?: { readonly optimizer?: boolean; readonly merged?: boolean },
  ): Promise<void>;
  /**
   * Reads weights into this engine, which then has a fresh optimiser, as if it had been opened on them. With LoRA the folder
   * holds an adapter of the same settings; that of the base stands for a new adapter. With `optimizer`, goes on from
   * the state that `save` wrote there.
   *
   * @throws InputError `no-optimizer` where it is asked for and the folder has none
   */
  load(directory: string, options?: { readonly optimizer?: boolean }): Promise<void>;
  /** Frees the memory. Calls in flight are cancelled; later calls throw. Idempotent. */
  close(): Promise<void>;
}
