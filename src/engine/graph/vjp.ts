/**
 * Reverse-mode rules, one an operation, in a table that the compiler completes.
 * A rule gets the node and the gradient of its first output, and gives the gradient of each input, or null where
 * there is none. Gradients are ordinary nodes.
 */
import { EngineError } from "../../errors.ts";
import { outputOf, type Ops } from "./graph.ts";
import type { Node, OpKind, Value } from "./ops.ts";

/** The gradient of a table of which only some rows were read: `values[…, H]` to be added at `indices[…]`. */
export interface RowGradient {
  readonly indices: Value;
  readonly values: Value;
}

export type Gradient = Value | RowGradient | null;

/** node, gradient dy of its first output, operations, and the node's inputs a, b, c, d */
export interface VjpContext<K extends OpKind> {
  readonly node: Node<K>;
  readonly y: Value;
  readonly dy: Value;
  readonly o: Ops;
  readonly a: Value;
  readonly b: Value;
  readonly c: Value;
  readonly d: Value;
}

type Vjp<K extends OpKind> = (context: VjpContext<K>) => readonly Gradient[];

const leaf: Vjp<OpKind> = () => [];
const notDifferentiable: Vjp<OpKind> = ({ node }) => {
  throw new EngineError(`${node.kind} has no gradient`, {
    code: "not-differentiable",
    hint: "Use it only in graphs that sample or score.",
  });
};

export const vjps: { readonly [K in OpKind]: Vjp<K> } = {
  input: leaf,
  constant: leaf,
  add: ({ dy, o, a, b }) => [o.sumTo(dy, a), o.sumTo(dy, b)],
  sub: ({ dy, o, a, b }) => [o.sumTo(dy, a), o.sumTo(o.neg(dy), b)],
  mul: ({ dy, o, a, b }) => [o.sumTo(o.mul(dy, b), a), o.sumTo(o.mul(dy, a), b)],
  // d(a/b) = da/b − (a/b)·db/b
  div: ({ y, dy, o, a, b }) => [
    o.sumTo(o.div(dy, b), a),
    o.sumTo(o.neg(o.div(o.mul(dy, y), b)), b),
  ],
  neg: ({ dy, o }) => [o.neg(dy)],
  exp: ({ y, dy, o }) => [o.mul(dy, y)],
  log: ({ dy, o, a }) => [o.div(dy, a)],
  sqrt: ({ y, dy, o }) => [o.div(dy, o.mul(y, 2))],
  // σ′ = σ(1 − σ) = σ − σ²
  sigmoid: ({ y, dy, o }) => [o.mul(dy, o.sub(y, o.mul(y, y)))],
  // (xσ)′ = σ + xσ(1 − σ) = σ + y − yσ
  silu: ({ y, dy, o, a }) => {
    const s = o.sigmoid(a);
    return [o.mul(dy, o.sub(o.add(s, y), o.mul(y, s)))];
  },
  matmul: ({ dy, o, a, b }) => [
    o.sumTo(o.matmul(dy, o.swap(b)), a),
    b.shape.length === 2 && a.shape.length > 2
      ? o.matmul(o.swap(o.rows(a)), o.rows(dy))
      : o.sumTo(o.matmul(o.swap(a), dy), b),
  ],
  // y = xWᵀ: dx = dy·W, dW = dyᵀ·x
  linear: ({ dy, o, a, b }) => [o.matmul(dy, b), o.matmul(o.swap(o.rows(dy)), o.rows(a))],
  linearFew: notDifferentiable,
  matmulAdd: notDifferentiable,
  sum: ({ node, dy, o, a }) => {
    const kept = node.attrs.keep ? dy : o.reshapeLike(dy, o.sum(a, node.attrs.axes, true));
    return [o.expandLike(kept, a)];
  },
  mean: ({ node, dy, o, a }) => {
    const size = a.shape[node.attrs.axis < 0 ? node.attrs.axis + a.shape.length : node.attrs.axis];
    if (typeof size !== "number")
      return notDifferentiable({ node, y: a, dy, o, a, b: a, c: a, d: a });
    return [o.expandLike(o.mul(dy, 1 / size), a)];
  },
  max: notDifferentiable,
  // dx = y ∘ (dy − Σ dy ∘ y)
  softmax: ({ y, dy, o }) => [o.mul(y, o.sub(dy, o.sum(o.mul(dy, y), [-1])))],
  // ∂ log Σ exp z / ∂z = softmax(z), which is the second input; its own path is part of that formula
  logSumExp: ({ dy, o, b: p }) => [o.mul(dy, p), null],
  // y = Pv: ds = P ∘ (dP − Σ dP ∘ P) with dP = dy·vᵀ, and Σ dP ∘ P = Σ dy ∘ y is a sum over the short axis
  // (FlashAttention, arXiv 2205.14135, App. B.2)
  softmaxMatmul: ({ y, dy, o, b: p, c: v }) => [
    o.mul(p, o.sub(o.matmul(dy, o.swap(v)), o.sum(o.mul(dy, y), [-1]))),
    null,
    o.sumTo(o.matmul(o.swap(p), dy), v),
  ],
  // y = x·r·g with r = 1/√(mean x² + ε): with u = dy ∘ g, dx = r·(u − x·r²·mean(u ∘ x)), dg = Σ dy ∘ x·r
  rmsNorm: ({ node, dy, o, a: x, b: gain }) => {
    const r = outputOf(node, 1);
    const u = o.mul(dy, gain);
    const scale = o.mul(o.mul(o.mul(r, r), r), o.mean(o.mul(u, x), -1));
    return [o.sub(o.mul(u, r), o.mul(x, scale)), o.sumTo(o.mul(dy, o.mul(x, r)), gain)];
  },
  transpose: ({ node, dy, o }) => {
    const { permutation } = node.attrs;
    return [
      o.transpose(
        dy,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
    ];
  },
  reshape: ({ dy, o, a }) => [o.reshapeLike(dy, a)],
  reshapeLike: ({ dy, o, a }) => [o.reshapeLike(dy, a), null],
  expandLike: ({ dy, o, a }) => [o.sumTo(dy, a), null],
  gather: ({ dy, b: indices }) => [{ indices, values: dy }, null],
  gatherUnique: ({ dy, o, a, b: indices }) => [o.scatterUnique(dy, indices, a), null],
  scatterUnique: ({ dy, o, b: indices }) => [o.gatherUnique(dy, indices), null, null],
  // A rotation's transpose is the rotation by the opposite angle.
  rotary: ({ dy, o, b: position, c: cos, d: sin }) => [
    o.rotary(dy, position, cos, o.neg(sin)),
    null,
    null,
    null,
  ],
  cachedAttention: notDifferentiable,
  argmax: notDifferentiable,
};
