import { appendFile, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { InputError } from "../errors.ts";
import { JsonlWriter, readJsonl, sizeOf } from "./jsonl.ts";

const rowSchema = z.strictObject({ step: z.number().int() });

let path: string;
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), "jsonl-")), "rows.jsonl");
});

describe("JsonlWriter", () => {
  it("appends rows and counts their bytes, not their characters", async () => {
    const writer = await JsonlWriter.open(path, 0);
    await writer.append([{ text: "é" }, { text: "→" }]);
    await writer.append([]);
    expect(writer.offset).toBe(await sizeOf(path));
    await writer.close();
    expect(await readFile(path, "utf8")).toBe('{"text":"é"}\n{"text":"→"}\n');
  });

  it("drops what stands after the offset, half a line included, and goes on from there", async () => {
    const first = await JsonlWriter.open(path, 0);
    await first.append([{ step: 1 }]);
    const keep = first.offset;
    await first.append([{ step: 2 }]);
    await first.close();
    await appendFile(path, '{"step":');

    const second = await JsonlWriter.open(path, keep);
    await second.append([{ step: 20 }]);
    await second.close();
    expect(await readJsonl(path, rowSchema)).toEqual([{ step: 1 }, { step: 20 }]);
    expect(second.offset).toBe(await sizeOf(path));
  });

  it("refuses a file that is shorter than its checkpoint says", async () => {
    await writeFile(path, '{"step":1}\n');
    await expect(JsonlWriter.open(path, 100)).rejects.toMatchObject({
      code: "run-damaged",
      file: path,
    });
    expect(await readFile(path, "utf8")).toBe('{"step":1}\n');
  });
});

describe("readJsonl", () => {
  it.each(['{"step":1}\n{"st', '{"step":1}\n{"step":2}', '{"step":1}\n'])(
    "leaves out an unterminated last line: %j",
    async (text) => {
      await writeFile(path, text);
      expect(await readJsonl(path, rowSchema)).toEqual([{ step: 1 }]);
    },
  );

  it.each([
    ['{"step":1}\n{"st\n', "bad-jsonl", 2],
    ['{"step":1}\n\n{"step":2}\n', "bad-jsonl", 2],
    ['{"step":1}\n{"step":1.5}\n', "bad-value", 2],
    ['{"step":1,"stp":2}\n', "unknown-key", 1],
    ["[]\n", "bad-value", 1],
    ["null\n", "bad-value", 1],
  ])("names file and line of %j", async (text, code, line) => {
    await writeFile(path, text);
    const error = await readJsonl(path, rowSchema).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ code, file: path });
    expect(String(error)).toContain(`${path}:${line}: `);
  });

  it("says that a file is missing", async () => {
    await expect(readJsonl(path, rowSchema)).rejects.toMatchObject({
      code: "file-missing",
      file: path,
    });
  });
});
