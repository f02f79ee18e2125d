import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { EXIT } from "../errors.ts";
import { stream } from "../random.ts";
import { componentsOf } from "../statistics/index.ts";
import { answer, PILOT, runFolder, runPilot } from "./testing/pilot.ts";
import { placebo } from "./testing/run.ts";

let folder: string;
let pilot: string;
/** [arm][seed][problem] right answers among two, as they were written into the pilot */
const right: Record<string, number[][]> = {};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "placebo-power-"));
  pilot = await runPilot(folder);
  for (const [a, arm] of PILOT.arms.entries()) {
    for (const seed of PILOT.seeds) {
      const random = stream(seed, "test", a);
      const shift = 0.2 * random.uniform();
      const counts = Array.from({ length: 12 }, () => Number(random.uniform() < 0.3 + shift) * 2);
      (right[arm] ??= []).push(counts);
      await answer(runFolder(pilot, arm, seed), (row) => ({
        ...row,
        problems: row.problems.map((problem, q) => ({ ...problem, correct: counts[q] ?? 0 })),
      }));
    }
  }
});
afterAll(() => rm(folder, { recursive: true }));

const resultSchema = z.object({
  model: z.literal("tiny"),
  arm: z.string(),
  versus: z.string(),
  gain: z.number(),
  pilotSeeds: z.literal(2),
  components: z.object({
    seeds: z.number(),
    problems: z.number(),
    residual: z.number(),
    trainedArms: z.number(),
  }),
  grid: z.array(
    z.object({
      problems: z.number(),
      seedsNeeded: z.number().nullable(),
      power: z.array(z.object({ seeds: z.number(), power: z.number().min(0).max(1) })),
    }),
  ),
});

async function powerOf(...flags: string[]) {
  const { code, stdout, stderr } = await placebo("power", pilot, ...flags, "--json");
  expect([code, stderr]).toEqual([EXIT.ok, ""]);
  return resultSchema.parse(JSON.parse(stdout));
}

describe("placebo power", () => {
  test("takes the variances of the arms that it is asked about", async () => {
    const found = await powerOf("--gain", "0.1", "--arm", "random", "--versus", "truth");
    expect(found).toMatchObject({ arm: "random", versus: "truth", gain: 0.1 });
    const table = (arm: string) =>
      (right[arm] ?? []).map((row) => Float64Array.from(row, (n) => n / 2));
    expect(found.components).toEqual(componentsOf(table("random"), table("truth")));
    expect(found.components.residual).toBeGreaterThan(0);
  });

  test("more seeds, more problems and larger gains are easier to find", async () => {
    const [small, large] = [await powerOf("--gain", "0.05"), await powerOf("--gain", "0.2")];
    for (const { grid } of [small, large]) {
      for (const [i, { power }] of grid.entries()) {
        for (const [s, cell] of power.entries()) {
          for (const fewer of [power[s - 1], grid[i - 1]?.power[s]]) {
            expect(cell.power).toBeGreaterThanOrEqual((fewer?.power ?? 0) - 1e-9);
          }
        }
      }
    }
    for (const [i, row] of small.grid.entries()) {
      expect(large.grid[i]?.seedsNeeded ?? Infinity).toBeLessThanOrEqual(
        row.seedsNeeded ?? Infinity,
      );
    }
    expect(large.grid[0]?.power[0]?.power).toBeGreaterThan(small.grid[0]?.power[0]?.power ?? 1);
  });

  test("people see a table, and that two seeds are few", async () => {
    const { stdout } = await placebo("power", pilot, "--gain", "0.05");
    expect(stdout).toContain("tiny: truth against base, to find 5.0%");
    expect(stdout).toMatch(/problems +3 seeds +5 seeds +8 seeds/);
    expect(stdout).toContain("2 seeds an arm say little");
  });

  test.each<[string, readonly string[], string, string]>([
    ["no gain", [], "--gain", "is missing"],
    ["a gain in points", ["--gain", "5"], "--gain", "difference of accuracies"],
    ["an unknown arm", ["--gain", "0.1", "--arm", "trut"], "--arm", 'Did you mean "truth"?'],
    ["an unknown rival", ["--gain", "0.1", "--versus", "rndom"], "--arm", 'Did you mean "random"?'],
    ["an unknown model", ["--gain", "0.1", "--model", "tny"], "--model", 'Did you mean "tiny"?'],
  ])("%s is bad input", async (_, flags, field, told) => {
    const { code, stdout, stderr } = await placebo("power", pilot, ...flags, "--json");
    expect([code, stdout]).toEqual([EXIT.input, ""]);
    expect(JSON.parse(stderr)).toMatchObject({ field });
    expect(stderr.replaceAll('\\"', '"')).toContain(told);
  });

  test("a folder without a trial is bad input", async () => {
    const { code, stderr } = await placebo("power", folder, "--gain", "0.1");
    expect(code).toBe(EXIT.input);
    expect(stderr).toContain("holds no trial");
    expect(stderr).toContain("placebo run");
  });
});
