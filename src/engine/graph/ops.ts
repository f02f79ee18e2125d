/**
 * The closed set of operations: what attributes each has and what shape it gives.
 * Adding one: its attributes here, its shape rule here, its VJP in `vjp.ts`, its ONNX form in `emit.ts`;
 * the compiler lists the places that are still missing.
 */
import {
  axisOf,
  broadcast,
  dimOf,
  sameShape,
  ShapeError,
  showShape,
  type Dim,
  type Shape,
} from "./shape.ts";

export type DType = "float32" | "int64" | "int32";

/** Attributes of each operation. */
export interface OpAttrs {
  /** a tensor that each run brings */
  input: { readonly name: string; readonly dtype: DType; readonly shape: Shape };
  /** a small tensor inside the graph */
  constant: {
    readonly dtype: DType;
    readonly shape: readonly number[];
    readonly values: readonly number[];
  };
  // elementwise, broadcasting
  add: object;
  sub: object;
  mul: object;
  div: object;
  // elementwise
  neg: object;
  exp: object;
  log: object;
  sqrt: object;
  sigmoid: object;
  silu: object; // x·σ(x)
  // linear algebra
  /** a[…, m, k] @ b[…, k, n] */
  matmul: object;
  /** x[…, in] @ W[out, in]ᵀ */
  linear: object;
  /** the same product as (W @ xᵀ)ᵀ: W needs no packing, which is what few rows pay for; not differentiable */
  linearFew: object;
  /** a[m, k] @ b[k, n] + c[m, n]; c may share its memory with the result; not differentiable */
  matmulAdd: object;
  // reductions, last axes kept as 1
  sum: { readonly axes: readonly number[]; readonly keep: boolean };
  mean: { readonly axis: number };
  max: { readonly axis: number };
  softmax: object; // over the last axis
  /** inputs z and softmax(z): log Σ exp z over the last axis, kept as 1; the softmax is there to be shared */
  logSumExp: object;
  /** inputs s, softmax(s) and v[…, k, n]: softmax(s) @ v; the softmax is there to be shared */
  softmaxMatmul: object;
  /** inputs x[…, H], gain[H]: x / √(mean x² + ε) · gain; second output 1/√(mean x² + ε) */
  rmsNorm: { readonly epsilon: number };
  // movement
  transpose: { readonly permutation: readonly number[] };
  /** at most one dimension that the input's same axis does not have and that is not a number */
  reshape: { readonly shape: Shape };
  /** first input in the shape of the second */
  reshapeLike: object;
  expandLike: object;
  /** table[R, …], indices[…]: rows of the table */
  gather: object;
  /** x[N, H], indices[M] without repeats: rows of x */
  gatherUnique: object;
  /** rows[M, H], indices[M] without repeats, like[N, H]: zeros with the rows put in */
  scatterUnique: object;
  // attention
  /** x[B, h, T, d], first position [1] or each one [B, T], cos[P, d/2], sin[P, d/2]: rotated halves (Llama's convention) */
  rotary: object;
  /**
   * q[B, T, h·d], k[B, T, kv·d], v[B, T, kv·d], keys[B, kv, S, d], values[B, kv, S, d], last[B], total[1]:
   * causal attention over a static cache, to which the rotated k and v are added at place `last` of each row;
   * `total` is the largest `last` + 1. Outputs: [B, T, h·d], keys, values. Not differentiable.
   */
  cachedAttention: { readonly heads: number; readonly kvHeads: number };
  /** index of the largest element of the last axis, kept as 1; the first of equals */
  argmax: object;
}

export type OpKind = keyof OpAttrs;

/** One operation in a graph. */
export interface Node<K extends OpKind = OpKind> {
  readonly id: number;
  readonly kind: K;
  readonly attrs: OpAttrs[K];
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
}

/** One result of a node. */
export interface Value {
  readonly node: Node;
  /** which output of the node */
  readonly index: number;
  readonly dtype: DType;
  readonly shape: Shape;
}

