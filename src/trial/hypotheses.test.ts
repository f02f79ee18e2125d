import { describe, expect, it } from "vitest";
import { stream } from "../random.ts";
import { hypothesisSchema, judgeHypotheses, type Hypothesis } from "./hypotheses.ts";
import { planTrial } from "./plan.ts";
import { defineTrial, type TrialInput } from "./schema.ts";

const input = (more: Partial<TrialInput> = {}): TrialInput => ({
  name: "planned",
  models: { tiny: { organism: "coder" } },
  arms: { truth: { reward: "truth" }, random: { reward: "random" } },
  train: { problems: 32 },
  evaluation: { problems: 8 },
  seeds: [0, 1],
  ...more,
});

const better: Hypothesis = { arm: "truth", versus: "random", expect: "greater" };

describe("hypotheses in a trial file", () => {
  it("are part of the trial's hash, and leave that of other trials alone", async () => {
    const hash = async (more: Partial<TrialInput>) =>
      (await planTrial(defineTrial(input(more)))).hash;
    const [none, one, other] = await Promise.all([
      hash({}),
      hash({ hypotheses: [better] }),
      hash({ hypotheses: [{ ...better, expect: "less" }] }),
    ]);
    expect(new Set([none, one, other]).size).toBe(3);
    const plans = await Promise.all(
      [{}, { hypotheses: [better] }].map((more) => planTrial(defineTrial(input(more)))),
    );
    expect(plans[0]?.runs).toEqual(plans[1]?.runs);
  });

  it.each([
    [{ arm: "truht", expect: "greater" as const }, "hypotheses.0.arm", "truth"],
    [{ arm: "truth", versus: "rndom", expect: "less" as const }, "hypotheses.0.versus", "random"],
    [{ arm: "truth", model: "tny", expect: "less" as const }, "hypotheses.0.model", "tiny"],
  ])("name what the trial does not have: %j", async (hypothesis, field, meant) => {
    const trial = defineTrial(input({ hypotheses: [hypothesis] }));
    await expect(planTrial(trial)).rejects.toMatchObject({
      field,
      hint: expect.stringContaining(meant) as string,
    });
  });

  it.each([
    [{ arm: "truth", versus: "random", expect: "less" as const }, "hypotheses.0.versus"],
    [{ arm: "truth", model: "other", expect: "less" as const }, "hypotheses.0.model"],
  ])("are refused where no model runs both sides: %j", async (hypothesis, field) => {
    const models = { tiny: { organism: "coder" }, other: { organism: "talker" } };
    const arms = {
      truth: { reward: "truth", models: ["tiny"] },
      random: { reward: "random", models: ["other"] },
    };
    const trial = defineTrial(input({ models, arms, hypotheses: [hypothesis] }));
    await expect(planTrial(trial)).rejects.toMatchObject({ code: "never-run", field });
  });

  it("need a margin exactly where they claim sameness", () => {
    const ok = (value: object) => hypothesisSchema.safeParse({ arm: "a", ...value }).success;
    expect(ok({ expect: "equivalent", margin: 0.05 })).toBe(true);
    expect(ok({ expect: "equivalent" })).toBe(false);
    expect(ok({ expect: "greater", margin: 0.05 })).toBe(false);
  });
});

describe("judgeHypotheses", () => {
  const random = stream(3, "test");
  const arm = (chance: number) =>
    Array.from({ length: 5 }, () =>
      Float64Array.from({ length: 200 }, () => Number(random.uniform() < chance)),
    );
  const tables = new Map([
    ["truth", arm(0.6)],
    ["random", arm(0.4)],
    ["format", arm(0.4)],
    ["base", arm(0.4).slice(0, 1)],
    ["lone", arm(0.4).slice(0, 1)],
  ]);
  const planned = new Map([["m", new Set(tables.keys())]]);
  const judge = (hypotheses: readonly Hypothesis[]) =>
    judgeHypotheses(hypotheses, planned, (_model, name) => tables.get(name) ?? []);

  it("shows what is there and not what is not", () => {
    const result = judge([
      better,
      { ...better, expect: "less" },
      { arm: "format", versus: "random", expect: "different" },
      { arm: "format", versus: "random", expect: "equivalent", margin: 0.15 },
      { arm: "truth", versus: "random", expect: "not-worse", margin: 0.02 },
      { arm: "truth", versus: "base", expect: "greater" },
    ]);
    expect(result.map(({ supported }) => supported)).toEqual([
      true,
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  it("adjusts p-values over the whole family", () => {
    const [alone] = judge([better]);
    const [among] = judge([
      better,
      ...Array.from({ length: 9 }, () => ({ ...better, arm: "format" })),
    ]);
    expect(alone?.result?.pHolm).toBe(alone?.result?.p);
    expect(among?.result?.pHolm).toBeCloseTo(10 * (among?.result?.p ?? NaN), 12);
  });

  it("counts what cannot be tested, and calls it neither shown nor not shown", () => {
    const [lone, shown] = judge([{ arm: "lone", versus: "random", expect: "greater" }, better]);
    expect(lone).toMatchObject({ result: null, supported: null });
    expect(shown?.result?.pHolm).toBeCloseTo(2 * (shown?.result?.p ?? NaN), 12);
  });

  it("takes the family from the plan: an arm without results makes the others' p-values no smaller", () => {
    const both = new Set(["truth", "random"]);
    const models = new Map([
      ["done", both],
      ["failed", both],
      // Truth is not run on it, so the claim is not about it.
      ["other", new Set(["random"])],
      // Nor is what it is compared with run here.
      ["alone", new Set(["truth"])],
    ]);
    const results = judgeHypotheses([better], models, (model, name) =>
      model === "failed" ? [] : (tables.get(name) ?? []),
    );
    expect(results).toMatchObject([
      { model: "done", supported: true },
      { model: "failed", result: null, supported: null },
    ]);
    const [done] = results;
    expect(done?.result?.pHolm).toBeCloseTo(2 * (done?.result?.p ?? NaN), 12);
  });
});
