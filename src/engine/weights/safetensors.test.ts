import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InputError } from "../../errors.ts";
import { type Header, headerLength, parseHeader } from "./safetensors-header.ts";
import { openSafetensors, writeSafetensors } from "./safetensors.ts";
import { rawSafetensors, withLength } from "./testing/raw-safetensors.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "placebo-safetensors-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Opens and reads every tensor. */
async function readAll(path: string): Promise<Map<string, number[]>> {
  const file = await openSafetensors(path);
  try {
    const values = new Map<string, number[]>();
    for (const [name, { length }] of file.tensors) {
      const into = new Float32Array(length);
      await file.read(name, into);
      values.set(name, [...into]);
    }
    return values;
  } finally {
    await file.close();
  }
}

/** What opening does, without a disk. */
function parse(file: Uint8Array, path: string): Header {
  const length = headerLength(file.subarray(0, 8), file.byteLength, path);
  return parseHeader(file.subarray(8, 8 + length), file.byteLength, path);
}

/** The InputError that it throws, if any; any other error is thrown on. */
function refusal(work: () => unknown): InputError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

describe("safetensors", () => {
  it("reads F32, F16 and BF16 written by hand", async () => {
    const path = join(folder, "mixed.safetensors");
    const data = Buffer.alloc(8 + 4 + 4);
    data.writeFloatLE(1.5, 0);
    data.writeFloatLE(-2.25, 4);
    data.set([0x00, 0x3c, 0x48, 0x42], 8);
    data.set([0x80, 0x3f, 0x49, 0x40], 12);
    const header = {
      bf: { dtype: "BF16", shape: [2], data_offsets: [12, 16] },
      __metadata__: { format: "pt", note: "x" },
      half: { dtype: "F16", shape: [2, 1], data_offsets: [8, 12] },
      full: { dtype: "F32", shape: [1, 2], data_offsets: [0, 8] },
    };
    await writeFile(path, rawSafetensors(header, data));
    expect(await readAll(path)).toEqual(
      new Map([
        ["bf", [1, 3.140625]],
        ["half", [1, 3.140625]],
        ["full", [1.5, -2.25]],
      ]),
    );
    const file = await openSafetensors(path);
    expect(file.metadata).toEqual({ format: "pt", note: "x" });
    expect(file.tensors.get("half")).toMatchObject({ dtype: "F16", shape: [2, 1], length: 2 });
    await file.close();
  });

  it("reads half precision across chunks", async () => {
    const path = join(folder, "long.safetensors");
    const length = (1 << 19) * 2 + 7;
    const halves = Uint16Array.from({ length }, (_, i) => (i * 7919) & 0x7fff);
    const header = { w: { dtype: "BF16", shape: [length], data_offsets: [0, 2 * length] } };
    await writeFile(path, rawSafetensors(header, new Uint8Array(halves.buffer)));
    const file = await openSafetensors(path);
    const into = new Float32Array(length);
    await file.read("w", into);
    await file.close();
    const bits = new Uint32Array(into.buffer);
    expect(bits.every((each, i) => each >>> 16 === halves[i] && (each & 0xffff) === 0)).toBe(true);
  });

  it("reads back what it wrote, bit by bit", async () => {
    const path = join(folder, "round.safetensors");
    const bits = fc.uint32Array({ maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), bits, { maxKeys: 5 }), async (tensors) => {
        fc.pre(!Object.hasOwn(tensors, "__metadata__"));
        const entries = Object.entries(tensors).map(([name, words]) => {
          // Shared memory, as the engine's parameters are.
          const data = new Float32Array(new SharedArrayBuffer(words.byteLength));
          new Uint32Array(data.buffer).set(words);
          return { name, shape: [words.length], data };
        });
        await writeSafetensors(path, entries, { step: "3" });
        const file = await openSafetensors(path);
        expect(file.metadata).toEqual({ format: "pt", step: "3" });
        expect([...file.tensors.keys()].sort()).toEqual(Object.keys(tensors).sort());
        for (const { name, data } of entries) {
          const into = new Float32Array(data.length);
          await file.read(name, into);
          expect(new Uint32Array(into.buffer)).toEqual(tensors[name]);
        }
        await file.close();
      }),
      { numRuns: 60 },
    );
  });

  it("starts the data on a multiple of 8 bytes and leaves no temporary file", async () => {
    const inner = join(folder, "alone");
    await mkdir(inner);
    const path = join(inner, "w.safetensors");
    await writeSafetensors(path, [{ name: "w", shape: [1], data: Float32Array.of(1) }]);
    expect(Number((await readFile(path)).readBigUInt64LE()) % 8).toBe(0);
    expect(await readdir(inner)).toEqual(["w.safetensors"]);
  });

  it("keeps the old file if writing fails", async () => {
    const path = join(folder, "kept.safetensors");
    await writeSafetensors(path, [{ name: "w", shape: [1], data: Float32Array.of(1) }]);
    const poisoned = {
      name: "v",
      shape: [1],
      get data(): Float32Array {
        throw new Error("disk full");
      },
    };
    const good = { name: "w", shape: [1], data: Float32Array.of(2) };
    await expect(writeSafetensors(path, [good, poisoned])).rejects.toThrow("disk full");
    expect(await readAll(path)).toEqual(new Map([["w", [1]]]));
    expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});

