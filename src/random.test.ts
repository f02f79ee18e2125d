import { describe, expect, test } from "vitest";
import { philox, stream, uniform } from "./random.ts";

const hex = (words: readonly number[]) =>
  words.map((word) => word.toString(16).padStart(8, "0")).join(" ");

describe("Philox4x32-10", () => {
  // Known answers of the authors' Random123 library (kat_vectors).
  test.each([
    [[0, 0, 0, 0], [0, 0], "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      "408f276d 41c83b0e a20bc7c6 6d5451fd",
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      "d16cfe09 94fdcceb 5001e420 24126ea1",
    ],
  ] as const)("counter %j key %j", (counter, key, answer) => {
    expect(hex(philox(counter, key))).toBe(answer);
  });
});

describe("uniform", () => {
  test("is a function of its key alone, and every part of the key counts", () => {
    const base = [1, 2, 3, 4, 5] as const;
    const at = (key: readonly number[], purpose: "sample" | "reward" = "sample") =>
      uniform(key[0] ?? 0, purpose, key[1], key[2], key[3], key[4]);
    expect(at(base)).toBe(at(base));
    const others = base.map((_, i) => at(base.map((value, j) => (i === j ? value + 1 : value))));
    expect(new Set([at(base), at(base, "reward"), ...others]).size).toBe(7);
  });

  test("fills [0, 1) evenly", () => {
    const n = 20_000;
    const bins = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < n; i++) {
      const u = uniform(0, "test", i);
      expect(u).toBeGreaterThanOrEqual(0);
      expect(u).toBeLessThan(1);
      bins[Math.floor(u * 10)] = (bins[Math.floor(u * 10)] ?? 0) + 1;
    }
    // χ² with 9 degrees of freedom: 27.9 is its 99.9% point.
    const chi2 = bins.reduce((sum, count) => sum + (count - n / 10) ** 2 / (n / 10), 0);
    expect(chi2).toBeLessThan(27.9);
  });
});

describe("stream", () => {
  test("shuffles are permutations, keyed", () => {
    const items = Array.from({ length: 50 }, (_, i) => i);
    const shuffled = stream(3, "order", 1).shuffle(items);
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(items);
    expect(shuffled).toEqual(stream(3, "order", 1).shuffle(items));
    expect(shuffled).not.toEqual(stream(3, "order", 2).shuffle(items));
  });

  test("normals have mean 0 and variance 1", () => {
    const random = stream(0, "test");
    const x = Array.from({ length: 20_000 }, () => random.normal());
    const mean = x.reduce((a, b) => a + b) / x.length;
    const variance = x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length;
    // Four standard errors.
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(x.length));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / x.length));
  });

  test("pick from nothing is an error", () => {
    expect(() => stream(0, "test").pick([])).toThrow(RangeError);
  });
});
