/** Arithmetic of rewards, and what becomes of the undecided. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileReward } from "../compile.ts";
import type { RewardSpec } from "../define.ts";
import { group, valuesOf } from "../testing/group.ts";

const SILENT = ["", "I do not know"];
const SEVEN = "\\boxed{7}";
const EIGHT = "\\boxed{8}";
/** undecided in a group where nobody answers */
const undecided: RewardSpec = "majority";
const REASON = "no rollout gave an answer";
const always = (value: number): RewardSpec => ({ constant: { value } });

describe("values", () => {
  const cases: readonly [string, RewardSpec, readonly number[]][] = [
    ["and", { and: ["format", "truth"] }, [1, 0]],
    ["and: any value but 0 is true", { and: [always(-2), always(0.1)] }, [1, 1]],
    ["not", { not: "truth" }, [0, 1]],
    [
      "sum",
      {
        sum: [
          { weight: 2, reward: "truth" },
          { weight: -1, reward: "format" },
        ],
      },
      [1, -1],
    ],
    ["sum: the weight defaults to 1", { sum: [{ reward: "truth" }, { reward: "format" }] }, [2, 1]],
    ["shift", { shift: { by: -0.5, reward: "truth" } }, [0.5, -0.5]],
    ["scale", { scale: { by: 4, reward: "truth" } }, [4, 0]],
    ["flip p = 1", { flip: { p: 1, reward: "truth" } }, [0, 1]],
    ["a verifier that is always wrong", { verifier: { tpr: 0, fpr: 1, reward: "truth" } }, [0, 1]],
    ["nested", { scale: { by: 2, reward: { not: { and: ["format", "truth"] } } } }, [0, 2]],
  ];
  test.each(cases)("%s", async (_, spec, values) => {
    expect(await valuesOf(spec, [SEVEN, EIGHT])).toEqual(values);
  });
});

describe("undecided parts", () => {
  const cases: readonly [string, RewardSpec, number | string][] = [
    ["and: a 0 decides", { and: [undecided, always(0)] }, 0],
    ["and: a 1 does not", { and: [always(1), undecided] }, REASON],
    ["not", { not: undecided }, REASON],
    ["sum", { sum: [{ reward: always(1) }, { reward: undecided }] }, REASON],
    ["shift", { shift: { by: 1, reward: undecided } }, REASON],
    ["scale by 0", { scale: { by: 0, reward: undecided } }, REASON],
    ["flip", { flip: { p: 0.5, reward: undecided } }, REASON],
    ["noise", { noise: { std: 1, reward: undecided } }, REASON],
  ];
  test.each(cases)("%s", async (_, spec, value) => {
    expect(await valuesOf(spec, SILENT)).toEqual([value, value]);
  });
});

// −0 is mapped to 0: adding noise of 0 cannot tell them apart.
const numbers = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((r) => r + 0);

describe("laws", () => {
  test("not(not(r)) = r", async () => {
    const law = fc.asyncProperty(fc.integer({ min: -1e6, max: 1e6 }), async (r) => {
      expect(await valuesOf({ not: { not: always(r) } }, [""])).toEqual([r]);
    });
    await fc.assert(law);
  });

  test("flip with p = 0, noise with std = 0 and scale by 1 change nothing", async () => {
    const law = fc.asyncProperty(numbers, async (r) => {
      const reward = always(r);
      const flip = { flip: { p: 0, reward } };
      const noise = { noise: { std: 0, reward } };
      const scale = { scale: { by: 1, reward } };
      for (const spec of [flip, noise, scale]) expect(await valuesOf(spec, [""])).toEqual([r]);
    });
    await fc.assert(law);
  });

  test("sum is Σ weight · r", async () => {
    const term = fc.tuple(numbers, numbers);
    const law = fc.asyncProperty(fc.array(term, { minLength: 1, maxLength: 5 }), async (terms) => {
      const spec = { sum: terms.map(([weight, r]) => ({ weight, reward: always(r) })) };
      const wanted = terms.reduce((total, [weight, r]) => total + weight * r, 0);
      expect(await valuesOf(spec, [""])).toEqual([wanted]);
    });
    await fc.assert(law);
  });
});

describe("compiling", () => {
  const compile = (spec: RewardSpec) => compileReward(spec, { baseDirectory: "." });

  test("labels say what it is", async () => {
    const spec = {
      sum: [
        { weight: 0.5, reward: { and: ["truth", { not: "python" }] } },
        { weight: 1, reward: { flip: { p: 0.1, reward: { random: { gamma: 0.3 } } } } },
      ],
    };
    const { label, name } = await compile(spec);
    expect(name).toBe("sum");
    expect(label).toBe("sum(0.5·and(truth, not(python)), 1·flip(random(gamma=0.3), p=0.1))");
  });

  test("needs are those of all parts", async () => {
    const { needs } = await compile({ and: ["incorrect", { not: "self-certainty-offline" }] });
    expect([...needs].toSorted()).toEqual(["fixed-labels", "initial-policy"]);
  });

  test("the parts' values are kept for the logs, equal labels apart", async () => {
    const { score } = await compile({ sum: [{ reward: "truth" }, { weight: 3, reward: "truth" }] });
    expect(await score(group([SEVEN]))).toEqual([{ value: 4, parts: { truth: 1, "truth #2": 1 } }]);
  });

  test("overflow surfaces", async () => {
    const { score } = await compile({ scale: { by: 1e200, reward: always(1e200) } });
    await expect(score(group([""]))).rejects.toThrow(
      /scale\(.*Infinity for rollout 0 \(problem problem-0, step 0\)/,
    );
  });
});
