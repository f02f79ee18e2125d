/** Graph builder, reverse-mode autodiff and emission to ONNX. */
export { Graph, ops, outputOf, type Ops } from "./graph.ts";
export { gradients, type TargetGradient } from "./grad.ts";
export { emit } from "./emit.ts";
export type { DType, OpKind, Value } from "./ops.ts";
export type { RowGradient } from "./vjp.ts";
export { type Dim, type Shape, ShapeError } from "./shape.ts";
