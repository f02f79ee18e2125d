import { fc } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import type { Grade } from "../tasks/index.ts";
import { groupAdvantages, whiten } from "./advantages.ts";

const graded = (...values: number[]): Grade[] => values.map((value) => ({ value }));
const std = { advantage: "std", advantageEps: 0 } as const;
const rewards = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), {
  minLength: 2,
  maxLength: 16,
});

describe("groupAdvantages", () => {
  test("a single winner among 16 gets 3.75 and each loser −0.25 (ddof 1)", () => {
    const { advantages_G, dead } = groupAdvantages(
      graded(1, ...Array.from({ length: 15 }, () => 0)),
      std,
    );
    expect(dead).toBe(false);
    expect(advantages_G[0]).toBeCloseTo(3.75, 12);
    for (const advantage of advantages_G.slice(1)) expect(advantage).toBeCloseTo(-0.25, 12);
  });

  test("the clipping bias μ(γ) of the paper's random rewards comes out at G = 16", () => {
    // μ = P(A > 0)·E[A | A > 0] over Bernoulli(γ) groups: exact sums of the released normalisation.
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
    const mu = (gamma: number) => {
      let sum = 0;
      for (let k = 1; k < 16; k++) {
        const group = Array.from({ length: 16 }, (_, g) => (g < k ? 1 : 0));
        const winner = groupAdvantages(graded(...group), std).advantages_G[0] ?? NaN;
        sum += choose(16, k) * gamma ** k * (1 - gamma) ** (16 - k) * (k / 16) * winner;
      }
      return sum;
    };
    expect(mu(0.5)).toBeCloseTo(0.468177, 6);
    expect(mu(0.3)).toBeCloseTo(0.42547, 6);
    expect(mu(0.7)).toBeCloseTo(0.42547, 6);
    expect(mu(0.001)).toBeCloseTo(0.00373224, 8);
  });

  test("equal rewards are dead and give exactly 0, also where their mean rounds", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.integer({ min: 1, max: 16 }),
        (reward, size) => {
          const grades = graded(...Array.from({ length: size }, () => reward));
          for (const advantage of ["std", "mean-only"] as const) {
            const result = groupAdvantages(grades, { advantage, advantageEps: 0 });
            expect(result).toEqual({ advantages_G: grades.map(() => 0), dead: true });
          }
        },
      ),
    );
  });

  test("std: mean 0 and sample variance 1; mean-only: mean 0; none: r", () => {
    fc.assert(
      fc.property(rewards, (values) => {
        fc.pre(Math.max(...values) - Math.min(...values) > 1e-3);
        const normalised = groupAdvantages(graded(...values), std).advantages_G;
        const sum = normalised.reduce((a, b) => a + b, 0);
        const squares = normalised.reduce((a, b) => a + b * b, 0);
        expect(sum).toBeCloseTo(0, 6);
        expect(squares / (values.length - 1)).toBeCloseTo(1, 6);
        const centred = groupAdvantages(graded(...values), { ...std, advantage: "mean-only" });
        expect(centred.advantages_G.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 6);
        const raw = groupAdvantages(graded(...values), { ...std, advantage: "none" });
        expect(raw.advantages_G).toEqual(values);
      }),
    );
  });

  test("an ungraded rollout gets 0 and changes nothing for the rest", () => {
    fc.assert(
      fc.property(rewards, fc.nat(), (values, at) => {
        const place = at % (values.length + 1);
        const grades = graded(...values);
        const alone = groupAdvantages(grades, { advantage: "std", advantageEps: 1e-6 });
        const among = groupAdvantages(grades.toSpliced(place, 0, { ungraded: "no label" }), {
          advantage: "std",
          advantageEps: 1e-6,
        });
        expect(among.advantages_G[place]).toBe(0);
        expect(among.advantages_G.toSpliced(place, 1)).toEqual(alone.advantages_G);
        expect(among.dead).toBe(alone.dead);
      }),
    );
  });

  test("a group with one graded rollout, or with none, is dead", () => {
    const none: Grade = { ungraded: "why" };
    expect(groupAdvantages([{ value: 1 }, none], std)).toEqual({
      advantages_G: [0, 0],
      dead: true,
    });
    expect(groupAdvantages([none, none], std)).toEqual({ advantages_G: [0, 0], dead: true });
  });

  test("eps stands beside the deviation", () => {
    const { advantages_G } = groupAdvantages(graded(0, 1), { advantage: "std", advantageEps: 1 });
    expect(advantages_G[1]).toBeCloseTo(0.5 / (Math.SQRT1_2 + 1), 12);
  });
});

describe("whiten", () => {
  test("amplifies one winning group of 64 from 3.75 to 30.98, as the released code does", () => {
    const advantages = Array.from({ length: 1024 }, (_, n) =>
      n === 0 ? 3.75 : n < 16 ? -0.25 : 0,
    );
    const lengths = advantages.map(() => 100);
    expect(whiten(advantages, lengths)[0]).toBeCloseTo(30.98, 2);
  });

  test("gives mean 0 and variance 1 over tokens", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.double({ min: -4, max: 4, noNaN: true }), fc.integer({ min: 1, max: 50 })),
          {
            minLength: 2,
            maxLength: 40,
          },
        ),
        (items) => {
          const advantages = items.map(([advantage]) => advantage);
          fc.pre(Math.max(...advantages) - Math.min(...advantages) > 0.1);
          const lengths = items.map(([, length]) => length);
          const tokens = whiten(advantages, lengths).flatMap((advantage, n) =>
            Array.from({ length: lengths[n] ?? 0 }, () => advantage),
          );
          expect(tokens.reduce((a, b) => a + b, 0) / tokens.length).toBeCloseTo(0, 8);
          expect(tokens.reduce((a, b) => a + b * b, 0) / tokens.length).toBeCloseTo(1, 8);
        },
      ),
    );
  });

  test("a batch without variance stays near 0 instead of exploding", () => {
    expect(whiten([0.5, 0.5], [3, 7])).toEqual([0, 0]);
  });

  test("nothing in, nothing out", () => {
    expect(whiten([], [])).toEqual([]);
  });
});
