/** Rewards that draw: their rates, their independence, and what they keep. */
import { describe, expect, test } from "vitest";
import { compileReward } from "./compile.ts";
import type { RewardSpec } from "./define.ts";
import { group, valuesOf, type GroupOptions } from "./testing/group.ts";

const G = 8;
const KEYS = 1000;
const N = G * KEYS;

/** All N values of a spec over many problems. The keys are fixed, so a test passes always or never. */
async function sample(
  spec: RewardSpec,
  texts: readonly string[] = Array<string>(G).fill(""),
  options: GroupOptions = {},
): Promise<number[]> {
  const { score } = await compileReward(spec, { baseDirectory: "." });
  const values: number[] = [];
  for (let key = 0; key < KEYS; key++) {
    for (const grade of await score(group(texts, { ...options, key, step: key % 7 }))) {
      if (!("ungraded" in grade)) values.push(grade.value);
    }
  }
  return values;
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** Five standard deviations of a binomial share: missed by chance less than once in a million. */
const tolerance = (p: number) => 5 * Math.sqrt((p * (1 - p)) / N);

const QUARTER_RIGHT = Array.from({ length: G }, (_, g) =>
  g % 4 === 0 ? "\\boxed{7}" : "\\boxed{8}",
);

describe("rates", () => {
  const cases: readonly [string, RewardSpec, number, (readonly string[])?][] = [
    ["random(0.001)", { random: { gamma: 0.001 } }, 0.001],
    ["random(0.3)", { random: { gamma: 0.3 } }, 0.3],
    ["random", "random", 0.5],
    ["random(0.7)", { random: { gamma: 0.7 } }, 0.7],
    ["two random parts share no draws", { and: ["random", "random"] }, 0.25],
    ["nor do they where one is nested", { and: ["random", { not: "random" }] }, 0.25],
    // Sharing the number u would flip exactly the rewarded half: the mean would be 0.
    ["nor does the combinator around one", { flip: { p: 0.5, reward: "random" } }, 0.5],
    ["flip turns over a share p", { flip: { p: 0.1, reward: { constant: { value: 0 } } } }, 0.1],
    [
      "a verifier misses 1 − tpr of the right answers",
      { verifier: { tpr: 0.8, fpr: 0, reward: { constant: { value: 1 } } } },
      0.8,
    ],
    [
      "and accepts fpr of the wrong ones",
      { verifier: { tpr: 1, fpr: 0.3, reward: { constant: { value: 0 } } } },
      0.3,
    ],
    ["bernoulli-matched has the group's rate", "bernoulli-matched", 0.25, QUARTER_RIGHT],
  ];
  test.each(cases)("%s", async (_, spec, rate, texts) => {
    const values = await sample(spec, texts);
    expect(values).toHaveLength(N);
    expect(Math.abs(mean(values) - rate)).toBeLessThan(tolerance(rate));
  });

  test("bernoulli-matched rewards right and wrong answers alike", async () => {
    const values = await sample({ "bernoulli-matched": { draws: "permuted" } }, QUARTER_RIGHT);
    const right = values.filter((_, n) => n % 4 === 0);
    expect(Math.abs(mean(right) - 0.25)).toBeLessThan(2 * tolerance(0.25));
  });
});

test("bernoulli-matched, permuted, keeps the number of rewards of every group", async () => {
  const spec = { "bernoulli-matched": { draws: "permuted" } };
  const orders = new Set<string>();
  for (let key = 0; key < 50; key++) {
    const values = await valuesOf(spec, QUARTER_RIGHT, { key });
    expect(values.filter((value) => value === 1)).toHaveLength(2);
    orders.add(values.join(""));
  }
  expect(orders.size).toBeGreaterThan(10);
});

test("noise is normal with the asked spread", async () => {
  const values = await sample({ noise: { std: 2, reward: { constant: { value: 3 } } } });
  const average = mean(values);
  const variance = mean(values.map((value) => (value - average) ** 2));
  const beyond = mean(values.map((value) => (Math.abs(value - 3) > 2 ? 1 : 0)));
  expect(Math.abs(average - 3)).toBeLessThan((5 * 2) / Math.sqrt(N));
  // Var(s²) = 2σ⁴/N for a normal.
  expect(Math.abs(variance - 4)).toBeLessThan(5 * 4 * Math.sqrt(2 / N));
  expect(Math.abs(beyond - 0.31731)).toBeLessThan(tolerance(0.31731));
});

test("random changes with the step, the seed and the problem", async () => {
  const texts = Array<string>(64).fill("");
  const base = await valuesOf("random", texts);
  for (const other of [{ step: 1 }, { seed: 1 }, { key: 1 }]) {
    expect(await valuesOf("random", texts, other)).not.toEqual(base);
  }
});

describe("shuffled", () => {
  const golds = Array.from({ length: 30 }, (_, i) => String(100 + i));
  const texts = golds.map((gold) => `\\boxed{${gold}}`);

  /** The label of each problem: the one answer that is rewarded. */
  async function labels(options: GroupOptions): Promise<string[]> {
    const { score } = await compileReward("shuffled", { baseDirectory: "." });
    return Promise.all(
      golds.map(async (gold, index) => {
        const grades = await score(group(texts, { ...options, gold, golds, index, key: index }));
        const rewarded = golds.filter((_, g) => {
          const grade = grades[g];
          return grade !== undefined && !("ungraded" in grade) && grade.value === 1;
        });
        expect(rewarded).toHaveLength(1);
        return rewarded.join();
      }),
    );
  }

  test("deals every gold out once, mostly to other problems", async () => {
    const dealt = await labels({});
    expect(dealt.toSorted()).toEqual(golds);
    expect(dealt.filter((label, i) => label === golds[i]).length).toBeLessThan(6);
  });

  test("is fixed for the run and changes with the seed", async () => {
    const dealt = await labels({});
    expect(await labels({ step: 9 })).toEqual(dealt);
    expect(await labels({ seed: 1 })).not.toEqual(dealt);
  });
});
