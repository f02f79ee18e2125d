/** What holds for every task, whoever wrote it, and the grammar of tasks. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InputError } from "../errors.ts";
import { sharedPath } from "../testing/data.ts";
import { loadTask, tasks, taskSpecSchema, type Problem, type ReadyTask } from "./index.ts";
import { GOOD_ROWS, NEEDED_FIELDS, SOLUTIONS } from "./testing/rows.ts";

const data = sharedPath("data");
const names = tasks.map(({ name }) => name);
/** Tasks that make their problems up. */
const GENERATED = ["arithmetic", "random-calculation", "search"];
const fromFiles = names.filter((name) => !GENERATED.includes(name));

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "placebo-tasks-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** A file of these lines. */
function fileOf(name: string, lines: readonly unknown[]): string {
  const file = join(directory, `${name}.jsonl`);
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
  writeFileSync(file, text.join("\n"));
  return file;
}

/** A few problems of the task: generated ones, or its good row. */
function someProblems(task: ReadyTask): Promise<Problem[]> {
  const row = GOOD_ROWS[task.name];
  const options = { split: "test", count: 20, seed: 3 } as const;
  if (row === undefined) return task.load(options);
  return task.load({ ...options, data: fileOf(`good-${task.name}`, [row]) });
}

async function values(task: ReadyTask, problem: Problem, predictions: readonly (string | null)[]) {
  const grades = await Promise.all(
    predictions.map(async (prediction) => task.grade(prediction, problem.answer, problem)),
  );
  return grades.map((grade) => ("value" in grade ? grade.value : grade.ungraded));
}

test("names are unique, and every task says what it is and where it comes from", () => {
  expect(new Set(names).size).toBe(names.length);
  for (const { name, description, source } of tasks) {
    expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(description).not.toBe("");
    expect(source).not.toBe("");
  }
});

describe.each(names)("%s", (name) => {
  // Grades are right or wrong on a busy machine too.
  const task = loadTask(name, { grading: { timeoutMs: 100_000 } });
  afterAll(() => task.close());

  test("its default parameters stand in its spec", () => {
    expect(taskSpecSchema.parse(name)).toEqual({ [name]: task.params });
  });

  test("a gold answer is right, an empty or missing one is wrong", async () => {
    for (const problem of await someProblems(task)) {
      const right = problem.solution ?? SOLUTIONS[name] ?? problem.answer;
      expect(await values(task, problem, [right, "", null])).toEqual([1, 0, 0]);
    }
    expect(task.extract("")).toBeNull();
  }, 300_000);

  test("without a gold answer nothing can be said", async () => {
    const [problem] = await someProblems(task);
    if (!problem) throw new Error("no problem");
    for (const prediction of [null, "", "7"]) {
      const grade = await task.grade(prediction, "", { ...problem, answer: "" });
      expect(grade).toHaveProperty("ungraded");
    }
  });

  test("loading is deterministic, ids and keys are unique, and a smaller count gives a prefix", async () => {
    const [first, second] = [await someProblems(task), await someProblems(task)];
    expect(second).toEqual(first);
    expect(new Set(first.map(({ id }) => id)).size).toBe(first.length);
    expect(new Set(first.map(({ key }) => key)).size).toBe(first.length);
    const row = GOOD_ROWS[name];
    const source = row && fileOf(`thrice-${name}`, [row, row, row]);
    const load = (count: number) => task.load({ split: "test", count, seed: 3, data: source });
    expect(await load(1)).toEqual((await load(3)).slice(0, 1));
    expect(await load(0)).toEqual([]);
  });

  test("what holds workers cannot grade once it is closed", async () => {
    const closed = loadTask(name);
    const [problem] = await someProblems(closed);
    if (!problem) throw new Error("no problem");
    await closed.close();
    await closed.close();
    const outcome: unknown = await Promise.resolve(closed)
      .then((one) => one.grade(problem.solution ?? problem.answer, problem.answer, problem))
      .catch((error: unknown) => error);
    const holds = tasks.find((one) => one.name === name)?.grader !== undefined;
    expect(outcome).toMatchObject(holds ? { code: "task-closed" } : { value: 1 });
  });
});

