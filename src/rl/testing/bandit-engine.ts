/**
 * A second implementation of the engine port: a tabular softmax policy, whose next-token distribution depends on the
 * prompt and the position alone. Logits are the sum of a table shared by all prompts and one of the prompt's own, so
 * that prompts can pull each other along. Exact gradients, AdamW, snapshots and checkpoints, in plain TypeScript.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type {
  Completion,
  Engine,
  EngineInfo,
  GradientSequence,
  OptimStep,
  SamplingParams,
  SampleRequest,
  Sequence,
  SnapshotId,
  Tokenizer,
  TokenStats,
} from "../../engine/index.ts";
import { EngineError, InputError, throwIfCancelled } from "../../errors.ts";
import { uniform } from "../../random.ts";

export interface BanditOptions {
  /** words; the end token is added as id 0 */
  readonly vocabulary: readonly string[];
  /** all prompts that the policy knows, as words of the vocabulary */
  readonly prompts: readonly string[];
  /** completion tokens at most */
  readonly positions: number;
  /** initial logits of a prompt's own table, one a word with the end token first; absent: 0 */
  readonly initial?: (prompt: string, position: number) => readonly number[];
}

const END = 0;
const FILE = "bandit.json";

const stateSchema = z.strictObject({
  weights: z.array(z.number()),
  optimizer: z
    .strictObject({ m: z.array(z.number()), v: z.array(z.number()), steps: z.number().int() })
    .optional(),
});

interface Distribution {
  readonly logits_V: Float64Array;
  readonly logprobs_V: Float64Array;
  readonly entropy: number;
  readonly selfCertainty: number;
}

export class BanditEngine implements Engine {
  readonly info: EngineInfo;
  readonly tokenizer: Tokenizer;
  readonly #rows: ReadonlyMap<string, number>;
  readonly #positions: number;
  readonly #V: number;
  /** [1 + prompts][positions][V]; row 0 is shared */
  #weights: Float64Array;
  #gradient: Float64Array;
  #m: Float64Array;
  #v: Float64Array;
  #steps = 0;
  /** of the current weights, by row and position */
  readonly #known = new Map<number, Distribution>();
  readonly #snapshots = new Map<SnapshotId, Float64Array>();
  #snapshotCount = 0;
  #closed = false;

