/** Rewards that users bring: loaded from their files, and every mistake told. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InputError } from "../errors.ts";
import { compileReward } from "./compile.ts";
import type { RewardSpec } from "./define.ts";
import { group } from "./testing/group.ts";

const SHORT = (name: string, types: boolean) => `
import { z } from "zod";
export default {
  name: "${name}", scope: "sample", description: "at most so many tokens", source: "this test",
  params: z.strictObject({ tokens: z.number().default(2) }),
  score: (${types ? "{ rollout }: { rollout: { tokens_T: number[] } }, { tokens }: { tokens: number }" : "{ rollout }, { tokens }"}) =>
    ({ value: rollout.tokens_T.length <= tokens ? 1 : 0 }),
};
export const other = {
  name: "first", scope: "group", description: "the first wins", source: "this test", params: z.strictObject({}),
  scoreGroup: (context) => context.rollouts_G.map((_, g) => ({ value: g === 0 ? 1 : 0 })),
};`;

/** A module whose default export is a sample reward with this body. */
const sampleOf = (body: string) => `
import { z } from "zod";
export default {
  name: "mine", scope: "sample", description: "", source: "", params: z.strictObject({}),
  score: (context) => { ${body} },
};`;

/** A module whose default export checks problems like this. */
const checkedBy = (check: string) => `
import { z } from "zod";
export default {
  name: "mine", scope: "sample", description: "", source: "", params: z.strictObject({}),
  checkProblem: ${check},
  score: () => ({ value: 1 }),
};`;

const FILES: Readonly<Record<string, string>> = {
  "short.ts": SHORT("short-ts", true),
  "short.mjs": SHORT("short-mjs", false),
  "inner/short.js": SHORT("short-js", false),
  "inner/package.json": '{ "type": "module" }',
  "helper.ts": 'export const label: string = "helped";',
  "importing.ts": `import { z } from "zod";
import { label } from "./helper.ts";
export const mine = { name: label, scope: "sample", description: "", source: "", params: z.object({}), score: () => ({ value: 5 }) };`,
  "syntax.ts": "export default {",
  "throwing.mjs": 'throw new Error("no such luck");',
  "number.mjs": "export default 5;",
  "scope.mjs": 'export default { name: "x", scope: "batch" };',
  "no-params.mjs":
    'export default { name: "x", scope: "sample", description: "", source: "", score: () => ({ value: 1 }) };',
  "no-score.mjs":
    'import { z } from "zod"; export default { name: "x", scope: "group", description: "", source: "", params: z.object({}), score() {} };',
  "needs.mjs":
    'import { z } from "zod"; export default { name: "x", scope: "sample", description: "", source: "", needs: ["luck"], params: z.object({}), score() {} };',
  "check-number.mjs": checkedBy("5"),
  "check-throwing.mjs": checkedBy("() => { throw new Error('no such luck'); }"),
  "check-async.mjs": checkedBy("async () => { throw new Error('too late'); }"),
  "check-own.mjs": checkedBy("({ id }) => { if (id === 'p0') throw new TypeError('not p0'); }"),
  "nan.mjs": sampleOf("return { value: 0 / 0 };"),
  "text.mjs": sampleOf('return "1";'),
  "nothing.mjs": sampleOf(""),
  "promise.mjs": sampleOf("return Promise.resolve({ value: 5 });"),
  "rejecting.mjs": sampleOf("return Promise.reject(new Error('too late'));"),
  "promises.mjs": `import { z } from "zod";
export default { name: "mine", scope: "group", description: "", source: "", params: z.object({}),
  scoreGroup: (context) => context.rollouts_G.map(async () => ({ value: 1 })) };`,
  "parts.mjs": sampleOf("return { value: 1, parts: { a: Infinity } };"),
  "bug.mjs": sampleOf("return { value: context.absent.field };"),
  "draw.mjs": sampleOf("return { value: context.uniform(70000) };"),
  "count.mjs": `import { z } from "zod";
export default { name: "mine", scope: "group", description: "", source: "", params: z.object({}), scoreGroup: () => [{ value: 1 }] };`,
};

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "placebo-rewards-"));
  mkdirSync(join(directory, "inner"));
  // The user's own project, with zod installed.
  const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));
  symlinkSync(modules, join(directory, "node_modules"));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(directory, name), text);
});
afterAll(() => rmSync(directory, { recursive: true }));

const compile = (spec: RewardSpec) => compileReward(spec, { baseDirectory: directory });

describe("a user's module", () => {
  test.each([
    ["./short.ts", "short-ts(tokens=2)"],
    ["short.mjs", "short-mjs(tokens=2)"],
    ["./inner/short.js", "short-js(tokens=2)"],
  ])("%s is loaded", async (module, label) => {
    const reward = await compile({ module });
    expect(reward.label).toBe(label);
    expect(reward.modules).toEqual([join(directory, module)]);
    expect(await reward.score(group(["a b c", "a b"]))).toEqual([{ value: 0 }, { value: 1 }]);
  });

  test("takes params, another export, and a place inside a combinator", async () => {
    const short = { module: "short.mjs", params: { tokens: 3 } };
    const first = { module: "short.mjs", export: "other" };
    const reward = await compile({ and: [short, { not: first }] });
    expect(reward.label).toBe("and(short-mjs(tokens=3), not(first))");
    expect(reward.modules).toEqual([join(directory, "short.mjs")]);
    const values = await reward.score(group(["a", "a", "a b c d"]));
    expect(values.map((grade) => "value" in grade && grade.value)).toEqual([0, 1, 0]);
  });

  test("may take its time", async () => {
    const { score } = await compile({ not: { module: "promise.mjs" } });
    expect(await score(group(["a"]))).toMatchObject([{ value: -4 }]);
  });

  test("may import its own TypeScript files", async () => {
    const { name } = await compile({ module: "importing.ts", export: "mine" });
    expect(name).toBe("helped");
  });
});

