import { describe, expect, test } from "vitest";
import { grpoSchema } from "./config.ts";
import { countVotes, drawLabels } from "./labels.ts";
import { engineFor, problemsOf, task } from "./testing/world.ts";

describe("countVotes", () => {
  test("most votes first, ties to the first seen, no empty answers", () => {
    const answers = ["2", null, "1", "3", "", "1", "3", "4"];
    expect(countVotes(answers)).toEqual({
      votes: [
        ["1", 2],
        ["3", 2],
        ["2", 1],
        ["4", 1],
      ],
      samples: 8,
    });
  });

  test("nobody answered: no votes, not an empty label", () => {
    expect(countVotes([null, ""])).toEqual({ votes: [], samples: 2 });
  });
});

describe("drawLabels", () => {
  const problems = problemsOf(5);
  const grpo = grpoSchema.parse({ maxTokens: 2 });
  const options = { samples: 30, grpo, seed: 1 };

  test("counts what the model says, the same each time, and survives JSON", async () => {
    const labels = await drawLabels(engineFor(problems), task, problems, options);
    expect(labels).toHaveLength(5);
    for (const { votes, samples } of labels) {
      expect(samples).toBe(30);
      const counted = votes.reduce((sum, [, count]) => sum + count, 0);
      expect(counted).toBeGreaterThan(0);
      expect(counted).toBeLessThanOrEqual(30);
    }
    expect(await drawLabels(engineFor(problems), task, problems, options)).toEqual(labels);
    expect(JSON.parse(JSON.stringify(labels))).toEqual(labels);
  });

  test("a problem's label does not depend on the other problems, only on the seed", async () => {
    const labels = await drawLabels(engineFor(problems), task, problems, options);
    const alone = await drawLabels(engineFor(problems), task, problems.slice(3, 4), options);
    expect(alone).toEqual(labels.slice(3, 4));
    const other = await drawLabels(engineFor(problems), task, problems, { ...options, seed: 2 });
    expect(other).not.toEqual(labels);
  });
});
