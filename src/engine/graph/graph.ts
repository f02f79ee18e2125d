/**
 * The graph builder. Values are immutable; equal nodes are made once (hash-consing), so work that forward and
 * backward share is done once without anybody saying so.
 */
import { infer, type DType, type Node, type OpAttrs, type OpKind, type Value } from "./ops.ts";
import { broadcastAxes, dimOf, sameShape, ShapeError, type Shape } from "./shape.ts";

/** Holds the nodes of one graph in the order in which they were made, which is a topological order. */
export class Graph {
  readonly nodes: Node[] = [];
  readonly #known = new Map<string, Node>();

  /** A tensor that each run brings. */
  input(name: string, dtype: DType, shape: Shape): Value {
    return this.apply("input", { name, dtype, shape });
  }

  /** A number as a scalar tensor. */
  scalar(value: number): Value {
    return this.apply("constant", { dtype: "float32", shape: [], values: [value] });
  }

  /** Adds a node, or finds the equal one, and gives its first output. */
  apply<K extends OpKind>(kind: K, attrs: OpAttrs[K], ...inputs: readonly Value[]): Value {
    const key = JSON.stringify([kind, attrs, inputs.map((v) => [v.node.id, v.index])]);
    const node = this.#known.get(key) ?? this.#make(key, kind, attrs, inputs);
    return outputOf(node, 0);
  }

  #make<K extends OpKind>(key: string, kind: K, attrs: OpAttrs[K], inputs: readonly Value[]): Node {
    const outputs: Value[] = [];
    const node: Node = { id: this.nodes.length, kind, attrs, inputs, outputs };
    for (const [index, type] of infer[kind](attrs, ...inputs).entries()) {
      outputs.push({ node, index, ...type });
    }
    this.nodes.push(node);
    this.#known.set(key, node);
    return node;
  }
}

/** One of a node's outputs. */
export function outputOf(node: Node, index: number): Value {
  const value = node.outputs[index];
  if (value === undefined) throw new ShapeError(`${node.kind} has no output ${index}`);
  return value;
}

/** True if the node is of this kind; narrows its attributes. */
export function isKind<K extends OpKind>(node: Node, kind: K): node is Node<K> {
  return node.kind === kind;
}

/** The operations as functions on values of one graph: `ops(graph).add(a, b)`. */
export function ops(graph: Graph) {
  const binary = (kind: "add" | "sub" | "mul" | "div") => (a: Value, b: Value | number) =>
    graph.apply(kind, {}, a, typeof b === "number" ? graph.scalar(b) : b);
  const unary =
    (kind: "neg" | "exp" | "log" | "sqrt" | "sigmoid" | "silu" | "softmax" | "argmax") =>
    (x: Value) =>
      graph.apply(kind, {}, x);

  const o = {
    add: binary("add"),
    sub: binary("sub"),
    mul: binary("mul"),
    div: binary("div"),
    neg: unary("neg"),
    exp: unary("exp"),
    log: unary("log"),
    sqrt: unary("sqrt"),
    sigmoid: unary("sigmoid"),
    silu: unary("silu"),
    softmax: unary("softmax"),
    argmax: unary("argmax"),
    matmul: (a: Value, b: Value) => graph.apply("matmul", {}, a, b),
    linear: (x: Value, weight: Value) => graph.apply("linear", {}, x, weight),
    linearFew: (x: Value, weight: Value) => graph.apply("linearFew", {}, x, weight),
    sum: (x: Value, axes: readonly number[], keep = true) => graph.apply("sum", { axes, keep }, x),
    mean: (x: Value, axis: number) => graph.apply("mean", { axis }, x),
    max: (x: Value, axis: number) => graph.apply("max", { axis }, x),
    logSumExp: (z: Value) => graph.apply("logSumExp", {}, z, o.softmax(z)),
    softmaxMatmul: (scores: Value, v: Value) =>
      graph.apply("softmaxMatmul", {}, scores, o.softmax(scores), v),
    rmsNorm: (x: Value, gain: Value, epsilon: number) =>
      graph.apply("rmsNorm", { epsilon }, x, gain),
    transpose: (x: Value, permutation: readonly number[]) =>
      graph.apply("transpose", { permutation }, x),
    /** swaps the last two axes */
    swap: (x: Value) => {
      const axes = x.shape.map((_, axis) => axis);
      return o.transpose(x, [...axes.slice(0, -2), x.shape.length - 1, x.shape.length - 2]);
    },
    reshape: (x: Value, shape: Shape) => graph.apply("reshape", { shape }, x),
    reshapeLike: (x: Value, like: Value) =>
      sameShape(x.shape, like.shape) ? x : graph.apply("reshapeLike", {}, x, like),
    expandLike: (x: Value, like: Value) =>
      sameShape(x.shape, like.shape) ? x : graph.apply("expandLike", {}, x, like),
    /** all but the last axis as one */
    rows: (x: Value) => (x.shape.length === 2 ? x : o.reshape(x, ["N", dimOf(x.shape, -1)])),
    gather: (table: Value, indices: Value) => graph.apply("gather", {}, table, indices),
    gatherUnique: (x: Value, indices: Value) => graph.apply("gatherUnique", {}, x, indices),
    scatterUnique: (rows: Value, indices: Value, like: Value) =>
      graph.apply("scatterUnique", {}, rows, indices, like),
    rotary: (x: Value, position: Value, cos: Value, sin: Value) =>
      graph.apply("rotary", {}, x, position, cos, sin),
    /** sums what broadcasting had repeated, so that the result has the shape of `like` */
    sumTo: (x: Value, like: Value) => {
      const axes = broadcastAxes(x.shape, like.shape);
      return axes.length === 0 ? x : o.reshapeLike(o.sum(x, axes), like);
    },
    /** `into + x`, written so that the result may share the memory of `into` */
    accumulate: (into: Value, x: Value) =>
      isKind(x.node, "matmul") && x.shape.length === 2
        ? graph.apply("matmulAdd", {}, ...x.node.inputs, into)
        : o.add(into, x),
  };
  return o;
}

export type Ops = ReturnType<typeof ops>;
