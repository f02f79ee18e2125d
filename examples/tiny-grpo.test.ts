import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { sharedPath } from "../src/testing/data.ts";

const script = fileURLToPath(new URL("tiny-grpo.ts", import.meta.url));
const run = (...args: string[]) =>
  promisify(execFile)(process.execPath, ["--import", "tsx", script, ...args]);

const model = sharedPath("models/stories260K");
if (model === undefined)
  console.warn("tiny-grpo: set PLACEBO_DATA to a folder with models/stories260K to run this test");

describe("tiny-grpo", () => {
  test.skipIf(model === undefined)(
    "teaches the story model to mention dogs",
    { timeout: 180_000 },
    async () => {
      const { stdout } = await run(model ?? "", "7");
      const rewards = [...stdout.matchAll(/^step +\d+ {2}reward ([\d.]+)/gm)].map(([, r]) =>
        Number(r),
      );
      expect(rewards).toHaveLength(7);
      expect(rewards[0]).toBeLessThan(0.2);
      expect(rewards[6]).toBeGreaterThan(0.6);
    },
  );

  test("says how to use it", async () => {
    await expect(run()).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("usage:"),
    });
  });

  test("is one screenful after another: under 200 lines, on the engine port and nothing else", async () => {
    const text = await readFile(script, "utf8");
    expect(text.split("\n").length).toBeLessThan(200);
    const imports = [...text.matchAll(/ from "([^"]+)"/g)].map(([, from]) => from);
    expect(imports).toEqual(["../src/engine/index.ts"]);
  });
});
