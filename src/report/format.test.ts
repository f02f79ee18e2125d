import { expect, test } from "vitest";
import { compact, decimal, interval, listed, percent, plural, points, reading } from "./format.ts";

test("differences carry a sign, a real minus and never a signed zero", () => {
  expect([0.2136, -0.049, 0, 0.0004, -0.0004].map(points)).toEqual([
    "+21.4",
    "−4.9",
    "0.0",
    "0.0",
    "0.0",
  ]);
  expect(interval([-0.0123, 0.1])).toBe("[−1.2, +10.0]");
  expect(decimal(-0.04, 1)).toBe("0.0");
  expect(percent(0.494)).toBe("49.4%");
});

test("statistics of any scale stay short", () => {
  expect([0, 1, 0.0001234, 0.1234, 1.234, 12.34, 123.4, 1.234e6, -2.5].map(compact)).toEqual([
    "0",
    "1",
    "1.2e−4",
    "0.123",
    "1.23",
    "12.3",
    "123",
    "1.2e+6",
    "−2.50",
  ]);
});

test("an interval is read as above, below or open", () => {
  expect([
    reading([0.1, 0.2]),
    reading([-0.2, -0.1]),
    reading([0, 0.2]),
    reading([-0.1, 0]),
  ]).toEqual(["above", "below", "open", "open"]);
});

test("counts and lists in words", () => {
  expect([plural(1, "seed"), plural(3, "seed")]).toEqual(["1 seed", "3 seeds"]);
  expect([listed([]), listed(["a"]), listed(["a", "b", "c"])]).toEqual(["", "a", "a, b and c"]);
});