interface Typed {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** Shapes of the outputs from attributes and inputs. */
type Infer<K extends OpKind> = (attrs: OpAttrs[K], ...inputs: readonly Value[]) => readonly Typed[];

const float = (shape: Shape): Typed[] => [{ dtype: "float32", shape }];
const same = (_: object, x?: Value): Typed[] => float(given(x).shape);
const broadcasting = (_: object, a?: Value, b?: Value): Typed[] =>
  float(broadcast(given(a).shape, given(b).shape));

function given(value: Value | undefined): Value {
  if (value === undefined) throw new ShapeError("an input is missing");
  return value;
}

function expect(ok: boolean, what: string, ...values: readonly (Value | undefined)[]): void {
  if (!ok)
    throw new ShapeError(`${what}: ${values.map((v) => showShape(given(v).shape)).join(" and ")}`);
}

function matmulShape(a: Shape, b: Shape): Dim[] {
  if (a.length < 2 || b.length < 2 || dimOf(a, -1) !== dimOf(b, -2)) {
    throw new ShapeError(`cannot multiply ${showShape(a)} by ${showShape(b)}`);
  }
  return [...broadcast(a.slice(0, -2), b.slice(0, -2)), dimOf(a, -2), dimOf(b, -1)];
}

function linearShape(_: object, x?: Value, weight?: Value): Typed[] {
  const [out, width] = given(weight).shape;
  expect(dimOf(given(x).shape, -1) === width && out !== undefined, "linear", x, weight);
  return float([...given(x).shape.slice(0, -1), out ?? 0]);
}

function reduceShape(shape: Shape, axes: readonly number[], keep: boolean): Dim[] {
  const gone = new Set(axes.map((axis) => axisOf(axis, shape.length)));
  return shape.flatMap((dim, axis) => (gone.has(axis) ? (keep ? [1] : []) : [dim]));
}

export const infer: { readonly [K in OpKind]: Infer<K> } = {
  input: ({ dtype, shape }) => [{ dtype, shape }],
  constant: ({ dtype, shape }) => [{ dtype, shape }],
  add: broadcasting,
  sub: broadcasting,
  mul: broadcasting,
  div: broadcasting,
  neg: same,
  exp: same,
  log: same,
  sqrt: same,
  sigmoid: same,
  silu: same,
  matmul: (_, a, b) => float(matmulShape(given(a).shape, given(b).shape)),
  linear: linearShape,
  linearFew: linearShape,
  matmulAdd: (_, a, b, c) => {
    const shape = matmulShape(given(a).shape, given(b).shape);
    expect(sameShape(shape, given(c).shape), "matmulAdd", a, b, c);
    return float(shape);
  },
  sum: ({ axes, keep }, x) => float(reduceShape(given(x).shape, axes, keep)),
  mean: ({ axis }, x) => float(reduceShape(given(x).shape, [axis], true)),
  max: ({ axis }, x) => float(reduceShape(given(x).shape, [axis], true)),
  softmax: same,
  logSumExp: (_, z, p) => {
    expect(sameShape(given(z).shape, given(p).shape), "logSumExp", z, p);
    return float(reduceShape(given(z).shape, [-1], true));
  },
  softmaxMatmul: (_, s, p, v) => {
    expect(sameShape(given(s).shape, given(p).shape), "softmaxMatmul", s, p);
    return float(matmulShape(given(p).shape, given(v).shape));
  },
  rmsNorm: (_, x, gain) => {
    expect(dimOf(given(x).shape, -1) === dimOf(given(gain).shape, 0), "rmsNorm", x, gain);
    return [...float(given(x).shape), ...float(reduceShape(given(x).shape, [-1], true))];
  },
  transpose: ({ permutation }, x) => float(permutation.map((axis) => dimOf(given(x).shape, axis))),
  reshape: ({ shape }) => float(shape),
  reshapeLike: (_, _x, like) => float(given(like).shape),
  expandLike: (_, x, like) => {
    expect(
      sameShape(broadcast(given(x).shape, given(like).shape), given(like).shape),
      "expand",
      x,
      like,
    );
    return float(given(like).shape);
  },
  gather: (_, table, indices) => float([...given(indices).shape, ...given(table).shape.slice(1)]),
  gatherUnique: (_, x, indices) =>
    float([dimOf(given(indices).shape, 0), dimOf(given(x).shape, 1)]),
  scatterUnique: (_, _rows, _indices, like) => float(given(like).shape),
  rotary: same,
  cachedAttention: (_, q, _k, _v, keys, values) => [
    ...float(given(q).shape),
    ...float(given(keys).shape),
    ...float(given(values).shape),
  ],
  argmax: (_, x) => [{ dtype: "int64", shape: reduceShape(given(x).shape, [-1], true) }],
};
