import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { exists, readJson, readText, writeFileAtomic, writeJsonAtomic } from "./files.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "files-"));
});

describe("writeFileAtomic", () => {
  it("makes the folder, replaces the file and leaves nothing else", async () => {
    const path = join(folder, "a", "b.txt");
    await writeFileAtomic(path, "old");
    await writeFileAtomic(path, "new");
    expect(await readFile(path, "utf8")).toBe("new");
    expect(await readdir(join(folder, "a"))).toEqual(["b.txt"]);
  });

  it("leaves neither file nor remains where it cannot write", async () => {
    const path = join(folder, "taken");
    await mkdir(join(path, "inside"), { recursive: true });
    await expect(writeFileAtomic(path, "text")).rejects.toThrow("EISDIR");
    expect(await readdir(folder)).toEqual(["taken"]);
  });
});

describe("readJson", () => {
  it("reads back what was written", async () => {
    const path = join(folder, "a.json");
    await writeJsonAtomic(path, { step: 3 });
    expect(await readJson(path, z.object({ step: z.number() }))).toEqual({ step: 3 });
  });

  it("names the file of broken JSON", async () => {
    const path = join(folder, "a.json");
    await writeFile(path, "{");
    await expect(readJson(path, z.unknown())).rejects.toMatchObject({
      code: "bad-json",
      file: path,
    });
  });
});

describe("what is not there", () => {
  it("does not exist, also below a file", async () => {
    await writeFile(join(folder, "file"), "");
    expect(await exists(join(folder, "none"))).toBe(false);
    expect(await exists(join(folder, "file", "below"))).toBe(false);
    expect(await exists(folder)).toBe(true);
  });

  it("is told apart from what cannot be read", async () => {
    await expect(readText(join(folder, "none"))).rejects.toMatchObject({ code: "file-missing" });
    await expect(readText(folder)).rejects.toMatchObject({ code: "file-unreadable" });
  });
});
