/** Groups of search traces for tests. */
import { searchFamily } from "../../search/index.ts";
import { loadTask } from "../../tasks/index.ts";
import type { GroupContext } from "../define.ts";
import { group, rolloutOf } from "./group.ts";

const task = loadTask({ search: { family: "permutations", levels: [1], prompt: "bare" } });

/** The list whose permutations the traces look for. */
export const ELEMENTS = [1, 1, 2];

/** A systematic trace, a wandering one, one that stops early, and two without any step. */
export function searchTexts(): string[] {
  const solved = searchFamily("permutations").solve({ elements: ELEMENTS });
  return [
    solved.join("\n"),
    "CHECK([1])==continue;\nCHECK([2])==continue;\nCHECK([1])==continue;\nEND()==3;",
    `${solved.slice(0, 4).join("\n")}\n`,
    "I give up.",
    "",
  ];
}

/** A group of rollouts on one problem of the task `search`. */
export async function searchGroup(texts: readonly string[]): Promise<GroupContext> {
  const context = group(texts);
  const features = { family: "permutations", level: 1, goals: 3 };
  return {
    ...context,
    task,
    problem: { ...context.problem, answer: "[1,1,2]", features },
    rollouts_G: texts.map((text) => ({ ...rolloutOf(text), answer: task.extract(text) })),
  };
}