/** Everything that the error must say, for each mistake. */
const mistakes: readonly [string, RewardSpec, RegExp, RegExp, string][] = [
  [
    "no such file",
    { module: "gone.ts" },
    /gone\.ts/,
    /relative to the trial file/,
    "reward.module",
  ],
  ["a folder", { module: "inner" }, /inner is no module/, /\.ts, \.mts/, "reward.module"],
  ["another kind of file", { module: "a.json" }, /a\.json is no module/, /\.ts/, "reward.module"],
  ["a syntax error", { module: "syntax.ts" }, /does not load/, /fix it/, "reward.module"],
  ["an error while loading", { module: "throwing.mjs" }, /no such luck/, /fix it/, "reward.module"],
  ["no such export", { module: "short.mjs", export: "othr" }, /"othr"/, /"other"/, "reward.export"],
  ["no default export", { module: "importing.ts" }, /"default"/, /mine/, "reward.export"],
  ["a number", { module: "number.mjs" }, /is no reward/, /defineReward/, "reward.export"],
  ["an unknown scope", { module: "scope.mjs" }, /scope/, /defineReward/, "reward.export"],
  ["no schema", { module: "no-params.mjs" }, /params: must be a zod schema/, /./, "reward.export"],
  ["no function", { module: "no-score.mjs" }, /scoreGroup: must be a fun/, /./, "reward.export"],
  [
    "no function",
    { module: "check-number.mjs" },
    /checkProblem: must be a fun/,
    /./,
    "reward.export",
  ],
  ["an unknown need", { module: "needs.mjs" }, /needs/, /./, "reward.export"],
  [
    "an unknown param",
    { module: "short.mjs", params: { token: 1 } },
    /unknown key "token"/,
    /"tokens"/,
    "reward.params.token",
  ],
  [
    "a wrong param",
    { module: "short.mjs", params: { tokens: "x" } },
    /tokens: must be a number/,
    /./,
    "reward.params.tokens",
  ],
  ["a mistyped key", { module: "short.mjs", parms: {} }, /"params"/, /./, "reward.parms"],
  ["an empty path", { module: "" }, /module/, /./, "reward.module"],
  ["deep inside", { and: ["truth", { module: "gone.ts" }] }, /gone/, /./, "reward.and.1.module"],
];

test.each(mistakes)("told: %s", async (_, spec, message, hint, field) => {
  const error: unknown = await compile(spec).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InputError);
  expect(error).toMatchObject({
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
    field,
  });
  expect(String(error)).not.toContain("\n");
});

test.each([
  [
    "check-throwing.mjs",
    "reward-threw",
    /mine threw on problem \S+, in check-throwing\.mjs:\d+: no such luck/,
  ],
  ["check-async.mjs", "reward-shape", /checkProblem gave a promise/],
])("a bug in the check of problems surfaces: %s", async (module, code, message) => {
  const { checkProblem } = await compile({ not: { module } });
  const { problem } = group(["a"]);
  expect(() => checkProblem(problem)).toThrow(InputError);
  expect(() => checkProblem(problem)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) as string }),
  );
});

test("a check of problems may let a problem pass", async () => {
  const { checkProblem } = await compile({ module: "check-own.mjs" });
  const { problem } = group(["a"]);
  expect(() => checkProblem({ ...problem, id: "p0" })).toThrow(
    /mine threw on problem p0, in check-own\.mjs:\d+: not p0/,
  );
  expect(() => checkProblem({ ...problem, id: "p1" })).not.toThrow();
});

const faults: readonly [string, RegExp][] = [
  ["nan.mjs", /mine gave the value NaN for rollout 0/],
  ["text.mjs", /mine gave 1 instead of a grade for rollout 0/],
  ["nothing.mjs", /undefined instead of a grade/],
  ["promises.mjs", /an unawaited promise for rollout 0/],
  ["parts.mjs", /the part a = Infinity/],
  ["rejecting.mjs", /mine threw on problem \S+, in rejecting\.mjs(:\d+)?: too late/],
  ["bug.mjs", /mine threw on problem \S+, in bug\.mjs:\d+: (.*absent|Cannot read)/],
  ["draw.mjs", /mine asked for the random draw 70000/],
  ["count.mjs", /1 grades for 2 rollouts/],
];

test.each(faults)("a bug in the score surfaces: %s", async (module, message) => {
  const { score } = await compile({ module });
  await expect(score(group(["a", "b"]))).rejects.toThrow(InputError);
  await expect(score(group(["a", "b"]))).rejects.toThrow(message);
});
