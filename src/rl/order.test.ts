import { fc } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { InputError } from "../errors.ts";
import { minibatches, promptOrder } from "./order.ts";

describe("promptOrder", () => {
  test("an epoch visits no problem twice and leaves out less than a batch", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(99),
        (a, b, seed) => {
          const [prompts, size] = a < b ? [a, b] : [b, a];
          const batches = Math.floor(size / prompts);
          for (const epoch of [0, 1]) {
            const seen = Array.from({ length: batches }, (_, i) =>
              promptOrder(size, prompts, seed, epoch * batches + i + 1),
            ).flat();
            expect(new Set(seen).size).toBe(batches * prompts);
            expect(Math.min(...seen)).toBeGreaterThanOrEqual(0);
            expect(Math.max(...seen)).toBeLessThan(size);
          }
        },
      ),
    );
  });

  test("epochs and seeds shuffle differently", () => {
    const first = promptOrder(50, 50, 0, 1);
    expect(promptOrder(50, 50, 0, 2)).not.toEqual(first);
    expect(promptOrder(50, 50, 1, 1)).not.toEqual(first);
    expect(promptOrder(50, 50, 0, 1)).toEqual(first);
  });

  test("too few problems name the field", () => {
    expect(() => promptOrder(3, 4, 0, 1)).toThrow(InputError);
    expect(() => promptOrder(3, 4, 0, 1)).toThrow("a step takes 4 prompts, but there are 3");
  });
});

describe("minibatches", () => {
  const batch = Array.from({ length: 24 }, (_, i) => i);
  const key = { seed: 0, step: 1, epoch: 0 };

  test("hold every kept item once, in sizes that differ by one at most", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 24 }),
        fc.nat(),
        fc.integer({ min: 1, max: 5 }),
        (updates, seed, modulus) => {
          const keep = (item: number) => item % modulus === 0;
          const parts = minibatches(batch, keep, updates, { ...key, seed });
          expect(parts).toHaveLength(updates);
          expect(parts.flat().sort((a, b) => a - b)).toEqual(batch.filter(keep));
          const sizes = parts.map((part) => part.length);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  test("leaving items out keeps the order of the rest, in every epoch its own", () => {
    const [all] = minibatches(batch, () => true, 1, key);
    const [some] = minibatches(batch, (item) => item > 7, 1, key);
    expect(some).toEqual(all?.filter((item) => item > 7));
    expect(minibatches(batch, () => true, 1, { ...key, epoch: 1 })[0]).not.toEqual(all);
  });
});