const F32 = (shape: unknown, begin: number, end: number) => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, end],
});
const json = new TextEncoder().encode(JSON.stringify({ w: F32([2], 0, 8) }));
const bytes = (n: number) => new Uint8Array(n);

/** What is wrong, the file, and what the message must name. */
const MALFORMED: readonly (readonly [string, Uint8Array, string])[] = [
  ["an empty file", bytes(0), "0 bytes"],
  ["a file shorter than the length", bytes(5), "5 bytes"],
  ["a cut header", rawSafetensors({ w: F32([2], 0, 8) }).subarray(0, 20), "header says"],
  ["a header longer than the file", withLength(1000, json, bytes(8)), "header says 1000"],
  ["a header of 2⁶⁴ − 1 bytes", withLength(2n ** 64n - 1n, json, bytes(8)), "header says"],
  ["a header that ends too early", withLength(json.length - 3, json, bytes(8)), "not JSON"],
  ["an empty header", withLength(0, bytes(0), bytes(0)), "not JSON"],
  ["bad JSON", rawSafetensors("{w: 1}"), "not JSON"],
  ["a header that is not UTF-8", withLength(2, Uint8Array.of(0xff, 0xfe), bytes(0)), "UTF-8"],
  ["a JSON list", rawSafetensors("[1]"), "not a JSON object"],
  ["JSON null", rawSafetensors("null"), "not a JSON object"],
  ["a tensor that is a number", rawSafetensors({ w: 1 }), "w"],
  ["an unknown dtype", rawSafetensors({ w: { ...F32([1], 0, 4), dtype: "F31" } }, bytes(4)), "F31"],
  ["no dtype", rawSafetensors({ w: { shape: [1], data_offsets: [0, 4] } }, bytes(4)), "w.dtype"],
  ["a negative size", rawSafetensors({ w: F32([-2], 0, 8) }, bytes(8)), "w.shape"],
  ["a fractional size", rawSafetensors({ w: F32([0.5], 0, 2) }, bytes(2)), "w.shape"],
  ["a shape that overflows", rawSafetensors({ w: F32([2 ** 40, 2 ** 40], 0, 8) }, bytes(8)), "w"],
  ["a shape that is text", rawSafetensors({ w: F32("2", 0, 8) }, bytes(8)), "w.shape"],
  ["a shape larger than its bytes", rawSafetensors({ w: F32([3], 0, 8) }, bytes(8)), "tensor w"],
  ["one offset", rawSafetensors({ w: { ...F32([2], 0, 8), data_offsets: [0] } }, bytes(8)), "w."],
  ["negative offsets", rawSafetensors({ w: F32([2], -8, 0) }, bytes(8)), "w.data_offsets"],
  ["offsets in reverse", rawSafetensors({ w: F32([2], 8, 0) }, bytes(8)), "tensor w"],
  ["an end past the file", rawSafetensors({ w: F32([4], 0, 16) }, bytes(8)), "ends at byte"],
  [
    "overlapping tensors",
    rawSafetensors({ v: F32([2], 0, 8), w: F32([2], 4, 12) }, bytes(12)),
    "tensor w: overlaps",
  ],
  [
    "a gap between tensors",
    rawSafetensors({ v: F32([1], 0, 4), w: F32([1], 8, 12) }, bytes(12)),
    "tensor w: leaves 4 bytes",
  ],
  ["a gap at the beginning", rawSafetensors({ w: F32([1], 4, 8) }, bytes(8)), "tensor w: leaves 4"],
  ["bytes at the end", rawSafetensors({ w: F32([1], 0, 4) }, bytes(9)), "5 bytes at its end"],
  ["metadata that is not text", rawSafetensors({ __metadata__: { a: 1 } }), "__metadata__.a"],
  [
    "integers where weights belong",
    rawSafetensors({ w: { dtype: "I32", shape: [1], data_offsets: [0, 4] } }, bytes(4)),
    "tensor w is I32",
  ],
];

