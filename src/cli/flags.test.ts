import { describe, expect, test } from "vitest";
import { z } from "zod";
import { InputError } from "../errors.ts";
import { grpoSchema } from "../rl/config.ts";
import { fieldsOf, flagsOf, normaliseArguments, parseFlags } from "./flags.ts";
import * as options from "./options.ts";

/** Dotted paths of the scalar fields of a parsed value. */
function leaves(value: object, base = ""): string[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? leaves(inner, `${base}${key}.`)
      : [base + key],
  );
}

describe("flags from a schema", () => {
  test("every GRPO setting is a flag of train, with its description", () => {
    const settings = fieldsOf(grpoSchema);
    const paths = new Set(settings.map(({ path }) => path.join(".")));
    // A parsed default has all fields but the optional ones, so none was overlooked.
    for (const path of leaves(grpoSchema.parse({}))) expect(paths).toContain(path);
    expect([...paths]).toEqual(expect.arrayContaining(["topK", "topP"]));

    const flags = flagsOf(options.trainOptions);
    for (const { name, property } of settings) {
      const [about = ""] = (property.description ?? "").split(";");
      expect(about, name).not.toBe("");
      expect(flags[name]?.brief).toContain(about);
    }
    expect(settings.map(({ flag }) => flag)).toEqual(
      expect.arrayContaining(["clip-low", "clip-high", "kl-beta", "learning-rate", "steps"]),
    );
  });

  test("train takes no GRPO setting's name for something else", () => {
    for (const [name, schema] of Object.entries(grpoSchema.shape)) {
      expect(options.trainOptions.shape).toHaveProperty(name, schema);
    }
  });

  test("values arrive where the schema has them, and what was not given is left to it", () => {
    const given = { model: "m", task: "t", reward: "r", out: "o", clipHigh: null, klBeta: 0.1 };
    const parsed = parseFlags(options.trainOptions, given);
    expect(parsed.clip).toEqual({ low: 0.2, high: null });
    expect(parsed.kl).toEqual({ beta: 0.1, estimator: "k3" });
    expect(parsed.eval.problems).toBe(200);
  });

  test("`off` switches off what may be absent, and nothing else", () => {
    const flags = flagsOf(grpoSchema);
    expect(flags["clipLow"]?.parse?.("off")).toBeNull();
    expect(flags["clipLow"]?.parse?.("1e-2")).toBe(0.01);
    expect(() => flags["steps"]?.parse?.("off")).toThrow("must be a number");
    expect(() => flags["clipLow"]?.parse?.("")).toThrow("must be a number or off");
  });

  test.each([
    [{ group: 1 }, "--group"],
    [{ clipLow: 2 }, "--clip-low"],
    [{ steps: 1.5 }, "--steps"],
  ])("%o is refused by the name of its flag", (given, field) => {
    const parse = () => parseFlags(grpoSchema, given);
    expect(parse).toThrow(InputError);
    expect(parse).toThrow(expect.objectContaining({ field, code: "bad-flag" }));
  });

  test.each([
    ["sample", options.sampleOptions],
    ["train", options.trainOptions],
    ["eval", options.evalOptions],
    ["probe", options.probeOptions],
    ["explore", options.exploreOptions],
  ])("%s takes no seed that would wrap into another", (_, { shape }) => {
    expect(shape.seed.safeParse(0xffff_ffff).success).toBe(true);
    for (const seed of [2 ** 32, -1, 0.5]) expect(shape.seed.safeParse(seed).success).toBe(false);
    const parse = () =>
      parseFlags(options.sampleOptions, { model: "m", prompt: "", seed: 2 ** 32 });
    expect(parse).toThrow(expect.objectContaining({ field: "--seed", code: "bad-flag" }));
  });

  test("an option given by position is named as one", () => {
    const parse = () => parseFlags(options.listOptions, { what: "reward" }, "what");
    const hint = 'Did you mean "rewards"?';
    expect(parse).toThrow(expect.objectContaining({ field: "WHAT", hint }));
  });

  test("lists collect their values", () => {
    const schema = z.strictObject({ stop: z.array(z.string()).default([]) });
    expect(flagsOf(schema)["stop"]).toMatchObject({ variadic: true });
    expect(parseFlags(schema, { stop: ["a", "b"] })).toEqual({ stop: ["a", "b"] });
  });
});

test("arguments that stricli's patterns do not take are rewritten, others are left alone", () => {
  const given = ["--n", "2", "--n=2", "--prompt=", "--prompt=a\nb", "--lr=1e-5", "-n", "a=b", "--"];
  expect(normaliseArguments(given)).toEqual([
    "-n",
    "2",
    "-n=2",
    "--prompt",
    "",
    "--prompt",
    "a\nb",
    "--lr=1e-5",
    "-n",
    "a=b",
    "--",
  ]);
});
