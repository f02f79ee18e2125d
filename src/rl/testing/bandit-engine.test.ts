import { describe, expect, test } from "vitest";
import { stream } from "../../random.ts";
import { BanditEngine } from "./bandit-engine.ts";

const random = stream(0, "test");
const vocabulary = ["a", "b", "p", "q"];
const make = (shift?: { index: number; by: number }) => {
  const draws = stream(1, "test");
  let index = 0;
  return new BanditEngine({
    vocabulary,
    prompts: ["p", "q"],
    positions: 2,
    initial: () =>
      [0, ...vocabulary].map(() => draws.normal() + (index++ === shift?.index ? shift.by : 0)),
  });
};
const sgd = { learningRate: 1, beta1: 0, beta2: 0, epsilon: 1e12, weightDecay: 0 };

describe("the bandit engine", () => {
  test("its gradient is that of the objective it documents", async () => {
    const sequence = { prompt: [3], completion_T: [1, 0] };
    const c = [0.7, -1.3];
    const e = [0.4, 0.2];
    const s = [-0.6, 0.9];
    const objective = async (engine: BanditEngine) => {
      const [stats] = await engine.score([sequence]);
      let sum = 0;
      for (const t of [0, 1])
        sum +=
          (c[t] ?? 0) * (stats?.logprobs_T[t] ?? NaN) +
          (e[t] ?? 0) * (stats?.entropy_T[t] ?? NaN) +
          (s[t] ?? 0) * (stats?.selfCertainty_T[t] ?? NaN);
      return sum;
    };
    // The shared and the own table have equal gradients, so the norm over both is √2 times that over one.
    let squares = 0;
    for (let index = 0; index < 10; index++) {
      const h = 1e-2;
      const slope =
        ((await objective(make({ index, by: h }))) - (await objective(make({ index, by: -h })))) /
        (2 * h);
      squares += 2 * slope ** 2;
    }
    const engine = make();
    await engine.accumulate([
      {
        ...sequence,
        coefficients_T: Float32Array.from(c),
        entropyCoefficients_T: Float32Array.from(e),
        selfCertaintyCoefficients_T: Float32Array.from(s),
      },
    ]);
    const { gradNorm } = await engine.optimStep(sgd);
    expect(Math.abs(gradNorm - Math.sqrt(squares))).toBeLessThan(1e-3);
  });

  test("sampling agrees with scoring to the bit, and neighbours do not matter", async () => {
    const engine = make();
    const request = {
      rollouts: 5,
      params: { temperature: 1, maxTokens: 2 },
      key: { seed: 3, purpose: "sample" as const, step: 1, prompts: [7, 8] },
    };
    const [, second] = await engine.sample({ ...request, prompts: [[3], [4]] });
    const [alone] = await engine.sample({
      ...request,
      prompts: [[4]],
      key: { ...request.key, prompts: [8] },
    });
    expect(alone).toEqual(second);
    for (const completion of second ?? []) {
      const [stats] = await engine.score([{ prompt: [4], completion_T: completion.tokens_T }]);
      expect(stats).toEqual({
        logprobs_T: completion.logprobs_T,
        selfCertainty_T: completion.selfCertainty_T,
        entropy_T: completion.entropy_T,
      });
    }
  });

  test("scores at a temperature are of the policy that samples at it", async () => {
    const engine = new BanditEngine({
      vocabulary: ["p", "a"],
      prompts: ["p"],
      positions: 1,
      initial: () => [0, 1, 2],
    });
    const every = [0, 1, 2].map((token) => ({ prompt: [1], completion_T: [token] }));
    const stats = await engine.score(every, { temperature: 0.5 });
    const masses = [0, 2, 4].map(Math.exp);
    for (const [token, { logprobs_T }] of stats.entries()) {
      const share = (masses[token] ?? 0) / masses.reduce((a, b) => a + b);
      expect(Math.exp(logprobs_T[0] ?? NaN)).toBeCloseTo(share, 6);
    }
  });

  test("draws follow the policy, within what top-k and top-p keep", async () => {
    const engine = new BanditEngine({
      vocabulary: ["p", "a", "b"],
      prompts: ["p"],
      positions: 1,
      initial: () => [0.1, 0.2, 0.3, 0.4].map(Math.log),
    });
    const shares = async (params: { topK?: number; topP?: number }) => {
      const [drawn] = await engine.sample({
        prompts: [[1]],
        rollouts: 4000,
        params: { temperature: 1, maxTokens: 1, ...params },
        key: { seed: random.int(1000), purpose: "test", step: 0 },
      });
      return [0, 1, 2, 3].map(
        (id) => (drawn ?? []).filter(({ tokens_T }) => tokens_T[0] === id).length / 4000,
      );
    };
    for (const [id, share] of (await shares({})).entries())
      expect(Math.abs(share - (id + 1) / 10)).toBeLessThan(0.03);
    expect((await shares({ topK: 2 })).slice(0, 2)).toEqual([0, 0]);
    expect((await shares({ topP: 0.6 })).slice(0, 2)).toEqual([0, 0]);
    expect((await shares({ topP: 0.3 })).slice(0, 3)).toEqual([0, 0, 0]);
  });

  test("a snapshot keeps the old weights", async () => {
    const engine = make();
    const sequence = { prompt: [3], completion_T: [1] };
    const before = await engine.score([sequence]);
    const snapshot = await engine.snapshot();
    await engine.accumulate([{ ...sequence, coefficients_T: Float32Array.of(1) }]);
    await engine.optimStep({ ...sgd, epsilon: 1e-8, learningRate: 0.1 });
    expect(await engine.score([sequence], { policy: snapshot })).toEqual(before);
    const after = await engine.score([sequence]);
    expect(after[0]?.logprobs_T[0]).toBeGreaterThan(before[0]?.logprobs_T[0] ?? NaN);
  });
});
