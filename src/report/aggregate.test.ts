import { fc } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { curve, MAX_POINTS, thin } from "./aggregate.ts";

const rows = (...values: readonly (number | null)[]) =>
  values.map((value, i) => ({ step: i + 1, value }));

test("a curve is the mean, the lowest and the highest seed of each step", () => {
  const points = curve([rows(1, 2), rows(3, 6), rows(8, 1)], (row) => row.value);
  expect(points).toEqual([
    { step: 1, mean: 4, low: 1, high: 8 },
    { step: 2, mean: 3, low: 1, high: 6 },
  ]);
});

test("an absent value is no 0: it leaves the mean, and a step without any leaves the curve", () => {
  const points = curve([rows(null, 2), rows(null, null)], (row) => row.value);
  expect(points).toEqual([{ step: 2, mean: 2, low: 2, high: 2 }]);
});

test("a short curve is drawn as it is", () => {
  const points = curve([rows(1, 2, 3)], (row) => row.value);
  expect(thin(points)).toBe(points);
});

test("thinning keeps the range, the order and, weighted by stretch, the mean", () => {
  const values = fc.double({ min: -5, max: 5, noNaN: true });
  fc.assert(fc.property(fc.array(values, { minLength: 1, maxLength: 700 }), checkThinned));
});

function checkThinned(values: readonly number[]): void {
  const thinned = thin(curve([rows(...values)], (row) => row.value));
  expect(thinned.length).toBeLessThanOrEqual(MAX_POINTS);
  expect(Math.min(...thinned.map((point) => point.low))).toBe(Math.min(...values));
  expect(Math.max(...thinned.map((point) => point.high))).toBe(Math.max(...values));
  const steps = thinned.map((point) => point.step);
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  const size = Math.ceil(values.length / MAX_POINTS);
  const weighted = thinned.map((point, i) => point.mean * Math.min(size, values.length - i * size));
  const sum = (numbers: readonly number[]) => numbers.reduce((total, x) => total + x, 0);
  expect(sum(weighted)).toBeCloseTo(sum(values), 8);
}
