import { expect, it } from "vitest";
import { stream } from "../random.ts";
import { fitCoverage, type Coverage } from "./decay.ts";

/** Leaves of a binary tree that are reached where each decision keeps a branch with probability q. */
function reached(depth: number, q: number, random: { uniform(): number }): number {
  if (depth === 0) return 1;
  let goals = 0;
  // The paper's wanderer: with probability p_w = 2(1 − q) one of the two children is left out.
  const omitted = random.uniform() < 2 * (1 - q) ? (random.uniform() < 0.5 ? 0 : 1) : -1;
  for (const child of [0, 1]) if (child !== omitted) goals += reached(depth - 1, q, random);
  return goals;
}

it.each([0.1, 0.4])("finds p_w = %d again, and its interval holds it", (p) => {
  const random = stream(1, "test");
  const traces = [1, 2, 3, 4, 5, 6].flatMap((depth) =>
    Array.from({ length: 60 }, (_, n): Coverage => {
      const goals = reached(depth, 1 - p / 2, random);
      return { problem: `${depth}/${n}`, depth, goals, allGoals: 2 ** depth };
    }),
  );
  const { p: fitted, ci, points } = fitCoverage(traces);
  expect(Math.abs(fitted - p)).toBeLessThan(0.04);
  expect(ci?.[0]).toBeLessThan(p);
  expect(ci?.[1]).toBeGreaterThan(p);
  for (const point of points) expect(Math.abs(point.coverage - point.fitted)).toBeLessThan(0.15);
});

it("full coverage is no decay", () => {
  const full = (depth: number): Coverage => ({
    problem: String(depth),
    depth,
    goals: 8,
    allGoals: 8,
  });
  expect(fitCoverage([full(3), full(4)])).toMatchObject({ p: 0, ci: [0, 0] });
});
