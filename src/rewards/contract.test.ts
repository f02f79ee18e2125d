/** What holds for every reward and combinator, whoever wrote it. */
import { describe, expect, test } from "vitest";
import { InputError } from "../errors.ts";
import { compileReward } from "./compile.ts";
import { hasSteps, type RewardSpec } from "./define.ts";
import { combinators, describeRewards, rewards } from "./registry.ts";
import { rewardSpecSchema } from "./spec.ts";
import { group, votes, type GroupOptions } from "./testing/group.ts";
import { searchGroup, searchTexts } from "./testing/search-group.ts";

const TEXTS = [
  "python 3 + 4 = 7 \\boxed{7}",
  "that makes \\boxed{8}",
  "",
  "no answer at all",
  "\\boxed{8} again",
];

/** Combinators have no default: an example of each. */
const EXAMPLES: Readonly<Record<string, RewardSpec>> = {
  and: { and: ["random", "python"] },
  not: { not: "random" },
  sum: { sum: [{ weight: 0.5, reward: "random" }, { reward: "format" }] },
  shift: { shift: { by: -1, reward: "random" } },
  scale: { scale: { by: 3, reward: "random" } },
  flip: { flip: { p: 0.3, reward: "truth" } },
  verifier: { verifier: { tpr: 0.8, fpr: 0.1, reward: "truth" } },
  noise: { noise: { std: 0.5, reward: "truth" } },
};

const bySteps = rewards.filter(({ scope }) => scope === "steps").map(({ name }) => name);

const specs = [
  ...rewards
    .filter(({ scope }) => scope !== "steps")
    .map(({ name }): [string, RewardSpec] => [name, name]),
  ...combinators.map(({ name }): [string, RewardSpec] => [name, EXAMPLES[name] ?? name]),
];

const FULL: GroupOptions = {
  initial: true,
  label: votes(["8", 5], ["7", 3]),
  golds: ["7", "8", "9"],
};

test("names are unique kebab-case, and every row says what it is and where it comes from", () => {
  const rows = describeRewards();
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  for (const row of rows) {
    expect(row.name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(["sample", "group"]).toContain(row.scope);
    expect(row.source).not.toBe("");
    expect(row.description).not.toBe("");
  }
});

describe.each(specs)("%s", (_, spec) => {
  const compiled = () => compileReward(spec, { baseDirectory: "." });

  test("gives one finite value or a reason for each rollout", async () => {
    const { score } = await compiled();
    for (const texts of [TEXTS, ["", "", ""], TEXTS.slice(0, 1)]) {
      const grades = await score(group(texts, FULL));
      expect(grades).toHaveLength(texts.length);
      const sound = grades.map((grade) =>
        "ungraded" in grade ? grade.ungraded !== "" : Number.isFinite(grade.value),
      );
      expect(sound).toEqual(texts.map(() => true));
    }
  });

  test("is a function of the key, not of the order of the calls", async () => {
    const { score } = await compiled();
    const keys = Array.from({ length: 8 }, (_value, key) => key);
    const at = (key: number) => score(group(TEXTS, { ...FULL, key, step: key % 3 }));
    const forwards = await Promise.all(keys.map(at));
    const backwards = (await Promise.all(keys.toReversed().map(at))).toReversed();
    expect(backwards).toEqual(forwards);
    const again = await compiled();
    expect(await again.score(group(TEXTS, { ...FULL, key: 0, step: 0 }))).toEqual(forwards[0]);
  });

  test("resolves to a spec that means the same", async () => {
    const first = await compiled();
    const second = await compileReward(first.spec, { baseDirectory: "." });
    expect(rewardSpecSchema.parse(first.spec)).toEqual(first.spec);
    expect(second.label).toBe(first.label);
    expect(await second.score(group(TEXTS, FULL))).toEqual(await first.score(group(TEXTS, FULL)));
  });
});

const needOf = async (spec: RewardSpec) =>
  (await compileReward(spec, { baseDirectory: "." })).needs;
const needy = ["majority-fixed", "incorrect", "self-certainty-offline"];
const bare = () => group(TEXTS, { golds: FULL.golds });

test("exactly these need something", async () => {
  const needs = await Promise.all(
    specs.map(async ([name, spec]) => [name, await needOf(spec)] as const),
  );
  expect(needs.filter(([, set]) => set.size > 0).map(([name]) => name)).toEqual(needy);
});

test.each(needy)("%s says what it needs where that is missing", async (name) => {
  const { needs, score } = await compileReward(name, { baseDirectory: "." });
  await expect(score(bare())).rejects.toThrow([...needs].join());
});

test.each(specs.filter(([name]) => !needy.includes(name)))("%s needs nothing", async (_, spec) => {
  const { score } = await compileReward(spec, { baseDirectory: "." });
  expect(await score(bare())).toEqual(await score(group(TEXTS, FULL)));
});

const perSample = rewards.filter(({ scope }) => scope === "sample");

test.each(perSample.map(({ name }) => name))("%s sees one rollout only", async (name) => {
  const { score } = await compileReward(name, { baseDirectory: "." });
  const others = TEXTS.map((text, g) => (g === 1 ? text : `other ${g} \\boxed{1}`));
  expect((await score(group(others, FULL)))[1]).toEqual((await score(group(TEXTS, FULL)))[1]);
});

describe.each(bySteps)("%s, by steps", (name) => {
  const compiled = (spec: RewardSpec = name) => compileReward(spec, { baseDirectory: "." });
  const TRACES = searchTexts();

  test("gives each step one finite value, in the order of the text, and their sum", async () => {
    const { score } = await compiled();
    const context = await searchGroup(TRACES);
    const grades = await score(context);
    expect(grades).toHaveLength(TRACES.length);
    for (const [g, grade] of grades.entries()) {
      if (!hasSteps(grade)) throw new Error("no steps");
      const ends = grade.steps.map(({ end }) => end);
      expect(ends).toEqual(ends.toSorted((a, b) => a - b));
      expect(ends.at(-1)).toBe(TRACES[g]?.length);
      const total = grade.steps.reduce((sum, { value }) => sum + value, 0);
      expect(grade.value).toBeCloseTo(total, 10);
    }
  });

  test("sees one rollout only, and resolves to a spec that means the same", async () => {
    const first = await compiled();
    const others = TRACES.map((text, g) => (g === 1 ? text : "CHECK([9])==continue;"));
    const grades = await first.score(await searchGroup(TRACES));
    expect((await first.score(await searchGroup(others)))[1]).toEqual(grades[1]);
    const second = await compiled(first.spec);
    expect(await second.score(await searchGroup(TRACES))).toEqual(grades);
  });

  test("refuses problems that have no steps, by name", async () => {
    const { score } = await compiled();
    await expect(score(group(TEXTS, FULL))).rejects.toMatchObject({ code: "no-search" });
  });

  test.each(combinators.map((one) => [one.name, one.takesSteps === true] as const))(
    "under %s: %s",
    async (combinator, takesSteps) => {
      // The combinator's example with this reward in place of its first.
      const example = JSON.stringify(EXAMPLES[combinator] ?? combinator);
      const spec: RewardSpec = JSON.parse(example.replace(/"random"|"truth"/, `"${name}"`));
      const outcome = await compiled(spec).then(
        () => "compiles",
        (error: unknown) => (error instanceof InputError ? error.code : error),
      );
      expect(outcome).toBe(takesSteps ? "compiles" : "reward-scope");
    },
  );
});
