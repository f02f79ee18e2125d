import { describe, expect, it } from "vitest";
import { z } from "zod";
import { InputError } from "../errors.ts";
import { parseInput } from "./parse.ts";

const schema = z.strictObject({
  grpo: z
    .strictObject({ steps: z.number().int().positive().default(3).describe("rollout steps") })
    .prefault({}),
  arms: z.record(
    z.string(),
    z.strictObject({
      reward: z.union([
        z.string(),
        z.strictObject({ kind: z.literal("random"), gamma: z.number() }),
        z.strictObject({ kind: z.literal("module"), path: z.string() }),
      ]),
    }),
  ),
  seeds: z.union([
    z.array(z.number().int()).min(1),
    z.strictObject({ from: z.number(), count: z.number() }),
  ]),
  scheme: z.enum(["std", "none"]).default("std"),
});

const right = { arms: {}, seeds: [1] };

function failure(value: unknown): InputError {
  try {
    parseInput(schema, value, { file: "a.yaml", line: (path) => path.length + 1 });
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("parseInput", () => {
  it("gives back the parsed value", () => {
    expect(parseInput(schema, right)).toEqual({ ...right, grpo: { steps: 3 }, scheme: "std" });
  });

  it.each([
    [
      { ...right, grpo: { stps: 1 } },
      "grpo.stps",
      'unknown key "stps" in grpo',
      'Did you mean "steps"?',
    ],
    [
      { ...right, grpo: { steps: "3" } },
      "grpo.steps",
      'must be a number, not "3"',
      "rollout steps",
    ],
    [{ ...right, grpo: { steps: Number.NaN } }, "grpo.steps", "must be a number, not NaN", ""],
    [{ ...right, grpo: { steps: 0 } }, "grpo.steps", "got 0", "rollout steps"],
    [{ ...right, seeds: [] }, "seeds", "must not be an empty list", ""],
    [{ ...right, seeds: "a" }, "seeds", 'must be a list or a map, not "a"', ""],
    [{ ...right, seeds: ["a"] }, "seeds.0", 'must be a number, not "a"', ""],
    [{ ...right, seeds: { from: 1 } }, "seeds.count", "is missing", ""],
    [{ ...right, seeds: { from: 1, cout: 2 } }, "seeds.cout", "unknown key", '"count"'],
    [{ arms: {} }, "seeds", "is missing", ""],
    [{ ...right, scheme: "sdt" }, "scheme", 'must be one of std, none, not "sdt"', ""],
    [{ ...right, arms: { a: {} } }, "arms.a.reward", "is missing", ""],
    [{ ...right, arms: { a: { reward: 3 } } }, "arms.a.reward", "must be text or a map, not 3", ""],
    [
      { ...right, arms: { a: { reward: { kind: "random", gama: 1 } } } },
      "arms.a.reward.gama",
      "unknown key",
      'Did you mean "gamma"?',
    ],
  ])("tells what is wrong with %j", (value, field, message, hint) => {
    const error = failure(value);
    expect(error).toMatchObject({ field, file: "a.yaml" });
    expect(error.message).toContain(message);
    expect(error.message).toContain(`a.yaml:${field.split(".").length + 1}: `);
    expect(error.hint).toContain(hint);
  });

  it("puts the place of the value in front of the field", () => {
    const parse = () => parseInput(z.strictObject({}), { a: 1 }, { field: ["arms", "truth"] });
    expect(parse).toThrow(expect.objectContaining({ field: "arms.truth.a" }));
  });
});
