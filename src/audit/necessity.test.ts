import { fc } from "@fast-check/vitest";
import { expect, it } from "vitest";
import type { Node } from "../search/index.ts";
import { necessary } from "./necessity.ts";

/** A graph and a walk in it, not always along its edges. */
interface World {
  /** forward moves by state */
  readonly moves: readonly (readonly number[])[];
  readonly goals: readonly boolean[];
  readonly states: readonly number[];
}

function walkOf({ moves, goals, states }: World): Node[] {
  return states.map((state) => ({
    key: String(state),
    goal: goals[state] ?? false,
    children: () => (moves[state] ?? []).map(String),
  }));
}

/** How many goals and dead ends a trace has, by Definition 2 as it stands. */
function counted({ moves, goals }: World, states: readonly number[]): [number, number] {
  const isDead = (state: number, i: number) =>
    !goals[state] && (moves[state] ?? []).every((next) => states.slice(0, i + 1).includes(next));
  const found = new Set(states.filter((state) => goals[state]));
  return [found.size, new Set(states.filter(isDead)).size];
}

/** Definition 2(c) over all subsequences. */
function byBruteForce(world: World): number[] {
  const { moves, states } = world;
  const n = states.length;
  const follows = new Set(states.slice(1).map((state, i) => `${states[i]},${state}`));
  const reaches = (a = -1, b = -1) =>
    (moves[a] ?? []).includes(b) || (moves[b] ?? []).includes(a) || follows.has(`${a},${b}`);
  const [goals, deadEnds] = counted(world, states);
  const unnecessary = new Set<number>();
  for (let mask = 1; mask < 2 ** n; mask++) {
    const kept = [...states.keys()].filter((i) => (mask >> i) & 1);
    const rest = kept.map((i) => states[i] ?? -1);
    if (rest[0] !== states[0]) continue;
    if (rest.some((state, i) => i > 0 && !reaches(rest[i - 1], state))) continue;
    const [g, d] = counted(world, rest);
    if (g < goals || d < deadEnds) continue;
    for (let i = 0; i < n; i++) if (!kept.includes(i)) unnecessary.add(i);
  }
  return [...states.keys()].map((i) => (unnecessary.has(i) ? 0 : 1));
}

/** Walks that mostly follow the moves of a small graph, back and forth, and sometimes jump. */
const worlds: fc.Arbitrary<World> = fc
  .tuple(
    fc.integer({ min: 1, max: 6 }),
    fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 9 }),
    fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
    fc.array(fc.nat(99), { minLength: 0, maxLength: 9 }),
  )
  .map(([size, edges, goals, choices]) => {
    const inside = edges.map(([a, b]) => [a % size, b % size] as const);
    const moves = Array.from({ length: size }, (_, state) => [
      ...new Set(inside.filter(([a, b]) => a === state && b !== state).map(([, b]) => b)),
    ]);
    const states = [0];
    for (const choice of choices) {
      const at = states.at(-1) ?? 0;
      const around = [...(moves[at] ?? []), ...inside.flatMap(([a, b]) => (b === at ? [a] : []))];
      const jumps = around.length === 0 || choice > 89;
      states.push(jumps ? choice % size : (around[choice % around.length] ?? 0));
    }
    return { moves, goals, states };
  });

it("the scan equals brute force over all subsequences", () => {
  fc.assert(
    fc.property(worlds, (world) => {
      expect([...necessary(walkOf(world))]).toEqual(byBruteForce(world));
    }),
    { numRuns: 2500 },
  );
});

it("a detour that finds nothing can go, from either end", () => {
  // 0 → 1 → 2 (goal), with a look at 3, which leads on to 4 and is no dead end.
  const world = {
    moves: [[1, 3], [2], [], [4]],
    goals: [false, false, true],
    states: [0, 3, 0, 1, 2],
  };
  expect([...necessary(walkOf(world))]).toEqual([0, 0, 0, 1, 1]);
});

it("an exhausted branch is a dead end, and the way back from it is needed", () => {
  const world = { moves: [[1, 2], [], []], goals: [false, false, true], states: [0, 1, 0, 2] };
  expect([...necessary(walkOf(world))]).toEqual([1, 1, 1, 1]);
});

it("whatever follows the last find can go", () => {
  const world = { moves: [[1], [2], [3], []], goals: [false, true], states: [0, 1, 2] };
  expect([...necessary(walkOf(world))]).toEqual([1, 1, 0]);
});
