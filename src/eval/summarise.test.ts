import { describe, expect, test } from "vitest";
import { stream } from "../random.ts";
import { benchResultSchema, type SampleRow } from "../records/index.ts";
import { resample, shareEstimate } from "../statistics/index.ts";
import { summariseBench } from "./summarise.ts";

function row(
  problem: string,
  k: number,
  correct: number | null,
  more: Partial<SampleRow> = {},
): SampleRow {
  return {
    bench: "b",
    problem,
    k,
    text: "",
    length: 10,
    finish: "stop",
    answer: correct === 1 ? "7" : "8",
    gold: "7",
    correct,
    seconds: 0.5,
    ...more,
  };
}

const asked = { bench: "b", problems: ["p", "q", "r"], samples: 2 };
const rows = [
  row("p", 0, 1),
  row("p", 1, 0, { finish: "length" }),
  row("q", 0, 1),
  row("q", 1, null, { ungraded: "time limit" }),
  row("r", 0, 0, { answer: null }),
];

describe("one benchmark", () => {
  test("what is missing or ungraded is counted and is in no metric", () => {
    const result = summariseBench(asked, rows);
    expect(benchResultSchema.parse(result)).toEqual(result);
    expect(result).toMatchObject({ problems: 3, graded: 4, ungraded: 1, missing: 1 });
    // p 1/2, q 1/1, r 0/1
    expect(result.avg).toMatchObject({ estimate: 0.5, problems: 3 });
    // Only p has two graded samples.
    expect(result.pass.map(({ k, estimate, problems }) => [k, estimate, problems])).toEqual([
      [1, 0.5, 3],
      [2, 1, 1],
    ]);
    expect(result.maj[1]).toMatchObject({ k: 2, estimate: 0.5, problems: 1 });
    expect(result.extractionFailures).toBeCloseTo(0.2, 12);
    expect(result.truncated).toBeCloseTo(0.2, 12);
    expect(result).toMatchObject({ tokens: 50, lengthMean: 10 });
    expect(result.time).toEqual({ seconds: 2.5, tokensPerSecond: 20 });
  });

  test("the order of the rows changes nothing", () => {
    expect(summariseBench(asked, rows.toReversed())).toEqual(summariseBench(asked, rows));
  });

  test("nothing drawn is no accuracy of 0", () => {
    const result = summariseBench(asked, []);
    expect(result).toMatchObject({ avg: null, pass: [], maj: [], missing: 6, truncated: null });
  });

  test("tokens are unknown where a server does not say", () => {
    const result = summariseBench(asked, [...rows.slice(1), row("p", 0, 1, { length: null })]);
    expect(result).toMatchObject({ tokens: null, lengthMean: null });
    expect(result.time.tokensPerSecond).toBeNull();
  });

  test("intervals of what is right or wrong are Wilson's: none right of 30 is no certainty", () => {
    const problems = Array.from({ length: 30 }, (_, q) => String(q));
    const all = (correct: (k: number) => number, samples: number) =>
      summariseBench(
        { bench: "b", problems, samples },
        problems.flatMap((id) => Array.from({ length: samples }, (_, k) => row(id, k, correct(k)))),
      );
    const none = shareEstimate(problems.map(() => false))?.ci;
    const once = all(() => 0, 1);
    expect(once.avg?.ci).toEqual(none);
    expect([once.pass[0]?.ci, once.maj[0]?.ci]).toEqual([none, none]);
    // One right sample of two: avg@2 is 1/2 everywhere, pass@2 is 1.
    const half = all((k) => k, 2);
    expect(half.avg?.ci).toEqual(shareEstimate(problems.map(() => 0.5))?.ci);
    expect(half.pass[1]?.ci).toEqual(shareEstimate(problems.map(() => true))?.ci);
  });

  test("one problem has the interval of one hit, and none of a fraction", () => {
    const one = (...correct: number[]) => {
      const drawn = correct.map((each, k) => row("p", k, each));
      return summariseBench({ ...asked, problems: ["p"], samples: correct.length }, drawn);
    };
    expect(one(1).avg?.ci).toEqual(shareEstimate([true])?.ci);
    expect(one(1, 0).avg).toEqual({ estimate: 0.5, ci: null, problems: 1 });
    expect(benchResultSchema.parse(one(1, 0))).toEqual(one(1, 0));
  });

  test("components of grades are averaged apart", () => {
    const parts = [
      row("p", 0, 1, { parts: { string: 0, evaluated: 1 } }),
      row("q", 0, 1, { parts: { string: 1, evaluated: 1 } }),
    ];
    const result = summariseBench({ ...asked, problems: ["p", "q"], samples: 1 }, parts);
    expect(result.parts["string"]?.estimate).toBe(0.5);
    expect(result.parts["evaluated"]?.estimate).toBe(1);
  });
});

test("intervals over problems hold the true accuracy in about 95% of evaluations", () => {
  // 150 evaluations of 80 problems with 2 samples each; a problem's own accuracy is uniform, so the truth is 1/2.
  const problems = Array.from({ length: 80 }, (_, q) => String(q));
  const resampling = resample(problems.length, 1000);
  let held = 0;
  for (let trial = 0; trial < 150; trial++) {
    const random = stream(0, "test", trial);
    const drawn = problems.flatMap((problem) => {
      const p = random.uniform();
      return [0, 1].map((k) => row(problem, k, random.uniform() < p ? 1 : 0));
    });
    const { avg } = summariseBench({ ...asked, problems }, drawn, resampling);
    const [low, high] = avg?.ci ?? [1, 0];
    if (low <= 0.5 && 0.5 <= high) held += 1;
  }
  // The standard deviation of the count is 2.7 at 95%.
  expect(held).toBeGreaterThan(132);
  expect(held).toBeLessThan(150);
});
