/** The graphs that the engine runs, all made from the one decoder: train, score, prefill, decode. */
import { emit, gradients, Graph, ops, outputOf, type Ops, type Value } from "../graph/index.ts";
import type { ModelConfig } from "./config.ts";
import { allTensors, type Definition, trainableTensors } from "./lora.ts";
import {
  decoder,
  headWeight,
  sequenceAttention,
  type KeysValues,
  type Weights,
} from "./transformer.ts";

/** Names of the tensors that the runs bring and take. */
export const names = {
  gradient: (parameter: string) => `grad ${parameter}`,
  accumulated: (parameter: string) => `sum ${parameter}`,
  keys: (layer: number) => `keys ${layer}`,
  values: (layer: number) => `values ${layer}`,
  newKeys: (layer: number) => `new keys ${layer}`,
  newValues: (layer: number) => `new values ${layer}`,
} as const;

interface Builder {
  readonly graph: Graph;
  readonly o: Ops;
  readonly definition: Definition;
  readonly config: ModelConfig;
  readonly weights: Weights;
}

function builder(definition: Definition): Builder {
  const graph = new Graph();
  const inputs = new Map(
    allTensors(definition).map(({ name, shape }) => [name, graph.input(name, "float32", shape)]),
  );
  const weights: Weights = (name) => {
    const value = inputs.get(name);
    if (!value) throw new RangeError(`the model has no parameter ${name}`);
    return value;
  };
  return { graph, o: ops(graph), definition, config: definition.config, weights };
}

const rotaryInputs = ({ graph, config }: Builder) => ({
  cos: graph.input("cos", "float32", ["positions", config.headDim / 2]),
  sin: graph.input("sin", "float32", ["positions", config.headDim / 2]),
});

/** tokens[B, T] → hidden states [B, T, H] before the final norm. */
function wholeSequences(b: Builder, seen?: (layer: number, kv: KeysValues) => void): Value {
  const { graph, o, definition, config, weights } = b;
  const inputs = {
    mask: graph.input("mask", "float32", ["gT", "T"]),
    position: graph.input("position", "int64", [1]),
    ...rotaryInputs(b),
  };
  const attend = sequenceAttention(o, config, inputs, seen);
  const tokens = graph.input("tokens", "int64", ["B", "T"]);
  const x = o.gather(weights("model.embed_tokens.weight"), tokens);
  return decoder(o, definition, weights, { linear: o.linear, attend }, x);
}

/** 1/T, which turns logits z into z/T. */
const inverseTemperature = ({ graph }: Builder) =>
  graph.input("inverse temperature", "float32", [1]);

/**
 * Hidden states at chosen places [M] of all tokens, through the final norm: [M, H]. They are divided by the temperature
 * in place of the logits, which are linear in them and longer.
 */
function chosenRows(b: Builder, hidden: Value): Value {
  const { graph, o, config, weights } = b;
  const rows = o.gatherUnique(o.rows(hidden), graph.input("rows", "int64", ["M"]));
  const h = o.rmsNorm(rows, weights("model.norm.weight"), config.normEps);
  return o.mul(h, inverseTemperature(b));
}

interface Statistics {
  readonly logprob: Value;
  readonly selfCertainty: Value;
  readonly entropy: Value;
}

/** KL(U‖π) and entropy of each row of logits z = h·Eᵀ, each [M, 1]; mean z = h·mean(E) needs no pass over z. */
function distribution({ o, config }: Builder, h: Value, head: Value, z: Value) {
  const lse = o.logSumExp(z);
  const meanRow = o.mul(o.sum(head, [0]), 1 / config.vocab);
  const meanLogit = o.sum(o.mul(h, meanRow), [-1]);
  return {
    lse,
    selfCertainty: o.sub(o.sub(lse, meanLogit), Math.log(config.vocab)),
    entropy: o.sub(lse, o.sum(o.mul(o.softmax(z), z), [-1])),
  };
}

/** Statistics of the targets[M], each [M, 1]. log π = h·E[y] − lse, so that only lse reads the logits. */
function statistics(b: Builder, h: Value): Statistics {
  const { graph, o, config, weights } = b;
  const head = headWeight(config, weights);
  const { lse, selfCertainty, entropy } = distribution(b, h, head, o.linear(h, head));
  const target = o.gather(head, graph.input("targets", "int64", ["M"]));
  const logprob = o.sub(o.sum(o.mul(h, target), [-1]), lse);
  return { logprob, selfCertainty, entropy };
}

/** tokens → log-probability, self-certainty and entropy of each target. */
export function scoreGraph(definition: Definition): Uint8Array {
  const b = builder(definition);
  return emit(b.graph, { ...statistics(b, chosenRows(b, wholeSequences(b))) });
}

export interface TrainGraph {
  readonly model: Uint8Array;
  /** trained tensors with a dense gradient, which the graph adds to what was accumulated */
  readonly dense: readonly string[];
  /** gradients of single rows, which the caller adds: output name, table, and the input with the row numbers */
  readonly rows: readonly {
    readonly output: string;
    readonly table: string;
    readonly indices: string;
  }[];
}

