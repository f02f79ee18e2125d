/** Reads what a session's inputs and outputs are called and how they are declared. */
import { EngineError } from "../../errors.ts";
import {
  check,
  type Memory,
  ort,
  type Pointer,
  readString,
  receive,
  type Status,
} from "./library.ts";
import type { DType } from "./tensor.ts";

/** `ONNXTensorElementDataType` */
export const ELEMENT_TYPE: { readonly [D in DType]: number } = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
};

/** A declared size: fixed, or a symbol that has one value in all tensors of a run, or "" for any size. */
export type Dimension = number | string;

export interface Declaration {
  readonly name: string;
  readonly dtype: DType;
  /** absent: the model declares no shape */
  readonly shape: readonly Dimension[] | undefined;
}

interface Access {
  readonly count: (session: Pointer, out: Memory) => Status;
  readonly name: (session: Pointer, index: number, allocator: Pointer, out: Memory) => Status;
  readonly type: (session: Pointer, index: number, out: Memory) => Status;
}

/** Declarations of the session's inputs or outputs, in the model's order. */
export function declarations(session: Pointer, role: "input" | "output"): Declaration[] {
  const api = ort();
  const access: Access =
    role === "input"
      ? {
          count: api.SessionGetInputCount,
          name: api.SessionGetInputName,
          type: api.SessionGetInputTypeInfo,
        }
      : {
          count: api.SessionGetOutputCount,
          name: api.SessionGetOutputName,
          type: api.SessionGetOutputTypeInfo,
        };
  const count = Number(receive("counting tensors", (out) => access.count(session, out)));
  return Array.from({ length: count }, (_, index) => {
    const name = readName(session, index, access);
    const type = receive("reading a type", (out) => access.type(session, index, out));
    try {
      return { name, ...readType(type, name) };
    } finally {
      api.ReleaseTypeInfo(type);
    }
  });
}

function readName(session: Pointer, index: number, access: Access): string {
  const api = ort();
  const allocator = receive("finding the allocator", (out) =>
    api.GetAllocatorWithDefaultOptions(out),
  );
  const address = receive("reading a name", (out) => access.name(session, index, allocator, out));
  const name = readString(address);
  check(api.AllocatorFree(allocator, address), "freeing a name");
  return name;
}

function readType(type: Pointer, name: string): Omit<Declaration, "name"> {
  const api = ort();
  const info = receive("reading a type", (out) => api.CastTypeInfoToTensorInfo(type, out));
  const code =
    info === 0n ? 0n : receive("reading a type", (out) => api.GetTensorElementType(info, out));
  const dtype = DTYPES.find((each) => ELEMENT_TYPE[each] === Number(code));
  if (dtype === undefined) {
    throw new EngineError(`tensor ${name} has ONNX element type ${code}, which is not supported`, {
      code: "session-model",
      hint: `Inputs and outputs are dense tensors of ${DTYPES.join(", ")}; cast inside the graph.`,
    });
  }
  if (!api.TensorTypeAndShape_HasShape(info)) return { dtype, shape: undefined };
  const rank = Number(receive("reading a rank", (out) => api.GetDimensionsCount(info, out)));
  const sizes = new BigInt64Array(rank);
  const symbols = new BigUint64Array(rank);
  check(api.GetDimensions(info, sizes, rank), "reading a shape");
  check(api.GetSymbolicDimensions(info, symbols, rank), "reading a shape");
  const shape = Array.from(sizes, (size, axis) =>
    size >= 0n ? Number(size) : readString(symbols[axis] ?? 0n),
  );
  return { dtype, shape };
}

const DTYPES = ["float32", "int64", "int32", "bool"] as const;
