/** Problems of systematic search as tasks, rewards and organisms see them: splits, prompts, and what an audit gives. */
import { createHash } from "node:crypto";
import type { Audit } from "../audit/index.ts";
import { InputError } from "../errors.ts";
import type { Stream } from "../random.ts";
import { searchFamilies, type Family } from "../search/index.ts";
import type { Problem, Split } from "./define.ts";

/** One problem in five is held out, by the line that states it: none is ever in both splits, whatever the seeds. */
const TEST_MODULUS = 5;

export function searchSplitOf(family: Family, problem: unknown): Split {
  const text = `${family.name} ${family.write(problem)}`;
  const digest = createHash("sha256").update(text).digest();
  return digest.readUInt32BE(0) % TEST_MODULUS === 0 ? "test" : "train";
}

/** The problem on its `Input:` line and nothing else: all that a model needs which has learned the search itself. */
export function barePrompt<P>(family: Family<P>, problem: P): string {
  return `Input: ${family.write(problem)}\n`;
}

export interface SearchProblem {
  readonly family: Family;
  readonly problem: unknown;
}

/**
 * The search behind a problem of the task `search`, whatever its prompt was made of.
 *
 * @throws InputError `no-search` for a problem of another task
 */
export function searchProblemOf({ id, features, answer }: Problem): SearchProblem {
  const family = searchFamilies.find(({ name }) => name === features["family"]);
  const problem = family?.read(answer) ?? null;
  if (family !== undefined && problem !== null) return { family, problem };
  throw new InputError(`problem ${id} is no problem of systematic search`, {
    code: "no-search",
    hint: "Rewards of search steps need the task search.",
  });
}

/** The scores of an audit that there are, as parts of a grade. */
export function auditParts({ scores, steps, firstError }: Audit): Record<string, number> {
  const { coverage, validity, necessity, completeness } = scores;
  const parts = { coverage, validity, necessity, completeness };
  const known = Object.entries(parts).filter((part): part is [string, number] => part[1] !== null);
  return { ...Object.fromEntries(known), steps: steps.length, clean: firstError < 0 ? 1 : 0 };
}

/** A problem of the given split and of one of the levels, drawn by rejection from the stream. */
export function drawSearchProblem(
  family: Family,
  random: Stream,
  level: number,
  split: Split,
): unknown {
  for (;;) {
    const problem = family.generate(random, level);
    if (searchSplitOf(family, problem) === split) return problem;
  }
}
