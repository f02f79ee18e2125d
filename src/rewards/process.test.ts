/** Rewards of steps: what each earns, where it ends, and what becomes of it in sums. */
import { describe, expect, test } from "vitest";
import { compileReward } from "./compile.ts";
import { hasSteps, type RewardSpec, type StepValue } from "./define.ts";
import { searchGroup, searchTexts } from "./testing/search-group.ts";

async function stepsOf(spec: RewardSpec, texts: readonly string[]): Promise<StepValue[][]> {
  const { score } = await compileReward(spec, { baseDirectory: "." });
  const grades = await score(await searchGroup(texts));
  return grades.map((grade) => {
    if (!hasSteps(grade)) throw new Error("no steps");
    return [...grade.steps];
  });
}

const values = (steps: readonly StepValue[] = []) => steps.map(({ value }) => value);
const [clean = "", wandering = "", cut = "", prose = "", empty = ""] = searchTexts();

describe("process", () => {
  test("a systematic trace earns 1 with every line; a step reaches to where the next begins", async () => {
    const [steps = []] = await stepsOf("process", [clean]);
    const lines = clean.split("\n");
    expect(values(steps)).toEqual(lines.map(() => 1));
    let end = 0;
    for (const [k, line] of lines.entries()) {
      // With its line break, but for the last line, which has none.
      end += line.length + (k < lines.length - 1 ? 1 : 0);
      expect(steps[k]?.end).toBe(end);
    }
  });

  test("wrong steps earn −1, repeated ones 0", async () => {
    // [1] is left untried, [2] again, [1] was explored before, and the end has found nothing.
    expect(values((await stepsOf("process", [wandering]))[0])).toEqual([1, -1, -1, -1]);
    const again = "CHECK([1])==continue;\nCHECK([1,1])==continue;\nCHECK([1,1,2])==done;\n";
    const repeated = `${again}BACKTRACK([1,1]);\nCHECK([1,1,2])==done;\nEND()==1;`;
    expect(values((await stepsOf("process", [repeated]))[0])).toEqual([1, 1, 1, 1, 0, -1]);
  });

  test("going back and forth earns nothing, however often", async () => {
    const pairs = (count: number) => "CHECK([1,1])==continue;\nBACKTRACK([1]);\n".repeat(count);
    const start = "CHECK([1])==continue;\nCHECK([1,1])==continue;\nCHECK([1,1,2])==done;\n";
    for (const count of [1, 2, 7]) {
      const text = `${start}BACKTRACK([1]);\n${pairs(count)}CHECK([1,2])==continue;`;
      const [steps] = await stepsOf("process", [text]);
      const idle = Array.from({ length: 2 * count }, () => 0);
      expect(values(steps).slice(0, -1)).toEqual([1, 1, 1, 1, ...idle]);
    }
  });

  test("a trace that stops early is wrong where it stops, to the end of its text", async () => {
    const [steps = []] = await stepsOf("process", [cut]);
    expect(values(steps)).toEqual([1, 1, 1, -1]);
    expect(steps.at(-1)?.end).toBe(cut.length);
  });

  test("what cannot be read, and a text without a step, is wrong: there is nothing to earn in it", async () => {
    const unreadable = "CHECK([1])==continue;\nCHECK([[[);\nJUMP([1,1]);\n";
    const [first, second, third] = await stepsOf("process", [prose, empty, unreadable]);
    expect(first).toEqual([{ end: prose.length, value: -1 }]);
    expect(second).toEqual([{ end: 0, value: -1 }]);
    expect(values(third).every((value, k) => value === (k === 0 ? 1 : -1))).toBe(true);
  });

  test("values are parameters", async () => {
    const spec = { process: { good: 0, wrong: -2 } };
    expect(values((await stepsOf(spec, [wandering]))[0])).toEqual([0, -2, -2, -2]);
  });
});

describe("with an outcome", () => {
  const both: RewardSpec = {
    sum: [{ reward: "process" }, { weight: 4, reward: "truth" }],
  };

  test("the last step earns it as well, and the values still add up", async () => {
    const [right = [], wrong = []] = await stepsOf(both, [clean, `${cut}END()==7;`]);
    expect(
      values(right)
        .slice(0, -1)
        .every((value) => value === 1),
    ).toBe(true);
    expect(right.at(-1)?.value).toBe(1 + 4);
    expect(wrong.at(-1)?.value).toBe(-1);
    const { score, label } = await compileReward(both, { baseDirectory: "." });
    const [grade] = await score(await searchGroup([clean]));
    expect(grade).toMatchObject({ value: right.length + 4, parts: { truth: 1 } });
    expect(label).toMatch(/^sum\(1·process.*, 4·truth\)$/);
  });

  test("steps of several parts that end together are one", async () => {
    const twice: RewardSpec = {
      sum: [
        { reward: "process" },
        { weight: 0.5, reward: { scale: { by: 2, reward: "process" } } },
      ],
    };
    const [[once = []], [sum = []]] = await Promise.all([
      stepsOf("process", [wandering]),
      stepsOf(twice, [wandering]),
    ]);
    expect(sum).toEqual(once.map(({ end, value }) => ({ end, value: 2 * value })));
  });

  test.each<[RewardSpec, string]>([
    [{ not: "process" }, "reward.not"],
    [{ sum: [{ reward: { flip: { p: 0.1, reward: "process" } } }] }, "reward.sum.flip"],
  ])("%j is refused", async (spec, field) => {
    await expect(compileReward(spec, { baseDirectory: "." })).rejects.toMatchObject({
      code: "reward-scope",
      field,
      hint: expect.stringContaining("sum or scale"),
    });
  });
});
