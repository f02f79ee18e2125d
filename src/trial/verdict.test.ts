import { describe, expect, it } from "vitest";
import type { EvalRow } from "../records/index.ts";
import { judge, type ArmResults, type ModelResults } from "./verdict.ts";

const QUESTIONS = 50;
const SAMPLES = 4;

/** An evaluation in which each problem q is right in `correct(q)` of its samples. */
function row(
  protocol: EvalRow["protocol"],
  correct: (q: number) => number,
  code: (q: number) => number = () => 0,
): EvalRow {
  const samples = protocol === "greedy" ? 1 : SAMPLES;
  const problems = Array.from({ length: QUESTIONS }, (_, q) => ({
    id: `p${q}`,
    correct: correct(q),
    code: code(q),
    text: "",
  }));
  const accuracy = problems.reduce((sum, p) => sum + p.correct, 0) / (QUESTIONS * samples);
  return {
    step: 0,
    protocol,
    samples,
    accuracy,
    codeShare: 0,
    accuracyCode: null,
    accuracyLanguage: null,
    extractionFailures: 0,
    truncated: 0,
    entropy: 0,
    selfCertainty: 0,
    lengthMean: 0,
    problems,
    time: { seconds: 1, tokensPerSecond: 1 },
  };
}

/** Seeds whose sampled accuracy is a share of the problems, the same problems in all of them. */
function arm(name: string, accuracies: readonly number[], planned = accuracies.length): ArmResults {
  const runs = accuracies.map((accuracy, seed) => ({
    seed,
    final: { sampled: row("sampled", (q) => (q < accuracy * QUESTIONS ? SAMPLES : 0)) },
  }));
  return { arm: name, runs, planned };
}

const roles = () => ({ random: "random", majority: "majority", truth: "truth" });
const planned = new Map<string, Set<string>>();
const five = (accuracy: number) => Array.from({ length: 5 }, () => accuracy);
/** half of the seeds at one accuracy, half at another */
const split = (a: number, b: number) => [a, b, a, b, a, b];

function judged(
  base: number,
  arms: readonly ArmResults[],
  primary: EvalRow["protocol"] = "sampled",
) {
  const untrained = { sampled: row("sampled", (q) => (q < base * QUESTIONS ? SAMPLES : 0)) };
  const models: ModelResults[] = [{ model: "coder", base: untrained, arms }];
  const verdict = judge(models, { primary, roles, planned });
  const [model] = verdict.models;
  if (model === undefined) throw new Error("no model");
  return { ...model, verdict };
}

describe("judge", () => {
  it("gives gains over the untrained model, by arm and by seed", () => {
    const { arms, base, verdict } = judged(0.4, [arm("truth", [0.6, 0.8, 0.7])]);
    expect(verdict).toMatchObject({ protocol: "sampled", problems: QUESTIONS, samples: SAMPLES });
    expect(base).toBeCloseTo(0.4, 12);
    expect(arms[0]?.gain).toBeCloseTo(0.3, 12);
    expect(arms[0]?.accuracy).toBeCloseTo(0.7, 12);
    expect(arms[0]?.perSeed.map((gain) => Math.round(gain * 100))).toEqual([20, 40, 30]);
    expect(arms[0]?.ci[0]).toBeGreaterThan(0.1);
    expect(arms[0]?.ci[1]).toBeLessThan(0.5);
  });

  it("splits truth's gain into terms that add up", () => {
    const { decomposition } = judged(0.2, [
      arm("random", five(0.4)),
      arm("majority", five(0.5)),
      arm("truth", five(0.8)),
    ]);
    expect(decomposition?.null.estimate).toBeCloseTo(0.2, 12);
    expect(decomposition?.elicitation.estimate).toBeCloseTo(0.1, 12);
    expect(decomposition?.rewardDesign.estimate).toBeCloseTo(0.3, 12);
    expect(decomposition?.total.estimate).toBeCloseTo(0.6, 12);
  });

  it("has no split without a majority arm", () => {
    const arms = [arm("random", five(0.4)), arm("truth", five(0.8))];
    expect(judged(0.2, arms).decomposition).toBeNull();
  });

  it("reads code shift and the other protocol", () => {
    const base = {
      sampled: row(
        "sampled",
        () => 1,
        () => 2,
      ),
      greedy: row("greedy", (q) => q % 2),
    };
    const final = {
      sampled: row(
        "sampled",
        () => 2,
        () => 4,
      ),
      greedy: row("greedy", () => 1),
    };
    const arms = [{ arm: "truth", planned: 1, runs: [{ seed: 0, final }] }];
    const { models } = judge([{ model: "m", base, arms }], { primary: "sampled", roles, planned });
    expect(models[0]).toMatchObject({ base: 0.25, baseCodeShare: 0.5 });
    expect(models[0]?.arms[0]).toMatchObject({
      gain: 0.25,
      codeShift: { estimate: 0.5, ci: [0.5, 0.5] },
      other: { protocol: "greedy", gain: 0.5 },
    });
  });

  it("refuses evaluations of other problems", () => {
    const other = row("sampled", () => 1);
    const final = { sampled: { ...other, problems: other.problems.toReversed() } };
    const arms = [{ arm: "truth", planned: 1, runs: [{ seed: 0, final }] }];
    const base = { sampled: row("sampled", () => 1) };
    expect(() =>
      judge([{ model: "m", base, arms }], { primary: "sampled", roles, planned }),
    ).toThrow(expect.objectContaining({ code: "evaluations-differ" }));
  });
});