  constructor({ vocabulary, prompts, positions, initial }: BanditOptions) {
    this.tokenizer = wordTokenizer(vocabulary);
    this.#V = this.tokenizer.size;
    this.#positions = positions;
    this.#rows = new Map(
      prompts.map((prompt, p) => [this.tokenizer.encode(prompt).join(" "), p + 1]),
    );
    const size = (1 + prompts.length) * positions * this.#V;
    this.#weights = new Float64Array(size);
    this.#gradient = new Float64Array(size);
    this.#m = new Float64Array(size);
    this.#v = new Float64Array(size);
    if (initial) {
      for (const [p, prompt] of prompts.entries()) {
        for (let t = 0; t < positions; t++) {
          this.#weights.set(initial(prompt, t), this.#offset(p + 1, t));
        }
      }
    }
    const longest = Math.max(...prompts.map((prompt) => this.tokenizer.encode(prompt).length));
    this.info = {
      engine: "bandit",
      architecture: "tabular",
      parameters: size,
      vocabSize: this.#V,
      contextLength: longest + positions,
      threads: 1,
    };
  }

  async sample(request: SampleRequest, options?: { signal?: AbortSignal }) {
    this.#begin("sampling", options?.signal);
    return request.prompts.map((prompt, p) => {
      const row = this.#row(prompt);
      const name = request.key.prompts?.[p] ?? p;
      return Array.from({ length: request.rollouts }, (_, g) =>
        this.#complete(row, request, (t) =>
          uniform(request.key.seed, request.key.purpose, request.key.step, name, g, t),
        ),
      );
    });
  }

  async score(
    sequences: readonly Sequence[],
    options?: { policy?: SnapshotId; signal?: AbortSignal; temperature?: number },
  ) {
    this.#begin("scoring", options?.signal);
    const weights =
      options?.policy === undefined ? this.#weights : this.#snapshots.get(options.policy);
    if (!weights)
      throw new EngineError("unknown snapshot", { code: "snapshot", hint: "Take one." });
    return sequences.map((sequence) => this.#stats(sequence, weights, options?.temperature));
  }

  async accumulate(
    sequences: readonly GradientSequence[],
    options?: { signal?: AbortSignal; temperature?: number },
  ) {
    this.#begin("training", options?.signal);
    const temperature = options?.temperature ?? 1;
    return sequences.map((sequence) => {
      const row = this.#row(sequence.prompt);
      for (const [t, token] of sequence.completion_T.entries()) {
        const { logprobs_V, entropy } = this.#at(row, t, this.#weights, temperature);
        const c = sequence.coefficients_T[t] ?? 0;
        const e = sequence.entropyCoefficients_T?.[t] ?? 0;
        const s = sequence.selfCertaintyCoefficients_T?.[t] ?? 0;
        for (const [j, logprob] of logprobs_V.entries()) {
          const p = Math.exp(logprob);
          const slope =
            c * (Number(j === token) - p) - e * p * (logprob + entropy) + s * (p - 1 / this.#V);
          for (const offset of [this.#offset(0, t), this.#offset(row, t)]) {
            // ∂(z/T)/∂z = 1/T
            this.#gradient[offset + j] = (this.#gradient[offset + j] ?? NaN) + slope / temperature;
          }
        }
      }
      return this.#stats(sequence, this.#weights, temperature);
    });
  }

  async optimStep(step: OptimStep) {
    this.#begin("training");
    const gradNorm = Math.sqrt(this.#gradient.reduce((sum, g) => sum + g * g, 0));
    const scale =
      step.maxGradNorm !== undefined && gradNorm > step.maxGradNorm
        ? step.maxGradNorm / gradNorm
        : 1;
    this.#steps++;
    const { beta1, beta2, epsilon, learningRate, weightDecay } = step;
    const correct1 = 1 - beta1 ** this.#steps;
    const correct2 = 1 - beta2 ** this.#steps;
    const weights = this.#weights;
    for (const [i, gradient] of this.#gradient.entries()) {
      const g = gradient * scale;
      const m = (this.#m[i] = beta1 * (this.#m[i] ?? NaN) + (1 - beta1) * g);
      const v = (this.#v[i] = beta2 * (this.#v[i] ?? NaN) + (1 - beta2) * g * g);
      const direction = m / correct1 / (Math.sqrt(v / correct2) + epsilon);
      const weight = weights[i] ?? NaN;
      weights[i] = weight + learningRate * (direction - weightDecay * weight);
    }
    this.#known.clear();
    this.#gradient.fill(0);
    return { gradNorm };
  }

  async snapshot() {
    this.#begin("a snapshot");
    // The brand of SnapshotId exists in types only.
    const id = `bandit-${++this.#snapshotCount}` as SnapshotId;
    this.#snapshots.set(id, this.#weights.slice());
    return id;
  }

  async release(snapshot: SnapshotId) {
    this.#snapshots.delete(snapshot);
  }

  /** snapshots that nobody released yet */
  get held(): number {
    return this.#snapshots.size;
  }

  async save(directory: string, options?: { optimizer?: boolean }) {
    this.#begin("saving");
    await mkdir(directory, { recursive: true });
    const optimizer = { m: [...this.#m], v: [...this.#v], steps: this.#steps };
    const state = { weights: [...this.#weights], ...(options?.optimizer ? { optimizer } : {}) };
    await writeFile(join(directory, FILE), JSON.stringify(state));
  }

  async load(directory: string, options?: { optimizer?: boolean }) {
    this.#begin("loading");
    const text = await readFile(join(directory, FILE), "utf8");
    const { weights, optimizer } = stateSchema.parse(JSON.parse(text));
    this.#weights = Float64Array.from(weights);
    this.#known.clear();
    this.#gradient.fill(0);
    if (options?.optimizer && !optimizer) {
      throw new InputError("no optimiser", { code: "no-optimizer", hint: "Save it." });
    }
    const { m, v, steps } = (options?.optimizer ? optimizer : undefined) ?? {
      m: weights.map(() => 0),
      v: weights.map(() => 0),
      steps: 0,
    };
    this.#m = Float64Array.from(m);
    this.#v = Float64Array.from(v);
    this.#steps = steps;
  }

  async close() {
    this.#closed = true;
  }

  #begin(what: string, signal?: AbortSignal) {
    throwIfCancelled(signal, what);
    if (this.#closed)
      throw new EngineError("the engine is closed", { code: "closed", hint: "Open it." });
  }

  #row(prompt: readonly number[]): number {
    const row = this.#rows.get(prompt.join(" "));
    if (row !== undefined) return row;
    const hint = "Name every prompt when the engine is made.";
    throw new InputError(`unknown prompt ${prompt.join(" ")}`, { code: "unknown-prompt", hint });
  }

  #offset(row: number, t: number): number {
    return (row * this.#positions + t) * this.#V;
  }

  #at(row: number, t: number, weights: Float64Array, temperature: number): Distribution {
    if (weights !== this.#weights || temperature !== 1) {
      return this.#distribution(row, t, weights, temperature);
    }
    const place = this.#offset(row, t);
    const known = this.#known.get(place) ?? this.#distribution(row, t, weights, 1);
    this.#known.set(place, known);
    return known;
  }

  #distribution(row: number, t: number, weights: Float64Array, temperature: number): Distribution {
    const shared = this.#offset(0, t);
    const own = this.#offset(row, t);
    const logits_V = new Float64Array(this.#V).map(
      (_, j) => ((weights[shared + j] ?? NaN) + (weights[own + j] ?? NaN)) / temperature,
    );
    const peak = Math.max(...logits_V);
    const total = logits_V.reduce((sum, logit) => sum + Math.exp(logit - peak), 0);
    const logsumexp = peak + Math.log(total);
    const logprobs_V = logits_V.map((logit) => logit - logsumexp);
    const entropy = -logprobs_V.reduce((sum, logprob) => sum + Math.exp(logprob) * logprob, 0);
    const mean = logits_V.reduce((sum, logit) => sum + logit, 0) / this.#V;
    const selfCertainty = logsumexp - mean - Math.log(this.#V);
    return { logits_V, logprobs_V, entropy, selfCertainty };
  }

  #stats({ prompt, completion_T }: Sequence, weights: Float64Array, temperature = 1): TokenStats {
    const row = this.#row(prompt);
    const at_T = completion_T.map((token, t) => ({
      token,
      ...this.#at(row, t, weights, temperature),
    }));
    return {
      logprobs_T: Float32Array.from(at_T, ({ token, logprobs_V }) => logprobs_V[token] ?? NaN),
      selfCertainty_T: Float32Array.from(at_T, ({ selfCertainty }) => selfCertainty),
      entropy_T: Float32Array.from(at_T, ({ entropy }) => entropy),
    };
  }

  #complete(row: number, request: SampleRequest, random: (t: number) => number): Completion {
    const { params } = request;
    const limit = Math.min(params.maxTokens, this.#positions);
    const tokens_T: number[] = [];
    const stats: { logprob: number; entropy: number; selfCertainty: number }[] = [];
    let finish: Completion["finish"] = "length";
    let text = "";
    while (tokens_T.length < limit && finish === "length") {
      const t = tokens_T.length;
      const { logits_V, logprobs_V, entropy, selfCertainty } = this.#at(row, t, this.#weights, 1);
      const token = draw(logits_V, params, random(t));
      tokens_T.push(token);
      stats.push({ logprob: logprobs_V[token] ?? NaN, entropy, selfCertainty });
      text = this.tokenizer.decode(tokens_T);
      const cut = (params.stop ?? [])
        .map((stop) => ({ at: text.indexOf(stop), kept: params.keepStop ? stop.length : 0 }))
        .filter(({ at }) => at >= 0)
        .sort((a, b) => a.at - b.at);
      if (cut[0]) text = text.slice(0, cut[0].at + cut[0].kept);
      if (token === END || cut.length > 0) finish = "stop";
    }
    return {
      tokens_T,
      text,
      finish,
      logprobs_T: Float32Array.from(stats, ({ logprob }) => logprob),
      selfCertainty_T: Float32Array.from(stats, ({ selfCertainty }) => selfCertainty),
      entropy_T: Float32Array.from(stats, ({ entropy }) => entropy),
    };
  }
}

/** One token: greedy at temperature 0, else by inverse distribution over the tokens that top-k and top-p keep. */
function draw(logits_V: Float64Array, params: SamplingParams, u: number): number {
  const ranked = [...logits_V.entries()].sort(([, a], [, b]) => b - a);
  const best = ranked[0];
  if (!best) throw new RangeError("empty vocabulary");
  if (params.temperature === 0) return best[0];
  const masses = ranked
    .slice(0, params.topK ?? ranked.length)
    .map(([token, logit]) => ({ token, mass: Math.exp((logit - best[1]) / params.temperature) }));
  const total = masses.reduce((sum, { mass }) => sum + mass, 0);
  let before = 0;
  const kept = masses.filter(({ mass }) => {
    const keep = before < (params.topP ?? 1) * total;
    before += mass;
    return keep;
  });
  let left = u * kept.reduce((sum, { mass }) => sum + mass, 0);
  for (const { token, mass } of kept) {
    if (left < mass) return token;
    left -= mass;
  }
  return (kept.at(-1) ?? { token: best[0] }).token;
}

/** One id a word, split at spaces. */
function wordTokenizer(vocabulary: readonly string[]): Tokenizer {
  const words = ["", ...vocabulary];
  return {
    size: words.length,
    bos: undefined,
    eos: [END],
    encode: (text) =>
      text.split(" ").map((word) => {
        const id = words.indexOf(word);
        if (id > END) return id;
        throw new InputError(`unknown word "${word}"`, {
          code: "unknown-word",
          hint: `Use ${vocabulary.join(", ")}.`,
        });
      }),
    decode: (ids) =>
      ids
        .filter((id) => id !== END)
        .map((id) => words[id] ?? "")
        .join(" "),
  };
}
