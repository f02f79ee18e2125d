import { expect, test } from "vitest";
import { rewardName, rolesOn } from "./index.ts";

const arms = {
  "random-a": { reward: "random", models: ["a"] },
  "random-b": { reward: { random: { gamma: 0.3 } }, models: ["b"] },
  majority: { reward: "majority-fixed", models: ["a"] },
  vote: { reward: "majority" },
  truth: { reward: "truth", grpo: { clip: null }, models: ["b"] },
  gold: { reward: "truth" },
};

test("roles are those of the arms that run on the model", () => {
  expect(rolesOn("a", arms)).toEqual({ random: "random-a", majority: "majority", truth: "gold" });
  expect(rolesOn("b", arms)).toEqual({ random: "random-b", majority: "vote", truth: "gold" });
  expect(rolesOn("c", arms)).toEqual({ majority: "vote", truth: "gold" });
});

test("an arm of the role's name stands in where no reward fits, if it runs there", () => {
  const named = { truth: { reward: { module: "mine.ts" }, models: ["a"] } };
  expect(rolesOn("a", named)).toEqual({ truth: "truth" });
  expect(rolesOn("b", named)).toEqual({});
});

test.each([
  ["truth", "truth"],
  [{ random: { gamma: 0.5 } }, "random"],
  [null, ""],
  [5, ""],
])("the name of %j is %j", (spec, name) => {
  expect(rewardName(spec)).toBe(name);
});