describe("the sentence and its warnings", () => {
  it.each([
    {
      name: "random does as well as truth",
      base: 0.3,
      random: split(0.6, 0.8),
      majority: split(0.6, 0.8),
      truth: split(0.8, 0.6),
      says: "cannot tell the two apart, so the gain does not show that the reward was right",
    },
    {
      name: "random gains, truth gains more, and more than majority",
      base: 0.2,
      random: five(0.4),
      majority: five(0.5),
      truth: five(0.8),
      says: "but a random reward alone gained +20.0 points",
      and: "the true labels add to what majority voting elicits",
      warns: ["is not what the reward's design adds"],
    },
    {
      name: "random does nothing, truth is no better than majority",
      base: 0.4,
      random: five(0.4),
      majority: five(0.8),
      truth: five(0.8),
      says: "and no gain of a random reward is shown",
      and: "majority voting, which sees no labels, cannot be told from the true reward",
      warns: ["is not what the reward's design adds"],
    },
    {
      name: "only the true reward gains",
      base: 0.4,
      random: five(0.4),
      majority: five(0.4),
      truth: five(0.8),
      says: "the true labels add to what majority voting elicits",
      warns: [],
    },
    {
      name: "majority does harm",
      base: 0.4,
      random: five(0.4),
      majority: five(0.2),
      truth: five(0.8),
      says: "and no gain of a random reward is shown",
      warns: ["is not what the reward's design adds: −20.0 points"],
    },
    {
      name: "random gains more than truth",
      base: 0.2,
      random: five(0.8),
      majority: five(0.4),
      truth: five(0.5),
      says: "more than the true one",
      warns: ["is not what the reward's design adds"],
    },
    {
      name: "nothing gains",
      base: 0.4,
      random: split(0.36, 0.44),
      majority: split(0.36, 0.44),
      truth: split(0.44, 0.36),
      says: "no gain that these seeds and problems can tell from zero",
      and: "nor did a random one",
      warns: [],
    },
    {
      name: "only random gains",
      base: 0.4,
      random: five(0.8),
      majority: five(0.4),
      truth: split(0.36, 0.44),
      says: "while a random reward gained",
      warns: ["is not what the reward's design adds"],
    },
    {
      name: "truth does harm",
      base: 0.6,
      random: five(0.6),
      majority: five(0.4),
      truth: five(0.2),
      says: "the true reward made the model worse",
    },
    {
      name: "random's interval includes both readings",
      base: 0.3,
      random: split(0.1, 0.8),
      majority: split(0.1, 0.8),
      truth: five(0.6),
      says: "allows both no gain and as much as the true one's, so these runs do not say what caused it",
      warns: ["includes both readings"],
    },
  ])("$name", ({ base, random, majority, truth, says, and = "", warns }) => {
    const { sentence, warnings } = judged(base, [
      arm("random", random),
      arm("majority", majority),
      arm("truth", truth),
    ]);
    expect(sentence).toContain("On coder, ");
    expect(sentence).toContain(says);
    expect(sentence).toContain(and);
    if (warns === undefined) return;
    expect(warnings).toHaveLength(warns.length);
    for (const [i, warning] of warns.entries()) expect(warnings[i]).toContain(warning);
  });

  it("warns of few seeds, of unfinished runs, and where truth − random cannot be split", () => {
    const { warnings } = judged(0.2, [arm("random", [0.4, 0.4], 3), arm("truth", [0.8, 0.8])]);
    expect(warnings[0]).toBe("random: 2 of 3 seeds finished.");
    expect(warnings[1]).toContain("2 seeds an arm");
    expect(warnings[2]).toContain("add a majority arm");
  });

  it("lists the gains of arms that play no role", () => {
    const { sentence } = judged(0.2, [arm("mine", five(0.5))]);
    expect(sentence).toMatch(
      /^On coder, against the untrained model's 20\.0%: mine \+30\.0 points \[/,
    );
  });

  it("says so where nothing has finished", () => {
    const { sentence, arms } = judged(0.2, [arm("truth", [], 3)]);
    expect(sentence).toContain("no run has finished");
    expect(arms).toEqual([]);
  });
});
