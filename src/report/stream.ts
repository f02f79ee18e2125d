/** Reads JSON Lines one row at a time: files of rollouts are never in memory as a whole. */
import { createReadStream } from "node:fs";
import type { z } from "zod";
import { InputError } from "../errors.ts";
import { parseInput, systemCode } from "../io/index.ts";

/**
 * Rows of a JSONL file in order. An unterminated last line is a write in progress and is left out.
 *
 * @throws InputError naming file, line and field where the file is missing or a whole line does not fit
 */
export async function* streamJsonl<T>(
  file: string,
  schema: z.ZodType<T>,
): AsyncGenerator<{ row: T; line: number }> {
  let line = 0;
  for await (const text of wholeLines(file)) {
    line += 1;
    yield { row: parseInput(schema, parseJson(text, file, line), at(file, line)), line };
  }
}

const at = (file: string, line: number) => ({ file, line: () => line });

function parseJson(text: string, file: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file}:${line}: not valid JSON`, {
      code: "bad-jsonl",
      hint: "Every line must be one JSON object: delete this run's folder and resume the trial.",
      file,
      cause: error,
    });
  }
}

async function* wholeLines(file: string): AsyncGenerator<string> {
  let rest = "";
  try {
    for await (const chunk of createReadStream(file, { encoding: "utf8" })) {
      const lines = (rest + String(chunk)).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new InputError(
      `${file}: ${code === "ENOENT" ? "file not found" : `cannot read (${code})`}`,
      {
        code: code === "ENOENT" ? "file-missing" : "file-unreadable",
        hint: "A run that has started writes this file: resume the trial to write what is missing.",
        file,
        cause: error,
      },
    );
  }
}
