import { describe, expect, it } from "vitest";
import { searchFamily } from "../search/index.ts";
import { GIVE_UP_AFTER } from "../remote/index.ts";
import { controlled, type Explored, type Job, type Proposer } from "./index.ts";
import { proposerBy, SETTINGS, taskOf } from "./testing/explore-all.ts";

const family = searchFamily("permutations");
const tasks = [
  [1, 2],
  [3, 4],
  [5, 6],
].map((elements, key) => taskOf(family, { elements }, key));

const isNothingThere = () => false;

async function explored(proposer: Proposer, has: (job: Job) => boolean = isNothingThere) {
  const { given, error } = await explore(tasks, proposer, has);
  if (error !== undefined) throw error;
  return given.toSorted((a, b) => a.task.key - b.task.key);
}

/** What is given before the end, and the error that ended it. */
async function explore(
  asked: typeof tasks,
  proposer: Proposer,
  has: (job: Job) => boolean = isNothingThere,
): Promise<{ given: Explored[]; error: unknown }> {
  const { signal } = new AbortController();
  const how = { has, signal, onProgress: () => undefined };
  const given: Explored[] = [];
  try {
    for await (const some of controlled(proposer, SETTINGS).explore(asked, how)) {
      given.push(...some);
    }
    return { given, error: undefined };
  } catch (error) {
    return { given, error };
  }
}

/** Lists of so many elements, and a server that fails on some of them once so many lines are written. */
const listsOf = (count: number, elements = 2) =>
  Array.from({ length: count }, (_, key) =>
    taskOf(
      family,
      { elements: Array.from({ length: elements }, (_each, i) => 1000 * i + key) },
      key,
    ),
  );

const failingFrom = (first: number, behind = 0): Proposer => ({
  ...proposerBy(({ script }) =>
    Number(/\[(\d+)/.exec(script.prompt)?.[1]) >= first && script.lines.length >= behind
      ? { kind: "failed", reason: "overloaded" }
      : { kind: "pick", index: 0, tokens: 1 },
  ),
  // As a server's: what is there is not asked for again.
  weighs: false,
});

const split = (given: readonly Explored[]) => {
  const missed = given.filter((each) => "missed" in each).length;
  return { kept: given.length - missed, missed };
};
const GIVEN_UP = { code: "server-failing", message: expect.stringContaining("overloaded") };

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

  it("ask nothing where all is there", async () => {
    expect(await explored(failingOn("Input"), () => true)).toEqual([]);
  });

  it("leave out the last ones that fail, though they are alone in their batch", async () => {
    // 64 searches advance together, so the last one is a batch by itself.
    const { given, error } = await explore(listsOf(65), failingFrom(64));
    expect([split(given), error]).toEqual([{ kept: 64, missed: 1 }, undefined]);
  });

  it("leave out the one that a resumed exploration still misses", async () => {
    const has = ({ task }: Job) => task.key !== 40;
    const { given, error } = await explore(listsOf(65), failingFrom(0), has);
    expect([given, error]).toMatchObject([
      [{ task: { key: 40 }, missed: "overloaded" }],
      undefined,
    ]);
  });

  it.each([
    ["in one round", 60, 60 - GIVE_UP_AFTER, 0],
    ["over two batches", 72, 72 - GIVE_UP_AFTER, 0],
  ])("give up after so many failures in a row, %s, and keep what ended", async (_, all, kept) => {
    const { given, error } = await explore(listsOf(all), failingFrom(kept));
    expect(split(given)).toEqual({ kept, missed: GIVE_UP_AFTER });
    expect(error).toMatchObject(GIVEN_UP);
    const fewer = await explore(listsOf(all), failingFrom(kept + 1));
    expect([split(fewer.given), fewer.error]).toEqual([
      { kept: kept + 1, missed: GIVE_UP_AFTER - 1 },
      undefined,
    ]);
  });

  it("give up over two rounds", async () => {
    // Half fail at once, the other half at their second question, which are those after each other.
    const half = GIVE_UP_AFTER / 2;
    const [late, early] = [failingFrom(0, 1), failingFrom(half)];
    const proposer: Proposer = {
      ...late,
      ask: async (questions, options) => {
        const [first, second] = [
          await late.ask(questions, options),
          await early.ask(questions, options),
        ];
        return first.map((opinion, i) =>
          opinion.kind === "failed" ? opinion : (second[i] ?? opinion),
        );
      },
    };
    const { given, error } = await explore(listsOf(2 * half, 3), proposer);
    expect(split(given)).toEqual({ kept: 0, missed: GIVE_UP_AFTER });
    expect(error).toMatchObject(GIVEN_UP);
  });

  it("forgive failures before an answer", async () => {
    const odd = proposerBy(({ script }) =>
      /,10\d*[02468]\]/.test(script.prompt)
        ? { kind: "failed", reason: "overloaded" }
        : { kind: "pick", index: 0, tokens: 1 },
    );
    const { given, error } = await explore(listsOf(60), odd);
    expect([split(given), error]).toEqual([{ kept: 30, missed: 30 }, undefined]);
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
