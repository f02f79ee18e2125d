/**
 * Sampling with continuous batching: a prompt is prefilled once and its cache copied for each rollout of its group;
 * a finished rollout makes room for a waiting one at once. Each token's random number comes from its key alone.
 */
import { throwIfCancelled } from "../../errors.ts";
import { uniform } from "../../random.ts";
import type { ModelConfig } from "../model/config.ts";
import { decodeGraph, names, prefillGraph, type Choice } from "../model/graphs.ts";
import type { CallOptions, Completion, SampleRequest, Tokenizer } from "../port.ts";
import { Session, tensor, type Tensors, type TensorOf } from "../runtime/index.ts";
import { type ModelTensors, temperatureFeed, wholeSequenceFeeds } from "../tensors.ts";
import { Cache, type Prefilled } from "./cache.ts";
import { chooseToken } from "./choose.ts";
import { Rollout } from "./rollout.ts";

/** Rollouts in flight at most: more rows cost latency and cache, and gain little beyond this. */
const MAX_ROWS = 256;
/** Bytes of cache at most, which lowers the number of rows for large models. */
const MAX_CACHE_BYTES = 1 << 30;
/** Tokens of one prefill call at most, padding included. */
const PREFILL_TOKENS = 4096;

/** What the graphs say about the next token of each row. */
interface NextToken {
  readonly fetches: Tensors;
  readonly logits: TensorOf<"float32">;
  readonly lse: TensorOf<"float32">;
  readonly selfCertainty: TensorOf<"float32">;
  readonly entropy: TensorOf<"float32">;
  readonly probabilities?: TensorOf<"float32">;
  readonly choice?: TensorOf<"int64">;
}

interface Batch {
  readonly feeds: Tensors;
  readonly tokens: TensorOf<"int64">;
  readonly position: TensorOf<"int64">;
  readonly last: TensorOf<"int32">;
  readonly total: TensorOf<"int32">;
  readonly next: NextToken;
}

/** Prompts that were prefilled together and whose rollouts are being started. */
interface Wave extends Prefilled {
  readonly first: number;
  readonly next: NextToken;
}

export class Sampler {
  readonly #config: ModelConfig;
  readonly #model: ModelTensors;
  readonly #tokenizer: Tokenizer;
  readonly #sessions = new Map<string, Session>();
  readonly #batches = new Map<string, Batch>();
  #cache: Cache | undefined;

  constructor(config: ModelConfig, model: ModelTensors, tokenizer: Tokenizer) {
    this.#config = config;
    this.#model = model;
    this.#tokenizer = tokenizer;
  }

