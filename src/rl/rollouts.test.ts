import { expect, test } from "vitest";
import { gradeGroup, sampleGroups } from "./rollouts.ts";
import { smallRun, truth } from "./testing/world.ts";

test("all groups of a run are given the same list of golds, by which rewards keep their work", async () => {
  const given = new Set<readonly string[]>();
  const score: typeof truth.score = (context) => {
    given.add(context.golds);
    return truth.score(context);
  };
  const run = smallRun({}, { reward: { ...truth, score } });
  const grade = async (step: number) => {
    for (const group of await sampleGroups(run, step)) await gradeGroup(group, run, step);
  };
  await grade(1);
  await grade(2);
  expect([...given]).toEqual([run.trainProblems.map(({ answer }) => answer)]);
  const { engine: _, ...other } = smallRun({}, { reward: { ...truth, score } });
  for (const group of await sampleGroups(run, 1))
    await gradeGroup(group, { ...other, engine: run.engine }, 1);
  expect(given.size).toBe(2);
});