describe.each(fromFiles)("%s: malformed rows", (name) => {
  const task = loadTask(name);
  const load = (lines: readonly unknown[], what: string) =>
    task.load({ split: "test", seed: 0, data: fileOf(`${name}-${what}`, lines) });
  const good = GOOD_ROWS[name] ?? {};
  const needed = NEEDED_FIELDS[name] ?? [];

  test("have an example here", () => {
    expect(Object.keys(good)).not.toEqual([]);
    expect(needed).not.toEqual([]);
  });

  test.each([
    ["cut short", JSON.stringify(good).slice(0, -3), /:3: not JSON/],
    ["a list", [], /:3: must be a map/],
    ["a number", 7, /:3: must be a map/],
    ...needed.map((field) => [`no ${field}`, { ...good, [field]: undefined }, /:3: /] as const),
    ...needed.map((field) => [`${field} null`, { ...good, [field]: null }, /:3: /] as const),
    ...needed.map((field) => [`${field} a map`, { ...good, [field]: {} }, /:3: /] as const),
    ...needed.map((field) => [`${field} empty`, { ...good, [field]: "  " }, /:3: /] as const),
  ] as const)("%s", async (what, row, told) => {
    const error: unknown = await load([good, "", row], what.replaceAll(" ", "-")).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(InputError);
    const field = needed.find((each) => what.includes(each));
    expect(error).toMatchObject({
      message: expect.stringMatching(told),
      file: expect.stringContaining(directory),
      ...(field === undefined ? {} : { field }),
    });
  });

  test("an empty file holds no problems", async () => {
    await expect(load(["", ""], "empty")).rejects.toThrow(/holds no problems/);
  });
});

test.each(fromFiles.filter((name) => "answer" in (GOOD_ROWS[name] ?? {})))(
  "%s: rows without a gold answer are left out and counted",
  async (name) => {
    const good = GOOD_ROWS[name];
    const without = [null, "", "  "].map((answer) => ({ ...good, answer }));
    const skipped: [number, string][] = [];
    const problems = await loadTask(name).load({
      split: "test",
      seed: 0,
      data: fileOf(`skips-${name}`, [...without, good]),
      onSkipped: ({ row, why }) => skipped.push([row, why]),
    });
    expect(problems.map(({ key }) => key)).toEqual([4]);
    expect(skipped).toEqual([1, 2, 3].map((row) => [row, "no gold answer"]));
  },
);

/** Rows that can be graded, and rows that are left out. */
const SIZES: readonly [string, "train" | "test", number, number][] = [
  ["gsm8k", "train", 7473, 0],
  ["gsm8k", "test", 1319, 0],
  ["math-train", "train", 7470, 4],
  ["math-train", "test", 500, 0],
  ["math500", "test", 500, 0],
  ["amc", "test", 83, 0],
  ["amc23", "test", 40, 0],
  ["aime24", "test", 30, 0],
  ["aime25", "test", 30, 0],
  ["cruxeval-o", "test", 800, 0],
  ["humaneval", "test", 164, 0],
];

test.skipIf(data === undefined)(
  "every row of the public files is read (skipped without PLACEBO_DATA)",
  async () => {
    const sizes: (typeof SIZES)[number][] = [];
    for (const [name, split] of SIZES) {
      let skipped = 0;
      const onSkipped = () => skipped++;
      const problems = await loadTask(name).load({ split, seed: 0, data, onSkipped });
      expect(new Set(problems.map(({ id }) => id)).size).toBe(problems.length);
      sizes.push([name, split, problems.length, skipped]);
    }
    expect(sizes).toEqual(SIZES);
  },
);

test.each<[unknown, string, RegExp]>([
  ["gsmk", "task", /Did you mean "gsm8k"\?/],
  ["toString", "task", /unknown task "toString"\. Known: arithmetic, gsm8k,/],
  [{ gsm8k: { split: "train" } }, "task.gsm8k.split", /unknown key "split"/],
  [{ arithmetic: {}, gsm8k: {} }, "task", /not 2 names/],
  [{ gsm8k: [] }, "task.gsm8k", /must be a map/],
])("%j is told", (spec, field, message) => {
  let error: unknown;
  try {
    // The point is what happens to a value of another shape.
    loadTask(spec as string);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(InputError);
  expect(error).toMatchObject({ field, message: expect.stringMatching(message) });
});
