/** `placebo train` with a reward of the user's own: it is a part of what the run is. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { writeByteModel } from "../../engine/testing/byte-model.ts";
import { EXIT } from "../../errors.ts";
import { readJson, readJsonl } from "../../io/index.ts";
import { metricsSchema, runSchema } from "../../records/index.ts";
import { placebo } from "../testing/run.ts";

const moduleOf = (value: number) => `export default {
  name: "mine", scope: "sample", description: "d", source: "s",
  params: { safeParse: (data) => ({ success: true, data }) }, score: () => ({ value: ${value} }) };`;

const home = process.cwd();
let folder: string;
let out: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "train-record-"));
  await writeByteModel(join(folder, "model"), { max_position_embeddings: 256 });
});
beforeEach(async () => {
  out = await mkdtemp(join(folder, "out-"));
  await writeFile(join(folder, "mine.mjs"), moduleOf(1));
});
afterAll(async () => {
  process.chdir(home);
  await rm(folder, { recursive: true });
});

/** Trains from inside the folder, so that paths may be relative to it. */
async function train(reward: string) {
  process.chdir(folder);
  const size = "--steps 1 --prompts 2 --group 2 --updates 1 --max-tokens 2 --problems 4";
  const held = "--eval-problems 2 --eval-samples 1 --no-eval-greedy --threads 1";
  const what = `train --model model --task arithmetic ${size} ${held} --out ${out} --reward`;
  const finished = await placebo(...what.split(" "), reward, "--json");
  process.chdir(home);
  return finished;
}

const recordOf = () => readJson(join(out, "run.json"), runSchema);

describe("a reward module", () => {
  it("is found again from another working directory, at any depth of the reward", async () => {
    const params = "{ module: ./is-a-value.mjs }";
    const reward = `{ sum: [{ reward: { not: { module: ./mine.mjs, params: ${params} } } }] }`;
    expect(await train(reward)).toMatchObject({ code: EXIT.ok, stderr: "" });
    const { config } = await recordOf();
    const own = { module: join(folder, "mine.mjs"), params: { module: "./is-a-value.mjs" } };
    expect(JSON.parse(z.string().parse(config["reward"]))).toEqual({
      sum: [{ reward: { not: own } }],
    });
    expect(await placebo("resume", out, "--json")).toMatchObject({ code: EXIT.ok, stderr: "" });
    // Started again as at first, it is the same run.
    expect(await train(reward)).toMatchObject({ code: EXIT.ok, stderr: "" });
    expect(await readJsonl(join(out, "metrics.jsonl"), metricsSchema)).toHaveLength(1);
  });

  it("that changed makes another run", async () => {
    expect(await train("{ module: ./mine.mjs }")).toMatchObject({ code: EXIT.ok, stderr: "" });
    await writeFile(join(folder, "mine.mjs"), moduleOf(0));
    for (const again of [await train("{ module: ./mine.mjs }"), await placebo("resume", out)]) {
      expect(again.code).toBe(EXIT.input);
      expect(again.stderr).toContain("holds another run");
    }
  });
});

it("a reward without modules is recorded as it was written", async () => {
  expect(await train("{random: {gamma: 0.25}}")).toMatchObject({ code: EXIT.ok, stderr: "" });
  expect((await recordOf()).config["reward"]).toBe("{random: {gamma: 0.25}}");
});
