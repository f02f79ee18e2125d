/** Searches run to their ends in tests. */
import { uniform } from "../../random.ts";
import type { Family } from "../../search/index.ts";
import {
  controlled,
  findStrategy,
  type ControllerOptions,
  type Explored,
  type Opinion,
  type Proposer,
  type Question,
  type Task,
} from "../index.ts";
import { bytes } from "../spelling.ts";

export type Trace = Exclude<Explored, { missed: string }>;

export function taskOf(family: Family, problem: unknown, key = 0): Task {
  return {
    family,
    level: 1,
    index: key,
    key,
    problem,
    prompt: `Input: ${family.write(problem)}\n`,
  };
}

export const SETTINGS: ControllerOptions = {
  strategy: findStrategy("dfs"),
  width: 8,
  samples: 1,
  temperature: 0,
  tokens: 1e7,
  prompt: "bare",
  seed: 0,
};

/** The traces in the order of tasks and samples. @throws Error for one that is missing */
export async function exploreAll(
  proposer: Proposer,
  tasks: readonly Task[],
  settings: Partial<ControllerOptions> = {},
): Promise<Trace[]> {
  const { signal } = new AbortController();
  const how = { has: () => false, signal, onProgress: () => undefined };
  const traces: Trace[] = [];
  const explorer = controlled(proposer, { ...SETTINGS, ...settings });
  for await (const explored of explorer.explore(tasks, how)) {
    for (const each of explored) {
      if ("missed" in each) throw new Error(each.missed);
      traces.push(each);
    }
  }
  return traces.toSorted((a, b) => a.task.key - b.task.key || a.k - b.k);
}

/** Says what the function says of each question. */
export function proposerBy(opine: (question: Question) => Opinion): Proposer {
  const info = { engine: "test" };
  return {
    ...bytes,
    info,
    weighs: true,
    contextLength: Infinity,
    ask: (questions) => Promise.resolve(questions.map(opine)),
  };
}

/** Likelihoods that a function of position and line gives. */
export const weighing = (logprob: (i: number, line: string) => number): Proposer =>
  proposerBy(({ lines }) => ({
    kind: "likelihoods",
    logprobs: lines.map((line, i) => logprob(i, line)),
    scored: 0,
    read: 0,
  }));

/** Likes lines by lot, but the same line always as much. */
export const fickle = (seed: number): Proposer =>
  weighing((_, line) => {
    const hash = [...Buffer.from(line)].reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7);
    return Math.log(uniform(seed, "test", hash));
  });
