/** ONNX Runtime without pointers: tensors over shared memory, sessions, and runs that copy nothing. */
export { runtimeVersion } from "./library.ts";
export { openRuntime, type Runtime, type RuntimeOptions } from "./runtime.ts";
export { type RunOptions, Session, type SessionOptions } from "./session.ts";
export type { Declaration, Dimension } from "./signature.ts";
export type { Tensors } from "./binding.ts";
export { type DType, tensor, type Tensor, type TensorOf } from "./tensor.ts";
