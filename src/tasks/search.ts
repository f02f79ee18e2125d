/** The task `search`: generated problems of a family of systematic search; the answer is the whole trace. */
import { z } from "zod";
import { auditTrace } from "../audit/index.ts";
import { stream } from "../random.ts";
import { promptOf, searchFamilies, searchFamily, type Family } from "../search/index.ts";
import { defineTask, type Problem, type Split } from "./define.ts";
import { auditParts, barePrompt, searchProblemOf, searchSplitOf } from "./search-problem.ts";

const level = z.number().int().positive();
const FAMILIES = searchFamilies.map(({ name }) => name);

const levelsSchema = z.union([
  z.array(level).min(1),
  z
    .strictObject({ from: level.describe("the easiest"), to: level.describe("the hardest") })
    .refine(({ from, to }) => from <= to, { error: "from must not exceed to" })
    .transform(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i)),
]);

const paramsSchema = z
  .strictObject({
    family: z.enum(FAMILIES).default("permutations").describe("problem family"),
    levels: levelsSchema.default([1, 2, 3]).describe("a list of levels, or { from, to }"),
    prompt: z
      .enum(["bare", "full"])
      .default("full")
      .describe("the problem's line alone, or with the rules and a worked example"),
    problems: z
      .number()
      .int()
      .positive()
      .max(100_000)
      .default(1000)
      .describe(
        "problems of a split, of which a trial takes what it asks for; fewer where there are fewer",
      ),
  })
  .superRefine(({ family, levels }, context) => {
    const { difficulty } = searchFamily(family);
    for (const [i, each] of levels.entries()) {
      if (each <= difficulty.levels) continue;
      const message = `${family} has ${difficulty.levels} levels (${difficulty.meaning})`;
      context.addIssue({ code: "custom", message, path: ["levels", i], input: each });
    }
  });

type SearchParams = z.output<typeof paramsSchema>;

/** So many draws of a level in a row without a new problem mean that hardly any is left. */
const MOST_REPEATS = 500;

const SPLIT_NUMBER: { readonly [S in Split]: number } = { train: 0, test: 1 };

/** All different problems of a split in the order of their draws, which go round the levels; at most `count`. */
function drawProblems(
  family: Family,
  { levels, prompt }: SearchParams,
  { split, count, seed }: { split: Split; count: number; seed: number },
): Problem[] {
  const problems = new Map<string, Problem>();
  for (let draw = 0, repeats = 0; problems.size < count; draw++, repeats++) {
    if (repeats > MOST_REPEATS * levels.length) break;
    const difficulty = levels[draw % levels.length] ?? 1;
    const problem = family.generate(
      stream(seed, "problems", SPLIT_NUMBER[split], draw),
      difficulty,
    );
    const answer = family.write(problem);
    if (searchSplitOf(family, problem) !== split || problems.has(answer)) continue;
    repeats = 0;
    const goals = family.judge(problem).progress().allGoals;
    problems.set(answer, {
      id: `${family.name}-${split}-${draw}`,
      key: draw,
      prompt: prompt === "bare" ? barePrompt(family, problem) : promptOf(family, problem),
      answer,
      solution: family.solve(problem).join("\n"),
      features: { family: family.name, level: difficulty, goals },
    });
  }
  return [...problems.values()];
}

export const search = defineTask<SearchParams>({
  name: "search",
  description:
    "generated problems of systematic search; the answer is the whole trace, which is right if it concludes rightly",
  source: "problem families of arXiv 2505.20296, with the audit as the grader",
  params: paramsSchema,
  load: (params, { split, count = params.problems, seed }) => {
    const wanted = Math.min(count, params.problems);
    const drawn = drawProblems(searchFamily(params.family), params, { split, count: wanted, seed });
    return Promise.resolve(drawn);
  },
  extract: (text) => (text.trim() === "" ? null : text),
  grade: (prediction, gold, { problem }) => {
    if (gold.trim() === "") return { ungraded: "the gold answer is empty" };
    const { family, problem: searched } = searchProblemOf({ ...problem, answer: gold });
    if (prediction === null) return { value: 0 };
    const { audit } = auditTrace(family, searched, { text: prediction });
    return { value: audit.correct === true ? 1 : 0, parts: auditParts(audit) };
  },
});