describe("malformed safetensors", () => {
  it.each(MALFORMED)("%s", async (name, content, told) => {
    const path = join(folder, "bad.safetensors");
    await writeFile(path, content);
    const error = await readAll(path).then(
      () => new Error(`${name} was accepted`),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ file: path });
    expect(error).toMatchObject({ message: expect.stringContaining(path) });
    expect(error).toMatchObject({ message: expect.stringContaining(told) });
  });

  it("a missing file and a folder", async () => {
    const path = join(folder, "absent");
    await expect(openSafetensors(path)).rejects.toMatchObject({ code: "file-missing", file: path });
    await expect(openSafetensors(folder)).rejects.toMatchObject({ code: "bad-safetensors" });
  });

  it("a file that shrinks while it is read", async () => {
    const path = join(folder, "shrinks.safetensors");
    await writeFile(path, rawSafetensors({ w: F32([64], 0, 256) }, bytes(256)));
    const file = await openSafetensors(path);
    await writeFile(path, "");
    const read = file.read("w", new Float32Array(64));
    await expect(read).rejects.toMatchObject({ code: "bad-safetensors" });
    await file.close();
  });

  it("thousands of mutated headers end in tensors or in an InputError", async () => {
    const path = join(folder, "fuzz.safetensors");
    const header = JSON.stringify({
      __metadata__: { format: "pt" },
      a: F32([2, 3], 0, 24),
      b: { dtype: "BF16", shape: [4], data_offsets: [24, 32] },
      c: { dtype: "F16", shape: [], data_offsets: [32, 34] },
    });
    const original = rawSafetensors(header, bytes(34));
    const tokens = ['"', "{", "}", "[", "]", ",", "-", "9", "1e99", "null", "F64", "\\", "\u0000"];
    const mutation = fc.record({
      at: fc.nat({ max: original.length }),
      remove: fc.nat({ max: 12 }),
      insert: fc.oneof(
        fc.uint8Array({ maxLength: 4 }),
        fc.constantFrom(...tokens).map((token) => new TextEncoder().encode(token)),
      ),
      /** whether the length is corrected, so that the mutation reaches the JSON */
      repair: fc.boolean(),
    });
    let accepted = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
        let file = Buffer.from(original);
        for (const { at, remove, insert, repair } of mutations) {
          file = Buffer.concat([file.subarray(0, at), insert, file.subarray(at + remove)]);
          if (repair && file.length >= 8 + 34) file.writeBigUInt64LE(BigInt(file.length - 8 - 34));
        }
        const outcome = refusal(() => parse(file, path));
        if (outcome !== undefined) {
          refused++;
          return outcome.file === path;
        }
        accepted++;
        await writeFile(path, file);
        return readAll(path).then(
          () => true,
          (error: unknown) => error instanceof InputError,
        );
      }),
      { numRuns: 3000 },
    );
    // Both outcomes occur, or the mutations would test nothing.
    expect(refused).toBeGreaterThan(1000);
    expect(accepted).toBeGreaterThan(20);
  });
});