  /** @returns [P][G] */
  async sample(
    request: SampleRequest,
    { signal, onProgress }: CallOptions = {},
  ): Promise<Completion[][]> {
    const { prompts, rollouts: G, params } = request;
    const choice: Choice = params.temperature === 0 ? "greedy" : "sample";
    const cache = this.#cacheFor(request);
    const done: Completion[][] = prompts.map(() => []);
    const active: Rollout[] = [];
    let finished = 0;
    let started = 0;
    let wave: Wave | undefined;

    const take = (rollout: Rollout, next: NextToken, row: number): boolean => {
      const token = this.#choose(request, rollout, next, row);
      const V = this.#config.vocab;
      const ended = rollout.push(token, {
        logprob:
          (next.logits.data[row * V + token] ?? Number.NaN) - (next.lse.data[row] ?? Number.NaN),
        selfCertainty: next.selfCertainty.data[row] ?? Number.NaN,
        entropy: next.entropy.data[row] ?? Number.NaN,
      });
      if (!ended) return true;
      const group = done[rollout.prompt];
      if (group) group[rollout.g] = rollout.completion();
      onProgress?.(++finished, prompts.length * G);
      return false;
    };

    for (;;) {
      throwIfCancelled(signal, "sampling");
      while (active.length < cache.rows && started < prompts.length * G) {
        const p = Math.floor(started / G);
        wave = await this.#prefill(request, p, cache.rows - active.length, choice, wave, signal);
        const prompt = prompts[p] ?? [];
        const limit = Math.min(params.maxTokens, this.#config.maxPosition - prompt.length);
        const rollout = new Rollout(this.#tokenizer, params, p, started % G, prompt.length, limit);
        started += 1;
        if (!take(rollout, wave.next, p - wave.first)) continue;
        cache.fill(active.length, wave, p - wave.first, prompt.length);
        active.push(rollout);
      }
      if (active.length === 0) return done;

      const next = await this.#decode(active, cache, choice, params.temperature, signal);
      for (let row = active.length - 1; row >= 0; row--) {
        const rollout = active[row];
        if (!rollout || take(rollout, next, row)) continue;
        // The last row, which has its token already, takes the place of the finished one.
        const tail = active.pop();
        if (tail && tail !== rollout) {
          cache.move(active.length, row, tail.cached);
          active[row] = tail;
        }
      }
    }
  }

  release(): void {
    for (const session of this.#sessions.values()) session.release();
    this.#sessions.clear();
    this.#forget();
  }

  #forget(): void {
    this.#batches.clear();
    this.#cache = undefined;
  }

  #choose({ key, params }: SampleRequest, rollout: Rollout, next: NextToken, row: number): number {
    if (next.choice) return Number(next.choice.data[row]);
    const V = this.#config.vocab;
    const prompt = key.prompts?.[rollout.prompt] ?? rollout.prompt;
    const u = uniform(key.seed, key.purpose, key.step, prompt, rollout.g, rollout.generated);
    return chooseToken(
      next.probabilities?.data.subarray(row * V, (row + 1) * V) ?? new Float32Array(),
      u,
      params,
    );
  }

  #cacheFor({ prompts, rollouts, params }: SampleRequest): Cache {
    const { layers, kvHeads, headDim, maxPosition } = this.#config;
    const longest = Math.max(...prompts.map((prompt) => prompt.length));
    const slots = Math.min(longest + params.maxTokens, maxPosition);
    const bytes = layers * 2 * kvHeads * slots * headDim * 4;
    const wanted = Math.min(prompts.length * rollouts, MAX_ROWS);
    const rows = Math.max(1, Math.min(wanted, Math.floor(MAX_CACHE_BYTES / bytes)));
    if (this.#cache && this.#cache.slots >= slots && this.#cache.rows >= rows) return this.#cache;
    this.#forget();
    this.#cache = new Cache(this.#config, rows, slots);
    return this.#cache;
  }

  #session(stage: "prefill" | "decode", choice: Choice): Session {
    const name = `${stage} ${choice}`;
    const known = this.#sessions.get(name);
    if (known) return known;
    const build = stage === "prefill" ? prefillGraph : decodeGraph;
    const session = Session.create(build(this.#model, choice), { name });
    this.#sessions.set(name, session);
    return session;
  }

  #next(rows: number, choice: Choice): NextToken {
    const float = (width: number) => tensor("float32", [rows, width]);
    const V = this.#config.vocab;
    const common = { logits: float(V), lse: float(1), selfCertainty: float(1), entropy: float(1) };
    const fetches =
      choice === "greedy"
        ? { ...common, choice: tensor("int64", [rows, 1]) }
        : { ...common, probabilities: float(V) };
    return { ...fetches, fetches };
  }

  /** The wave that holds prompt p: the current one, or a new one of as many prompts as there is room for. */
  async #prefill(
    { prompts, rollouts, params }: SampleRequest,
    p: number,
    room: number,
    choice: Choice,
    wave: Wave | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Wave> {
    const { layers, kvHeads, headDim } = this.#config;
    if (wave && p - wave.first < wave.next.lse.data.length) return wave;
    const waiting = prompts.slice(p, p + Math.max(1, Math.ceil(room / rollouts)));
    let T = 0;
    let count = 0;
    for (const prompt of waiting) {
      const longer = Math.max(T, prompt.length);
      if (count > 0 && longer * (count + 1) > PREFILL_TOKENS) break;
      T = longer;
      count += 1;
    }
    const sequences = waiting.slice(0, count);
    const next = this.#next(count, choice);
    const rows = tensor("int64", [count]);
    sequences.forEach((prompt, i) => (rows.data[i] = BigInt(i * T + prompt.length - 1)));
    const layer = () => tensor("float32", [count, kvHeads, T, headDim]);
    const keys = Array.from({ length: layers }, layer);
    const values = Array.from({ length: layers }, layer);
    const cache = Object.fromEntries([
      ...keys.map((tensor_, l) => [names.newKeys(l), tensor_]),
      ...values.map((tensor_, l) => [names.newValues(l), tensor_]),
    ]);
    const feeds = {
      ...wholeSequenceFeeds(this.#model, sequences, T),
      rows,
      ...choiceFeed(params.temperature),
    };
    await this.#session("prefill", choice).run(feeds, { ...next.fetches, ...cache }, { signal });
    return { first: p, T, next, keys: keys.map((k) => k.data), values: values.map((v) => v.data) };
  }

  async #decode(
    active: readonly Rollout[],
    cache: Cache,
    choice: Choice,
    temperature: number,
    signal: AbortSignal | undefined,
  ): Promise<NextToken> {
    const B = active.length;
    const batch = this.#batch(B, cache, choice, temperature);
    active.forEach((rollout, row) => {
      batch.tokens.data[row] = BigInt(rollout.lastToken);
      batch.position.data[row] = BigInt(rollout.cached);
      batch.last.data[row] = rollout.cached;
    });
    batch.total.data[0] = Math.max(...active.map((rollout) => rollout.cached)) + 1;
    const { fetches } = cache.view(B);
    await this.#session("decode", choice).run(
      batch.feeds,
      { ...batch.next.fetches, ...fetches },
      { signal },
    );
    for (const rollout of active) rollout.cached += 1;
    return batch.next;
  }

  #batch(B: number, cache: Cache, choice: Choice, temperature: number): Batch {
    const name = `${choice} ${temperature} ${B}`;
    const known = this.#batches.get(name);
    if (known) return known;
    const tokens = tensor("int64", [B]);
    const position = tensor("int64", [B, 1]);
    const last = tensor("int32", [B]);
    const total = tensor("int32", [1]);
    const { weights, cos, sin } = this.#model;
    const feeds = {
      ...weights,
      ...cache.view(B).feeds,
      ...choiceFeed(temperature),
      tokens,
      position,
      last,
      total,
      cos,
      sin,
    };
    const batch = { feeds, tokens, position, last, total, next: this.#next(B, choice) };
    this.#batches.set(name, batch);
    return batch;
  }
}

/** Greedy graphs have no temperature. */
const choiceFeed = (temperature: number): Tensors =>
  temperature === 0 ? {} : temperatureFeed(temperature);
