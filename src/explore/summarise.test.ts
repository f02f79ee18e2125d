import { expect, it } from "vitest";
import { searchFamily } from "../search/index.ts";
import { shareEstimate } from "../statistics/index.ts";
import { summariseTraces, uniformProposer } from "./index.ts";
import type { TraceRow } from "./records.ts";
import { exploreAll, taskOf } from "./testing/explore-all.ts";

const family = searchFamily("permutations");

/** Rows of so many samples of the lists [1, 2], [1, 3], … */
async function rowsOf(problems: number, samples: number): Promise<TraceRow[]> {
  const tasks = Array.from({ length: problems }, (_, n) =>
    taskOf(family, { elements: [1, n + 2] }, n),
  );
  const traces = await exploreAll(uniformProposer, tasks, { samples });
  return traces.map(({ task, k, text, finish, tokens, stop, effort }) => {
    const problem = family.problem.parse(task.problem);
    // What the family's schema describes is an object.
    const record = problem as Record<string, unknown>;
    const row = { family: family.name, level: 1, index: task.key, k, problem: record };
    return { ...row, text, finish, tokens, stop, effort, seconds: 0 };
  });
}

it("shares have Wilson's interval, which does not close at 100%; means a bootstrap's", async () => {
  const [level] = summariseTraces(family, await rowsOf(10, 1));
  const all = shareEstimate(Array.from({ length: 10 }, () => true));
  expect(level?.correct).toEqual({ ...all, problems: 10 });
  expect(level?.clean.ci?.[0]).toBeCloseTo(0.722, 3);
  expect(level?.coverage).toEqual({ estimate: 1, ci: [1, 1], problems: 10 });
});

it("a problem counts once, however many traces it has", async () => {
  const rows = await rowsOf(4, 5);
  // Of the first problem one trace of five concludes wrongly.
  const spoilt = rows.map((row, i) => (i === 0 ? { ...row, text: "END()==7;" } : row));
  const [level] = summariseTraces(family, spoilt);
  expect(level).toMatchObject({ problems: 4, traces: 20, correct: { problems: 4 } });
  expect(level?.correct.estimate).toBeCloseTo(0.95, 12);
  expect(level?.correct).toMatchObject({ ...shareEstimate([0.8, 1, 1, 1]) });
  expect(level?.coverage?.estimate).toBeCloseTo(0.95, 12);
});

it("one problem has an interval of its share, and none of its mean", async () => {
  const [level] = summariseTraces(family, await rowsOf(1, 1));
  expect(level?.correct.ci?.[0]).toBeCloseTo(0.207, 3);
  expect(level?.coverage).toEqual({ estimate: 1, ci: null, problems: 1 });
});

it("tokens are not known where one trace's are not", async () => {
  const rows = await rowsOf(2, 1);
  expect(summariseTraces(family, rows)[0]?.tokens).toBeGreaterThan(0);
  const [first, ...others] = rows;
  if (!first) throw new Error("no rows");
  expect(summariseTraces(family, [{ ...first, tokens: null }, ...others])[0]?.tokens).toBeNull();
});