/**
 * The score graph and the gradient of Σ_t c_t·log π + e_t·entropy + s_t·self-certainty. The coefficients are inputs
 * [M, 1]; without `bonuses` only c_t exists.
 */
export function trainGraph(definition: Definition, bonuses: boolean): TrainGraph {
  const b = builder(definition);
  const { graph, o, weights } = b;
  const stats = statistics(b, chosenRows(b, wholeSequences(b)));
  const seed = (name: string) => graph.input(name, "float32", ["M", 1]);
  const seeds: [Value, Value][] = [[stats.logprob, seed("coefficients")]];
  if (bonuses) {
    seeds.push([stats.entropy, seed("entropy coefficients")]);
    seeds.push([stats.selfCertainty, seed("self-certainty coefficients")]);
  }
  const trained = trainableTensors(definition);
  const found = gradients(
    graph,
    seeds,
    trained.map(({ name }) => weights(name)),
  );

  const outputs: Record<string, Value> = { ...stats };
  const dense: string[] = [];
  const rows: { output: string; table: string; indices: string }[] = [];
  for (const [index, { name, shape }] of trained.entries()) {
    const gradient = found[index];
    if (gradient?.dense) {
      const sum = graph.input(names.accumulated(name), "float32", shape);
      outputs[names.gradient(name)] = o.accumulate(sum, gradient.dense);
      dense.push(name);
    }
    for (const { indices, values } of gradient?.rows ?? []) {
      const output = `rows ${rows.length}`;
      const source = indices.node.attrs;
      if (!("name" in source)) throw new RangeError("row numbers must be a graph input");
      outputs[output] = values;
      rows.push({ output, table: name, indices: source.name });
    }
  }
  return { model: emit(graph, outputs), dense, rows };
}

/** How the next token will be chosen. */
export type Choice = "greedy" | "sample";

/** Outputs that the sampler reads: logits, the distribution or its mode, and statistics at temperature 1. */
function nextToken(b: Builder, hidden: Value, choice: Choice): Record<string, Value> {
  const { o, config, weights } = b;
  const head = headWeight(config, weights);
  const h = o.rmsNorm(hidden, weights("model.norm.weight"), config.normEps);
  const logits = o.linearFew(h, head);
  const { lse, selfCertainty, entropy } = distribution(b, h, head, logits);
  const common = { logits, lse, selfCertainty, entropy };
  if (choice === "greedy") return { ...common, choice: o.argmax(logits) };
  return { ...common, probabilities: o.softmax(o.mul(logits, inverseTemperature(b))) };
}

/** tokens[B, T] → statistics of the token after each of rows[M], and every layer's keys and values. */
export function prefillGraph(definition: Definition, choice: Choice): Uint8Array {
  const b = builder(definition);
  const cache: Record<string, Value> = {};
  const hidden = wholeSequences(b, (layer, { keys, values }) => {
    cache[names.newKeys(layer)] = keys;
    cache[names.newValues(layer)] = values;
  });
  const rows = b.o.gatherUnique(b.o.rows(hidden), b.graph.input("rows", "int64", ["M"]));
  return emit(b.graph, { ...nextToken(b, rows, choice), ...cache });
}

/** tokens[B], one a row, at the end of each row's cache → statistics of the token after it. */
export function decodeGraph(definition: Definition, choice: Choice): Uint8Array {
  const b = builder(definition);
  const { graph, o, weights } = b;
  const { heads, kvHeads, headDim } = definition.config;
  const last = graph.input("last", "int32", ["B"]);
  const total = graph.input("total", "int32", [1]);
  const position = graph.input("position", "int64", ["B", 1]);
  const { cos, sin } = rotaryInputs(b);
  const cache: Record<string, Value> = {};
  const attend = (layer: number, q: Value, k: Value, v: Value): Value => {
    const shape = ["B", kvHeads, "S", headDim];
    const keys = graph.input(names.keys(layer), "float32", shape);
    const values = graph.input(names.values(layer), "float32", shape);
    const flat = (x: Value, count: number) => o.reshape(x, ["B", 1, count * headDim]);
    // Of a single token, [B, count·d] and [B, count, 1, d] are the same memory: no transpose.
    const rotate = (x: Value, count: number) =>
      flat(o.rotary(o.reshape(x, ["B", count, 1, headDim]), position, cos, sin), count);
    const mixed = graph.apply(
      "cachedAttention",
      { heads, kvHeads },
      rotate(q, heads),
      rotate(k, kvHeads),
      flat(v, kvHeads),
      keys,
      values,
      last,
      total,
    );
    cache[names.newKeys(layer)] = outputOf(mixed.node, 1);
    cache[names.newValues(layer)] = outputOf(mixed.node, 2);
    return o.reshape(mixed, ["B", heads * headDim]);
  };
  const x = o.gather(weights("model.embed_tokens.weight"), graph.input("tokens", "int64", ["B"]));
  const hidden = decoder(o, definition, weights, { linear: o.linearFew, attend }, x);
  return emit(graph, { ...nextToken(b, hidden, choice), ...cache });
}
