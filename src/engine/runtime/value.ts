/** ONNX Runtime's values over our tensors, one a tensor, made at its first use and freed with it. */
import { environment } from "./environment.ts";
import { addressOf, ort, type Pointer, receive } from "./library.ts";
import { ELEMENT_TYPE } from "./signature.ts";
import { describe, type Tensor } from "./tensor.ts";

/** Holds no reference to the tensor: who uses the address keeps the tensor alive. */
export interface Value {
  readonly address: Pointer;
}

const values = new WeakMap<Tensor, Value>();
const collected = new FinalizationRegistry<Pointer>((address) => ort().ReleaseValue(address));

export function valueOf(tensor: Tensor): Value {
  return values.get(tensor) ?? create(tensor);
}

function create(tensor: Tensor): Value {
  const { dtype, shape, data } = tensor;
  const sizes = BigInt64Array.from(shape, BigInt);
  const address = receive(`wrapping tensor ${describe(dtype, shape)}`, (out) =>
    ort().CreateTensorWithDataAsOrtValue(
      environment().memoryInfo,
      addressOf(data),
      data.byteLength,
      sizes,
      sizes.length,
      ELEMENT_TYPE[dtype],
      out,
    ),
  );
  const value = { address };
  values.set(tensor, value);
  collected.register(tensor, address);
  return value;
}
