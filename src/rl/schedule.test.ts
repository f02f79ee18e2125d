import { fc } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { grpoSchema } from "./config.ts";
import { scheduledRate, totalUpdates } from "./schedule.ts";

const config = grpoSchema.parse({ steps: 10, updates: 4, epochs: 2, learningRate: 0.01 });

test("counts updates over steps, epochs and minibatches", () => {
  expect(totalUpdates(config)).toBe(80);
});

test("constant is constant", () => {
  expect([0, 40, 79].map((update) => scheduledRate(config, update))).toEqual([0.01, 0.01, 0.01]);
});

test("warm-up rises linearly to the full rate at the end of its share", () => {
  const warm = { ...config, warmup: 0.1 };
  expect(scheduledRate(warm, 0)).toBeCloseTo(0.01 / 8, 12);
  expect(scheduledRate(warm, 3)).toBeCloseTo(0.005, 12);
  expect(scheduledRate(warm, 7)).toBeCloseTo(0.01, 12);
  expect(scheduledRate(warm, 8)).toBe(0.01);
});

test("cosine is at half after half of what follows the warm-up", () => {
  const cosine = { ...config, schedule: "cosine" as const, warmup: 0.1 };
  expect(scheduledRate(cosine, 8)).toBeCloseTo(0.01, 12);
  expect(scheduledRate(cosine, 44)).toBeCloseTo(0.005, 12);
  expect(scheduledRate(cosine, 79)).toBeLessThan(0.0001);
});

test("never leaves (0, rate]", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 9 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom("constant" as const, "cosine" as const),
      (steps, updates, warmup, schedule) => {
        const any = { ...config, steps, updates, warmup, schedule };
        const rates = Array.from({ length: totalUpdates(any) }, (_, update) =>
          scheduledRate(any, update),
        );
        expect(Math.min(...rates)).toBeGreaterThan(0);
        expect(Math.max(...rates)).toBeLessThanOrEqual(0.01);
      },
    ),
  );
});
