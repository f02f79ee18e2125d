/** Tensors: a shape over shared memory that never moves, which ONNX Runtime reads and writes in place. */
import { EngineError } from "../../errors.ts";
import { addressOf } from "./library.ts";

interface DataOf {
  readonly float32: Float32Array;
  readonly int64: BigInt64Array;
  readonly int32: Int32Array;
  /** 0 or 1 */
  readonly bool: Uint8Array;
}

export type DType = keyof DataOf;

export interface TensorOf<D extends DType> {
  readonly dtype: D;
  /** sizes from the slowest to the fastest axis; [] is a scalar */
  readonly shape: readonly number[];
  /** a view into a SharedArrayBuffer, of exactly as many elements as the shape has */
  readonly data: DataOf[D];
}

/** A dense tensor over memory that never moves. `dtype` tells which array `data` is. */
export type Tensor = { [D in DType]: TensorOf<D> }[DType];

type ViewConstructor<D extends DType> = {
  new (buffer: SharedArrayBuffer, byteOffset: number, length: number): DataOf[D];
  readonly BYTES_PER_ELEMENT: number;
};

const VIEWS: { readonly [D in DType]: ViewConstructor<D> } = {
  float32: Float32Array,
  int64: BigInt64Array,
  int32: Int32Array,
  bool: Uint8Array,
};

/** Vector loads are fastest on cache lines, and V8 aligns small buffers to 16 bytes only. */
const ALIGNMENT = 64;

/**
 * Makes a tensor. Without `data`, allocates zeros that start on a 64-byte boundary. With `data`, the tensor is that
 * memory: a view into a larger SharedArrayBuffer (a flat parameter buffer, say) makes a tensor that aliases it.
 * To lay out a flat buffer, allocate one tensor and take `subarray`s at multiples of 64 bytes: all stay aligned.
 *
 * The runtime prepares a tensor once, at its first use, so a loop should keep its tensor objects.
 *
 * @throws EngineError `tensor-shape` if sizes are not non-negative integers or do not multiply to the length of
 *   `data`, `tensor-memory` if `data` is not over a SharedArrayBuffer or memory is exhausted
 */
export function tensor<D extends DType>(
  dtype: D,
  shape: readonly number[],
  data?: DataOf[D],
): TensorOf<D> {
  const length = elements(shape);
  if (data === undefined) {
    return { dtype, shape: Object.freeze([...shape]), data: allocate(VIEWS[dtype], length) };
  }
  if (!(data.buffer instanceof SharedArrayBuffer)) {
    throw new EngineError(`tensor ${describe(dtype, shape)} is not over a SharedArrayBuffer`, {
      code: "tensor-memory",
      hint: "Ordinary ArrayBuffers can be detached under ONNX Runtime: allocate with tensor(dtype, shape).",
    });
  }
  if (data.length !== length) {
    throw new EngineError(
      `tensor ${describe(dtype, shape)} needs ${length} elements, its data has ${data.length}`,
      {
        code: "tensor-shape",
        hint: "Pass a view of exactly the tensor's size, such as a subarray.",
      },
    );
  }
  return { dtype, shape: Object.freeze([...shape]), data };
}

/** `float32[2, 3]`, for messages. */
export function describe(dtype: string, shape: readonly (number | string)[]): string {
  return `${dtype}[${shape.join(", ")}]`;
}

function elements(shape: readonly number[]): number {
  const product = shape.reduce((a, b) => a * b, 1);
  if (shape.every((size) => Number.isSafeInteger(size) && size >= 0)) return product;
  throw new EngineError(`a tensor cannot have the shape [${shape.join(", ")}]`, {
    code: "tensor-shape",
    hint: "Every size must be an integer that is not negative.",
  });
}

function allocate<D extends DType>(View: ViewConstructor<D>, length: number): DataOf[D] {
  const bytes = length * View.BYTES_PER_ELEMENT;
  try {
    const buffer = new SharedArrayBuffer(bytes + ALIGNMENT);
    const misaligned = Number(addressOf(new Uint8Array(buffer)) % BigInt(ALIGNMENT));
    return new View(buffer, (ALIGNMENT - misaligned) % ALIGNMENT, length);
  } catch (cause) {
    throw new EngineError(`could not allocate ${Math.ceil(bytes / 1e6)} MB for a tensor`, {
      code: "tensor-memory",
      hint: "Use a smaller model, smaller micro-batches, or a machine with more memory.",
      cause,
    });
  }
}
