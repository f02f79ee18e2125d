/** The task of systematic search: problems, splits and grades. */
import { describe, expect, test } from "vitest";
import { problemOf, searchFamilies, searchFamily } from "../search/index.ts";
import { loadTask, searchProblemOf, searchSplitOf, taskSpecSchema } from "./index.ts";

const bare = { search: { family: "permutations", levels: { from: 1, to: 3 }, prompt: "bare" } };

describe("problems", () => {
  test.each(searchFamilies.map(({ name }) => name))("%s: prompts state them", async (family) => {
    for (const prompt of ["bare", "full"] as const) {
      const task = loadTask({ search: { family, levels: [1, 2], prompt } });
      const problems = await task.load({ split: "train", count: 6, seed: 1 });
      expect(problems).toHaveLength(6);
      for (const problem of problems) {
        const { family: found, problem: searched } = searchProblemOf(problem);
        expect(problemOf(found, problem.prompt)).toEqual(searched);
        expect(problem.prompt.startsWith("Input: ")).toBe(prompt === "bare");
        expect(problem.features).toMatchObject({ family });
      }
    }
  });

  test("no problem is in both splits, whatever the seeds, and levels are mixed", async () => {
    const task = loadTask(bare);
    const all = async (split: "train" | "test", seed: number) =>
      task.load({ split, count: 400, seed });
    const train = [...(await all("train", 0)), ...(await all("train", 1))];
    const held = [...(await all("test", 0)), ...(await all("test", 1))];
    const stated = new Set(train.map(({ answer }) => answer));
    expect(held.filter(({ answer }) => stated.has(answer))).toEqual([]);
    for (const problem of held) {
      const { family, problem: searched } = searchProblemOf(problem);
      expect(searchSplitOf(family, searched)).toBe("test");
    }
    const [first = [], second = []] = [train.slice(0, 3), held.slice(0, 30)].map((some) =>
      some.map(({ features }) => features["level"]),
    );
    expect(new Set(first)).toEqual(new Set([1, 2, 3]));
    expect(new Set(second)).toEqual(new Set([1, 2, 3]));
    // 3, 6 and 12 permutations.
    const sizes = train.map(({ features: { level, goals } }) => [Number(level), goals] as const);
    for (const [level, goals] of sizes) expect(goals).toBe([3, 6, 12][level - 1]);
  });

  test("there are as many as there are", async () => {
    const few = loadTask({ search: { levels: [1] } });
    const problems = await few.load({ split: "test", seed: 0 });
    // 72 lists with a pair and a single, one in five of them held out.
    expect(problems.length).toBeGreaterThan(5);
    expect(problems.length).toBeLessThan(30);
    expect(new Set(problems.map(({ answer }) => answer)).size).toBe(problems.length);
  });

  test("a range is the list of its levels, and levels that a family lacks are told", () => {
    expect(taskSpecSchema.parse(bare)).toMatchObject({ search: { levels: [1, 2, 3] } });
    const wrong = (levels: unknown) => () => loadTask({ search: { levels } });
    expect(wrong([1, 9])).toThrow(/permutations has 5 levels/);
    expect(wrong({ from: 3, to: 2 })).toThrow(/from must not exceed to/);
  });
});

describe("grades", () => {
  const task = loadTask(bare);

  test("the conclusion decides, whatever the steps did; the parts say what they did", async () => {
    const [problem] = await task.load({ split: "test", count: 1, seed: 0 });
    if (!problem) throw new Error("no problem");
    const lines = problem.solution?.split("\n") ?? [];
    const grade = (text: string) => task.grade(task.extract(text), problem.answer, problem);
    expect(await grade(lines.join("\n"))).toMatchObject({
      value: 1,
      parts: { coverage: 1, validity: 1, clean: 1 },
    });
    expect(await grade(lines.slice(0, -1).join("\n"))).toMatchObject({
      value: 0,
      parts: { coverage: 1 },
    });
    // A right number without any search.
    expect(await grade(lines.at(-1) ?? "")).toMatchObject({
      value: 1,
      parts: { coverage: 0, clean: 0 },
    });
    expect(await grade("I do not know.")).toMatchObject({ value: 0 });
  });

  test("another problem's answer is another search", async () => {
    const [first, second] = await task.load({ split: "test", count: 2, seed: 0 });
    if (!first || !second) throw new Error("no problems");
    expect(await task.grade(first.solution ?? "", second.answer, first)).toMatchObject({
      value: 0,
    });
  });

  test("problems of other tasks are refused", async () => {
    const [sum] = await loadTask("arithmetic").load({ split: "test", count: 1, seed: 0 });
    if (!sum) throw new Error("no problem");
    expect(() => searchProblemOf(sum)).toThrow(expect.objectContaining({ code: "no-search" }));
    expect(searchFamily("permutations").read("[1,2]")).toEqual({ elements: [1, 2] });
  });
});
