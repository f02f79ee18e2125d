import { describe, expect, it } from "vitest";
import { auditTrace } from "../audit/index.ts";
import { stream } from "../random.ts";
import { searchFamilies, searchFamily, type Family } from "../search/index.ts";
import { byRank, rank } from "./choose.ts";
import { findStrategy, strategies, uniformProposer, type Proposer } from "./index.ts";
import {
  exploreAll,
  fickle,
  proposerBy,
  taskOf,
  weighing,
  type Trace,
} from "./testing/explore-all.ts";

const problemsOf = (family: Family, count: number, levels = 2) =>
  Array.from({ length: count }, (_, n) => family.generate(stream(11, "test", n), 1 + (n % levels)));
const tasksOf = (family: Family, count: number, levels?: number) =>
  problemsOf(family, count, levels).map((problem, n) => taskOf(family, problem, n));
const audited = ({ task, text, finish }: Trace) =>
  auditTrace(task.family, task.problem, { text, finish }).audit;
const labelsOf = (trace: Trace) =>
  new Set(audited(trace).steps.flatMap(({ findings }) => findings.map(({ label }) => label)));

const everyFamily = searchFamilies.map((family) => [family.name, family] as const);

describe.each(everyFamily)("%s", (_, family) => {
  it("has no finding and full coverage depth first, whatever the model chooses", async () => {
    const tasks = tasksOf(family, 8);
    const traces = await exploreAll(uniformProposer, tasks, { samples: 3, temperature: 1 });
    expect(traces).toHaveLength(24);
    for (const trace of traces) {
      const audit = audited(trace);
      expect([trace.text, audit.firstError, audit.unparsable]).toEqual([trace.text, -1, 0]);
      expect(audit).toMatchObject({ correct: true, ending: "concluded" });
      expect(audit.scores.completeness ?? 1).toBe(1);
      expect(audit.scores.coverage ?? 1).toBe(1);
      expect(audit.scores.validity ?? 1).toBe(1);
      expect(["goal", "exhausted"]).toContain(trace.stop);
    }
  });

  it("makes the solver's steps where the model always takes the first move", async () => {
    const tasks = tasksOf(family, 4);
    const traces = await exploreAll(
      weighing((i) => -i),
      tasks,
    );
    // Several returns in a row are one line here.
    const steps = (lines: readonly string[]) =>
      family.name === "flood-fill" ? lines : lines.filter((line) => !line.startsWith("BACKTRACK"));
    for (const { task, text } of traces) {
      expect(steps(text.split("\n"))).toEqual(steps(family.solve(task.problem)));
    }
  });

  it.each(strategies.map(({ name }) => name))(
    "%s makes no invalid and no repeated move, whatever the model says",
    async (name) => {
      const hostile = [
        weighing((i) => i - 1e6),
        weighing((i) => (i === 0 ? 0 : -Infinity)),
        weighing((i) => (i % 2 === 1 ? 0 : -1e300)),
        fickle(3),
        proposerBy(() => ({ kind: "pick", index: null, tokens: 1 })),
      ];
      const strategy = findStrategy(name);
      const tasks = tasksOf(family, 2, 1);
      for (const proposer of hostile) {
        for (const trace of await exploreAll(proposer, tasks, { strategy, width: 3 })) {
          const labels = labelsOf(trace);
          for (const label of ["boundary violation", "state staleness", "execution error"]) {
            expect([trace.text, labels]).not.toEqual([trace.text, new Set([label])]);
            expect(labels).not.toContain(label);
          }
          const { effort, task } = trace;
          const made = (effort?.proposed ?? 0) + (effort?.forced ?? 0) + (effort?.own ?? 0);
          const lines = trace.text.split("\n");
          const written = lines.filter((line) => isMove(task.family, line)).length;
          expect(written - (effort?.reentries ?? 0)).toBe(made);
          // Only where a branch that was left is entered again is anything made twice.
          expect(labels.has("state revisitation") && effort?.reentries === 0).toBe(false);
        }
      }
    },
  );

  it.each(strategies.map(({ name }) => name))("%s keeps to every budget", async (name) => {
    const strategy = findStrategy(name);
    const [task] = tasksOf(family, 1);
    if (!task) throw new Error("no task");
    const [whole] = await exploreAll(fickle(1), [task], { strategy });
    const random = stream(5, "test");
    for (let i = 0; i < 8; i++) {
      const tokens = random.int((whole?.tokens ?? 0) + 20);
      const [trace] = await exploreAll(fickle(1), [task], { strategy, tokens });
      expect(trace?.tokens).toBeLessThanOrEqual(tokens);
      expect(whole?.text.startsWith(trace?.text ?? "?")).toBe(true);
      const isShort = tokens < (whole?.tokens ?? 0);
      expect(trace).toMatchObject({ finish: isShort ? "length" : "stop" });
      expect(trace?.text.includes("END()")).toBe(!isShort);
      // What did not fit was not done: the effort is that of the lines which are there.
      const { proposed = 0, forced = 0, own = 0, returns = 0, reentries = 0 } = trace?.effort ?? {};
      const lines = trace?.text.split("\n") ?? [];
      const isReturn = (line: string) => line.startsWith("BACKTRACK");
      const moves = lines.filter((line) => isMove(family, line));
      const made = proposed + forced + own + reentries;
      // In flood fill a return is a move, too, and its line does not tell which.
      const isFlood = family.name === "flood-fill";
      const written = isFlood ? [moves.length] : [moves.length, lines.filter(isReturn).length];
      expect(isFlood ? [made + returns] : [made, returns]).toEqual(written);
    }
  });
});

