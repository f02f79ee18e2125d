/** Tensors: where their memory is and what they refuse. */
import { expect, test } from "vitest";
import { EngineError } from "../../errors.ts";
import { addressOf } from "./library.ts";
import { type DType, tensor } from "./tensor.ts";

const dtypes: DType[] = ["float32", "int64", "int32", "bool"];

test.each(dtypes)("allocates zeros of %s on a 64-byte boundary of shared memory", (dtype) => {
  for (const shape of [[], [0], [3], [5, 7], [2, 0, 4]]) {
    const { data, ...rest } = tensor(dtype, shape);
    expect(rest).toEqual({ dtype, shape });
    expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
    expect(data.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(Array.from(data, Number).every((value) => value === 0)).toBe(true);
    expect(data.length === 0 || addressOf(data) % 64n === 0n).toBe(true);
  }
});

test("wraps a view into a larger buffer without a copy", () => {
  const flat = tensor("float32", [32]);
  const part = tensor("float32", [2, 3], flat.data.subarray(16, 22));
  part.data[5] = 7;
  expect(flat.data[21]).toBe(7);
});

test("does not follow later changes of the array that gave the shape", () => {
  const shape = [2, 3];
  const made = tensor("float32", shape);
  shape[0] = 100;
  expect(made.shape).toEqual([2, 3]);
});

test.each([
  ["a size that is negative", "tensor-shape", () => tensor("float32", [-1])],
  ["a size that is not whole", "tensor-shape", () => tensor("float32", [1.5])],
  [
    "data of another length",
    "tensor-shape",
    () => tensor("float32", [3], new Float32Array(new SharedArrayBuffer(16))),
  ],
  [
    "data that could be detached",
    "tensor-memory",
    () => tensor("float32", [4], new Float32Array(4)),
  ],
  ["more than any memory", "tensor-memory", () => tensor("float32", [2 ** 45])],
])("refuses %s", (_, code, make) => {
  expect(make).toThrow(expect.objectContaining({ code, name: EngineError.name }));
});
