import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { uniform } from "../../random.ts";
import { readModelConfig } from "../model/config.ts";
import { allocateParameters, createModelFolder, loadWeights, saveFolder } from "./index.ts";
import { replaceFolder, settleFolder } from "./replace-folder.ts";
import { tinyModel } from "./testing/tiny-model.ts";

let root: string;
let target: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "placebo-replace-"));
  target = join(root, "model");
});
afterEach(() => rm(root, { recursive: true }));

const allowed = new Set(["a", "b"]);
const put = (content: string) =>
  replaceFolder(target, allowed, async (temporary) => {
    await writeFile(join(temporary, "a"), content);
    await writeFile(join(temporary, "b"), content);
  });
const content = async () =>
  Promise.all(["a", "b"].map((name) => readFile(join(target, name), "utf8")));

describe("replaceFolder", () => {
  it("makes a folder, its parents too, and replaces it", async () => {
    target = join(root, "deep", "down");
    await put("1");
    await put("2");
    expect(await content()).toEqual(["2", "2"]);
    expect(await readdir(join(root, "deep"))).toEqual(["down"]);
  });

  it("keeps the old folder if filling the new one fails", async () => {
    await put("1");
    const work = replaceFolder(target, allowed, async (temporary) => {
      await writeFile(join(temporary, "a"), "2");
      throw new Error("disk full");
    });
    await expect(work).rejects.toThrow("disk full");
    expect(await content()).toEqual(["1", "1"]);
    expect(await readdir(root)).toEqual(["model"]);
  });

  it("refuses to remove what it did not write", async () => {
    await put("1");
    await writeFile(join(target, "notes.txt"), "mine");
    await expect(put("2")).rejects.toMatchObject({ code: "folder-in-use", file: target });
    expect(await content()).toEqual(["1", "1"]);
    expect(await readFile(join(target, "notes.txt"), "utf8")).toBe("mine");
    target = join(target, "notes.txt");
    await expect(put("2")).rejects.toMatchObject({ code: "not-a-folder" });
  });

  it("of two at once leaves one, whole", async () => {
    await put("0");
    await Promise.all(["1", "2", "3", "4"].map(put));
    const [a, b] = await content();
    expect(a).toBe(b);
    expect(["1", "2", "3", "4"]).toContain(a);
    expect(await readdir(root)).toEqual(["model"]);
  });
});

describe("settleFolder", () => {
  it("puts the old folder back if the new one had not taken its place", async () => {
    await put("1");
    await rename(target, join(root, ".model.placebo-old.x"));
    await settleFolder(target);
    expect(await content()).toEqual(["1", "1"]);
    expect(await readdir(root)).toEqual(["model"]);
  });

  it("removes the old folder once the new one is in its place", async () => {
    await put("1");
    await mkdir(join(root, ".model.placebo-old.x"));
    await settleFolder(target);
    expect(await content()).toEqual(["1", "1"]);
    expect(await readdir(root)).toEqual(["model"]);
  });

  it("removes unfinished folders of processes that are gone, and no others", async () => {
    const gone = spawn(process.execPath, ["-e", ""]);
    await once(gone, "exit");
    // This process fills none; its parent lives.
    const names = [gone.pid, process.pid, process.ppid].map((pid) => `.model.placebo-new.${pid}.x`);
    for (const name of names) await mkdir(join(root, name));
    await settleFolder(target);
    expect(await readdir(root)).toEqual([names[2]]);
  });

  it("leaves the neighbours alone", async () => {
    await mkdir(join(root, ".model2.placebo-old.x"));
    await settleFolder(target);
    expect(await readdir(root)).toEqual([".model2.placebo-old.x"]);
  });
});

it("a model folder is one of two whole ones after kill -9 at any moment", async () => {
  const [a, b] = [join(root, "a"), join(root, "b")];
  await createModelFolder(a, tinyModel(1));
  await createModelFolder(b, tinyModel(2));
  const config = await readModelConfig(a);
  const load = async (folder: string) => {
    const parameters = allocateParameters(config);
    await loadWeights(folder, config, parameters);
    return [...parameters.data].join();
  };
  const whole = [await load(a), await load(b)];
  const script = fileURLToPath(new URL("testing/save-forever.ts", import.meta.url));
  for (let kill = 0; kill < 2; kill++) {
    const child = spawn(process.execPath, ["--import", "tsx", script, a, b, target]);
    await once(child.stdout, "data");
    await new Promise((done) => setTimeout(done, 60 * uniform(0, "test", kill)));
    child.kill("SIGKILL");
    await once(child, "exit");
    await settleFolder(target);
    expect(whole).toContain(await load(target));
    expect((await readdir(root)).sort()).toEqual(["a", "b", "model"]);
  }
  // And it can be saved to again.
  const parameters = allocateParameters(config);
  await saveFolder(target, { config, parameters }, a);
});
