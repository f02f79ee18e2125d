import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { exists } from "../io/index.ts";
import { RECORD_VERSION } from "../records/index.ts";
import { readState, recoverCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import type { CheckpointState } from "./layout.ts";
import { temporaryFolder } from "./testing/folders.ts";

const stateAt = (step: number): CheckpointState => ({
  version: RECORD_VERSION,
  step,
  offsets: { metrics: 10 * step, rollouts: 0, evals: 0 },
});

/** A model whose two files must belong together. */
const save = (step: number) => async (directory: string) => {
  await writeFile(join(directory, "a"), String(step));
  await mkdir(join(directory, "optimizer"));
  await writeFile(join(directory, "optimizer", "b"), String(step));
};

let run: string;
beforeEach(async () => {
  run = await temporaryFolder();
});

/** What the checkpoint's two files hold; nothing where there is no checkpoint. */
const modelAt = async () => {
  if (!(await exists(join(run, "checkpoint")))) return [];
  return [
    await readFile(join(run, "checkpoint", "a"), "utf8"),
    await readFile(join(run, "checkpoint", "optimizer", "b"), "utf8"),
  ];
};

describe("checkpoints", () => {
  it("replace each other and leave nothing beside them", async () => {
    expect(await recoverCheckpoint(run)).toBeUndefined();
    await saveCheckpoint(run, stateAt(1), save(1));
    await saveCheckpoint(run, stateAt(2), save(2));
    expect(await recoverCheckpoint(run)).toEqual(stateAt(2));
    expect(await modelAt()).toEqual(["2", "2"]);
    expect(await readdir(run)).toEqual(["checkpoint"]);
  });

  it("keep the old one when writing the new one fails half-way", async () => {
    await saveCheckpoint(run, stateAt(1), save(1));
    const failing = async (directory: string) => {
      await writeFile(join(directory, "a"), "2");
      throw new Error("disk full");
    };
    await expect(saveCheckpoint(run, stateAt(2), failing)).rejects.toThrow("disk full");
    expect(await recoverCheckpoint(run)).toEqual(stateAt(1));
    expect(await modelAt()).toEqual(["1", "1"]);
    expect(await readdir(run)).toEqual(["checkpoint"]);
  });

  // The moments of a swap at which a kill leaves the folder in another state, in their order.
  it.each([
    ["the new one is half written", ["checkpoint=1", "checkpoint.new=half"], 1],
    ["the new one is written", ["checkpoint=1", "checkpoint.new=2"], 1],
    ["the old one has made room", ["checkpoint.old=1", "checkpoint.new=2"], 1],
    ["the new one has its name", ["checkpoint.old=1", "checkpoint=2"], 2],
    ["the first one is half written", ["checkpoint.new=half"], undefined],
  ] as const)("survive a kill when %s", async (_, folders, survivor) => {
    for (const folder of folders) {
      const [name = "", step] = folder.split("=");
      if (step === "half") {
        await mkdir(join(run, name));
        await writeFile(join(run, name, "a"), "2");
      } else {
        await saveCheckpoint(join(run, "made", name), stateAt(Number(step)), save(Number(step)));
        await rename(join(run, "made", name, "checkpoint"), join(run, name));
      }
    }
    const expected = survivor === undefined ? undefined : stateAt(survivor);
    expect(await readState(run)).toEqual(expected);
    expect(await recoverCheckpoint(run)).toEqual(expected);
    expect((await readdir(run)).filter((name) => name.startsWith("checkpoint."))).toEqual([]);
    expect(await modelAt()).toEqual(survivor === undefined ? [] : [`${survivor}`, `${survivor}`]);
  });

  it("name the file of a damaged state", async () => {
    await saveCheckpoint(run, stateAt(1), save(1));
    const file = join(run, "checkpoint", "state.json");
    await writeFile(file, '{"version":1,"step":1,"offsets":{"metrics":-1,"rollouts":0,"evals":0}}');
    await expect(recoverCheckpoint(run)).rejects.toMatchObject({ file, field: "offsets.metrics" });
  });
});
