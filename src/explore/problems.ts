/** The problems of an exploration, with the prompts that models read. They do not depend on who explores them. */
import { stream } from "../random.ts";
import { promptOf, type Family } from "../search/index.ts";
import { barePrompt, searchSplitOf } from "../tasks/index.ts";

export const PROMPTS = ["bare", "full"] as const;
/** `bare`: the line that states the problem; `full`: the rules and a worked example before it. */
export type PromptStyle = (typeof PROMPTS)[number];

/** One problem to explore. */
export interface Task {
  readonly family: Family;
  readonly level: number;
  /** number of the draw that gave it, unique within the level */
  readonly index: number;
  /** number under which its random draws are keyed, unique within the exploration */
  readonly key: number;
  readonly problem: unknown;
  readonly prompt: string;
}

/** Draws for each problem that is wanted, at most: a level that needs more has no more that differ. */
const PATIENCE = 100;
/** Draws of a level at most. */
const MOST_DRAWS = 100_000;

export interface TaskOptions {
  readonly family: Family;
  readonly levels: readonly number[];
  /** different problems a level; fewer where it has not so many */
  readonly problems: number;
  readonly prompt: PromptStyle;
  readonly seed: number;
}

/**
 * Held-out problems of the task `search`, which no searcher is ever pretrained or trained on.
 *
 *     drawTasks({ family: searchFamily("permutations"), levels: [1, 2], problems: 5, prompt: "bare", seed: 0 });
 */
export function drawTasks({ family, levels, problems, prompt, seed }: TaskOptions): Task[] {
  return levels.flatMap((level) => {
    const drawn = new Map<string, Task>();
    const draws = Math.min(MOST_DRAWS, problems * PATIENCE);
    for (let index = 0; index < draws && drawn.size < problems; index++) {
      const problem = family.generate(stream(seed, "problems", level, index), level);
      const name = family.write(problem);
      if (drawn.has(name) || searchSplitOf(family, problem) !== "test") continue;
      const key = level * MOST_DRAWS + index;
      const text = promptFor(family, problem, prompt);
      drawn.set(name, { family, level, index, key, problem, prompt: text });
    }
    return [...drawn.values()];
  });
}

/** What the model reads: the rules with a worked example and the problem, or the problem's line alone. */
export function promptFor(family: Family, problem: unknown, style: PromptStyle): string {
  return style === "full" ? promptOf(family, problem) : barePrompt(family, problem);
}

/** Lines that stand around the trace, as in the worked example of the prompt. */
export const FRAMES: {
  readonly [S in PromptStyle]: {
    readonly opening: readonly string[];
    readonly closing: readonly string[];
  };
} = {
  bare: { opening: [], closing: [] },
  full: { opening: ["<answer>"], closing: ["</answer>"] },
};

/** What ends a trace that a model writes by itself. */
export const STOP_STRINGS: { readonly [S in PromptStyle]: readonly string[] } = {
  bare: ["\nInput:"],
  full: ["</answer>"],
};
