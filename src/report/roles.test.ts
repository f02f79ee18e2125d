import { expect, test } from "vitest";
import { InputError } from "../errors.ts";
import type { TrialRecord } from "../records/index.ts";
import { rolesOf } from "./roles.ts";

function trial(arms: Record<string, unknown>): TrialRecord {
  const runs = Object.keys(arms).map((arm) => ({
    model: "m",
    arm,
    seed: 0,
    directory: `runs/m/${arm}`,
  }));
  return {
    version: 1,
    name: "t",
    hash: "",
    source: "",
    config: { arms },
    versions: {},
    startedAt: "",
    runs,
  };
}

const rolesIn = (arms: Record<string, unknown>) =>
  rolesOf(trial(arms), "trial.json").arms.map(({ role }) => role);

test.each([
  [
    "by reward",
    { gold: { reward: "truth" }, coin: { reward: { random: { gamma: 0.3 } } } },
    ["truth", "placebo"],
  ],
  [
    "not where clipping differs",
    {
      noclip: { reward: "random", grpo: { clip: { low: null, high: null } } },
      coin: { reward: "random" },
    },
    ["other", "placebo"],
  ],
  [
    "its own name first",
    { "random-0.3": { reward: "random" }, random: { reward: "random" } },
    ["other", "placebo"],
  ],
  ["none where there is none", { format: { reward: "format" } }, ["other"]],
])("truth and placebo are found %s", (_, arms, roles) => {
  expect(rolesIn(arms)).toEqual(roles);
});

test("an arm that is the placebo of one model only looks like the others", () => {
  const record = trial({
    "random-0.3": { reward: "random" },
    random: { reward: "random", models: ["m"] },
    truth: { reward: "truth" },
  });
  const more = ["random-0.3", "truth"].map((arm) => ({ model: "n", arm, seed: 0, directory: "" }));
  const roles = rolesOf({ ...record, runs: [...record.runs, ...more] }, "trial.json");
  expect(roles.controls).toEqual({
    m: { truth: "truth", placebo: "random" },
    n: { truth: "truth", placebo: "random-0.3" },
  });
  expect(roles.arms.map(({ role }) => role)).toEqual(["other", "placebo", "truth"]);
});

test("a configuration without arms is an error that names the field", () => {
  const record = { ...trial({ a: { reward: "truth" } }), config: {} };
  expect(() => rolesOf(record, "trial.json")).toThrow(
    expect.objectContaining({ constructor: InputError, field: "config.arms" }),
  );
});