/** Whether a line moves on: in flood fill a return is a move, too. */
function isMove({ name }: Family, line: string): boolean {
  if (line === "" || line.startsWith("END")) return false;
  if (line.startsWith("BACKTRACK")) return name === "flood-fill";
  if (line.startsWith("CHECK")) return name !== "clustering";
  return !line.startsWith("STATE");
}

describe("strategies", () => {
  const permutations = searchFamily("permutations");
  const game24 = searchFamily("game24");
  /** 1 1 1 1 makes no 24. */
  const unsolvable = taskOf(game24, { numbers: [1, 1, 1, 1] });

  it("a beam that is wide enough is breadth first", async () => {
    for (const family of [permutations, game24]) {
      const tasks = tasksOf(family, 4);
      const settings = { temperature: 1, samples: 2 };
      const bfs = await exploreAll(fickle(2), tasks, {
        ...settings,
        strategy: findStrategy("bfs"),
      });
      const beam = await exploreAll(fickle(2), tasks, {
        ...settings,
        strategy: findStrategy("beam"),
        width: Infinity,
      });
      expect(beam).toEqual(bfs);
    }
  });

  it.each(strategies.map((strategy) => [strategy.name, strategy] as const))(
    "%s gives the same traces for the same seed, and others for another",
    async (_, strategy) => {
      const tasks = tasksOf(permutations, 4);
      const texts = async (seed: number) =>
        (await exploreAll(uniformProposer, tasks, { strategy, seed })).map(({ text }) => text);
      const [first, again, other] = [await texts(1), await texts(1), await texts(2)];
      expect(again).toEqual(first);
      expect(other).not.toEqual(first);
    },
  );

  it("all but a beam prove that nothing is there; a beam that dropped states concludes nothing", async () => {
    for (const strategy of strategies) {
      const [trace] = await exploreAll(fickle(4), [unsolvable], { strategy, width: 1 });
      const isBeam = strategy.name === "beam";
      expect([strategy.name, trace?.stop]).toEqual([
        strategy.name,
        isBeam ? "pruned" : "exhausted",
      ]);
      expect(trace?.text.includes("END()==none;")).toBe(!isBeam);
    }
  });

  it("find all permutations, or stop at the first solution", async () => {
    for (const strategy of strategies) {
      const settings = { strategy, width: 1000 };
      const [all] = await exploreAll(
        fickle(5),
        [taskOf(permutations, { elements: [1, 1, 2] })],
        settings,
      );
      expect(all).toMatchObject({ stop: "exhausted", finish: "stop" });
      expect(all?.text).toMatch(/END\(\)==3;$/);
      const [one] = await exploreAll(
        fickle(5),
        [taskOf(game24, { numbers: [4, 5, 6, 10] })],
        settings,
      );
      expect(one?.stop).toBe("goal");
      expect(one && audited(one).correct).toBe(true);
    }
  });

  it("best first goes straight where the model sees the goal, and comes back where it is misled", async () => {
    const task = taskOf(game24, { numbers: [4, 5, 6, 10] });
    const ways = async (liked: readonly string[]) => {
      const model = weighing((_, line) => (liked.some((start) => line.startsWith(start)) ? 0 : -9));
      const [trace] = await exploreAll(model, [task], { strategy: findStrategy("best-first") });
      return trace?.text.split("\n") ?? [];
    };
    const right = ["10 - 4 = 6 (left: 5 6 6)", "6 * 5 = 30 (left: 6 30)", "30 - 6 = 24 (left: 24)"];
    expect((await ways(right)).slice(0, 3)).toEqual(right.map((line) => `${line};`));
    // Likes 10 + 5 as much as 10 - 4, and nothing behind it.
    const both = await ways(["10 + 5 = 15", ...right]);
    expect(both.at(-1)).toMatch(/^END\(\)==\(.*10 - 4/);
    expect(both.length).toBeLessThan(8);
  });

  it("best first compares whole ways, not last steps", async () => {
    // [1,2] has 0.4 · 0.9 = 0.36, and each way on from it half of that; so [2], with 0.35, comes next.
    const shares = ["[1] 0.4", "[2] 0.35", "[3] 0.15", "[4] 0.1", "[1,2] 0.9", "[1,3] 0.05"];
    const known = new Map(shares.map((each) => [each.split(" ")[0], Number(each.split(" ")[1])]));
    const shareOf = (line: string) => known.get(/\(([^)]*)\)/.exec(line)?.[1]);
    const model = weighing((_, line) => Math.log(shareOf(line) ?? 0.05));
    const task = taskOf(permutations, { elements: [1, 2, 3, 4] });
    const [trace] = await exploreAll(model, [task], { strategy: findStrategy("best-first") });
    expect(trace?.text.split("\n").slice(0, 4)).toEqual([
      "CHECK([1])==continue;",
      "CHECK([1,2])==continue;",
      "BACKTRACK([]);",
      "CHECK([2])==continue;",
    ]);
  });

  it("a beam makes no more moves of a level than it is wide", async () => {
    const task = taskOf(permutations, { elements: [1, 2, 3, 4] });
    for (const width of [1, 2, 5]) {
      const [trace] = await exploreAll(fickle(8), [task], {
        strategy: findStrategy("beam"),
        width,
      });
      const checks = new Set(trace?.text.split("\n").filter((line) => line.startsWith("CHECK")));
      const depths = [...checks].map((line) => line.split(",").length);
      for (const depth of [1, 2, 3, 4]) {
        expect(depths.filter((each) => each === depth)).toHaveLength(
          Math.min(width, depth === 1 ? 4 : Infinity),
        );
      }
      expect(trace).toMatchObject({ stop: "pruned", finish: "stop" });
    }
  });

  it("keeps the frame of a full prompt around the trace", async () => {
    const [trace] = await exploreAll(fickle(1), [unsolvable], { prompt: "full" });
    expect(trace?.text).toMatch(/^<answer>\n[^]*END\(\)==none;\n<\/answer>$/);
  });

  it.each(strategies.map(({ name }) => name))(
    "%s is decided by nothing that is no opinion",
    async (name) => {
      const likelihoods = (logprobs: readonly number[], scored = 0, read = 0) =>
        proposerBy(() => ({ kind: "likelihoods", logprobs, scored, read }));
      const pick = (index: number | null, tokens = 1) =>
        proposerBy(() => ({ kind: "pick", index, tokens }));
      const task = taskOf(permutations, { elements: [1, 2] });
      const wrong: readonly (readonly [Proposer, RegExp])[] = [
        [weighing((i) => (i === 1 ? Number.NaN : -1)), /log-likelihood of "CHECK\(\[2\]\).*NaN/],
        [weighing((i) => 1 - i), /log-likelihood of "CHECK\(\[1\]\).*not 1/],
        [weighing(() => Infinity), /log-likelihood of .*not Infinity/],
        [weighing(() => -Infinity), /log-likelihood of every open line/],
        [likelihoods([-1]), /1 log-likelihoods for 2 lines/],
        [likelihoods([-1, -1, -1]), /3 log-likelihoods for 2 lines/],
        [likelihoods([-1, -1], Number.NaN), /tokens scored .*NaN/],
        [likelihoods([-1, -1], 1, -1), /tokens read .*-1/],
        [pick(2), /line 2 was chosen, of 2/],
        [pick(-1), /line -1 was chosen/],
        [pick(0.5), /line 0.5 was chosen/],
        [pick(Number.NaN), /line NaN was chosen/],
        [pick(0, Number.NaN), /tokens generated .*NaN/],
        [pick(null, -3), /tokens generated .*-3/],
      ];
      for (const [proposer, told] of wrong) {
        const made = exploreAll(proposer, [task], { strategy: findStrategy(name) });
        await expect(made).rejects.toThrow(RangeError);
        await expect(made).rejects.toThrow(told);
      }
    },
  );

  it("never makes an impossible move where another is possible, at any temperature", async () => {
    const task = taskOf(permutations, { elements: [1, 2] });
    const model = weighing((i) => (i === 0 ? -Infinity : -700));
    for (const { text } of await exploreAll(model, [task], { temperature: 1000, samples: 200 })) {
      expect(text.startsWith("CHECK([2])==continue;")).toBe(true);
    }
    expect(rank(-Infinity, 1, 0).value).toBe(-Infinity);
    expect(
      [rank(-Infinity, 0, 0.2), rank(-Infinity, 0, 0.7), rank(-9, 0, 0)].toSorted(byRank),
    ).toEqual([
      { value: -9, draw: 0 },
      { value: -Infinity, draw: 0.7 },
      { value: -Infinity, draw: 0.2 },
    ]);
  });

  it("at a temperature samples the softmax of the likelihoods", async () => {
    // The first element is 1 with probability 1/(1 + e^-1) = 0.731 at T = 1, and 0.881 at T = 1/2.
    const model = weighing((_, line) => (line === "CHECK([1])==continue;" ? 0 : -1));
    const task = taskOf(permutations, { elements: [1, 2] });
    for (const [temperature, share] of [
      [1, 0.731],
      [0.5, 0.881],
    ] as const) {
      const traces = await exploreAll(model, [task], { temperature, samples: 2000 });
      const first = traces.filter(({ text }) => text.startsWith("CHECK([1])")).length / 2000;
      // Three standard deviations are 0.03.
      expect(Math.abs(first - share)).toBeLessThan(0.03);
    }
  });
});
