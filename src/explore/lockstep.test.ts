import { describe, expect, it } from "vitest";
import { EngineError } from "../errors.ts";
import { searchFamily } from "../search/index.ts";
import { controlled, type Explored, type Proposer } from "./index.ts";
import { proposerBy, SETTINGS, taskOf } from "./testing/explore-all.ts";

const family = searchFamily("permutations");
const tasks = [
  [1, 2],
  [3, 4],
  [5, 6],
].map((elements, key) => taskOf(family, { elements }, key));

async function explored(proposer: Proposer, has = false): Promise<Explored[]> {
  const { signal } = new AbortController();
  const how = { has: () => has, signal, onProgress: () => undefined };
  const all: Explored[] = [];
  for await (const some of controlled(proposer, SETTINGS).explore(tasks, how)) all.push(...some);
  return all.toSorted((a, b) => a.task.key - b.task.key);
}

/** Fails on prompts with this text. */
const failingOn = (text: string) =>
  proposerBy(({ script }) =>
    script.prompt.includes(text)
      ? { kind: "failed", reason: "overloaded" }
      : { kind: "pick", index: 0, tokens: 1 },
  );

describe("searches in lockstep", () => {
  it("go on without one whose question failed", async () => {
    const ends = (await explored(failingOn("[3,4]"))).map((each) =>
      "missed" in each ? each.missed : each.stop,
    );
    expect(ends).toEqual(["exhausted", "overloaded", "exhausted"]);
  });

  it("end with an error where nothing is ever answered", async () => {
    await expect(explored(failingOn("Input"))).rejects.toThrow(EngineError);
  });

  it("ask nothing where all is there", async () => {
    expect(await explored(failingOn("Input"), true)).toEqual([]);
  });

  it("share one call a round", async () => {
    const rounds: number[] = [];
    const proposer = failingOn("none");
    const counting: Proposer = {
      ...proposer,
      ask: (questions, options) => {
        rounds.push(questions.length);
        return proposer.ask(questions, options);
      },
    };
    await explored(counting);
    // Each has one choice: which element comes first.
    expect(rounds).toEqual([3]);
  });
});
