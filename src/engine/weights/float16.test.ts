import { describe, expect, it } from "vitest";
import { decodeBfloat16, decodeFloat16, float16ToNumber } from "./float16.ts";

/** Bits and values from the definition of the formats, by hand. */
const FLOAT16: readonly (readonly [bits: number, value: number])[] = [
  [0x0000, 0],
  [0x8000, -0],
  [0x3c00, 1],
  [0xbc00, -1],
  [0x4248, 3.140625],
  [0x3555, 0.333251953125],
  [0x7bff, 65504],
  [0x0400, 2 ** -14],
  [0x03ff, (1023 / 1024) * 2 ** -14],
  [0x0001, 2 ** -24],
  [0x7c00, Infinity],
  [0xfc00, -Infinity],
  [0x7e00, NaN],
];

const BFLOAT16: readonly (readonly [bits: number, value: number])[] = [
  [0x0000, 0],
  [0x8000, -0],
  [0x3f80, 1],
  [0xc000, -2],
  [0x4049, 3.140625],
  [0x3eab, 0.333984375],
  [0x0080, 2 ** -126],
  [0x0001, 2 ** -133],
  [0x7f80, Infinity],
  [0xff80, -Infinity],
  [0x7fc0, NaN],
];

describe("half precision", () => {
  it.each(FLOAT16)("F16 %i is %d", (bits, value) => {
    expect(float16ToNumber(bits)).toBe(value);
    const into = new Float32Array(3).fill(9);
    decodeFloat16(Uint16Array.of(bits), into, 1);
    expect([...into]).toEqual([9, value, 9]);
  });

  it.each(BFLOAT16)("BF16 %i is %d", (bits, value) => {
    const into = new Float32Array(3).fill(9);
    decodeBfloat16(Uint16Array.of(bits), into, 1);
    expect([...into]).toEqual([9, value, 9]);
  });

  it("F16 rises with its bits over all finite positive numbers", () => {
    const values = Array.from({ length: 0x7c00 }, (_, bits) => float16ToNumber(bits));
    expect(values.every((value, i) => i === 0 || value > (values[i - 1] ?? NaN))).toBe(true);
  });
});
