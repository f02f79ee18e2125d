import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { canonicalJson, hashFile, hashOf } from "./canonical.ts";

it("sorts keys at every depth, and leaves lists in their order", () => {
  const value = { b: [{ d: 1, c: 2 }, 3], a: null, e: undefined };
  expect(canonicalJson(value)).toBe('{"a":null,"b":[{"c":2,"d":1},3]}');
});

// Folders on disk carry these: another algorithm would make them another trial's, or another organism's.
it("hashes as it always did", async () => {
  expect(hashOf({ b: 1, a: [true] })).toBe(hashOf({ a: [true], b: 1 }));
  expect(hashOf({ b: 1, a: [true] })).toBe("708747538ba81fd6");
  const file = join(await mkdtemp(join(tmpdir(), "hash-")), "a");
  await writeFile(file, "é\n");
  expect(await hashFile(file)).toBe("edd3a863872a0423");
});
