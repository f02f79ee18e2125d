/** GSM8K: grade-school word problems with integer answers. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { InputError } from "../errors.ts";
import { defineTask, type Grade, type LoadOptions, type Problem, type Split } from "./define.ts";
import { lastBoxed } from "./extract.ts";
import { cleanNumber, equalRationals, numbersIn, parseRational } from "./number.ts";

const rowSchema = z.object({ question: z.string().trim().min(1), answer: z.string() });

const GOLD = /####[^\S\n]*(\S[^\n]*?)\s*$/;
const CONCLUSION = /(?:final answer|the answer)\s+is\b([^\n]*)/gi;

/** A base model goes on with a next question of its own; what it answers there is not the answer. */
function firstSolution(text: string): string {
  const next = text.indexOf("\nQuestion:");
  return next < 0 ? text : text.slice(0, next);
}

/** The last number of a boxed content; the content itself where it holds none, null where the box is empty. */
function numberOfBox(content: string): string | null {
  if (content === "") return null;
  if (parseRational(content)) return cleanNumber(content);
  return numbersIn(content).at(-1) ?? content;
}

function extract(text: string): string | null {
  const solution = firstSolution(text);
  const marked = Array.from(
    solution.matchAll(/####([^\n]*)/g),
    ([, rest]) => numbersIn(rest ?? "")[0],
  );
  const lastMarked = marked.findLast((number) => number !== undefined);
  if (lastMarked !== undefined) return lastMarked;

  const boxed = lastBoxed(solution);
  if (boxed !== null) return numberOfBox(boxed);

  const concluded = Array.from(
    solution.matchAll(CONCLUSION),
    ([, rest]) => numbersIn(rest ?? "")[0],
  );
  const lastConcluded = concluded.findLast((number) => number !== undefined);
  return lastConcluded ?? numbersIn(solution).at(-1) ?? null;
}

function grade(prediction: string | null, gold: string): Grade {
  // An empty label must never reward an empty answer (trap 4 of the released Spurious Rewards code).
  if (gold.trim() === "") return { ungraded: "the gold answer is empty" };
  if (prediction === null) return { value: 0 };
  const wanted = parseRational(gold);
  const given = parseRational(prediction);
  const equal = wanted && given ? equalRationals(wanted, given) : prediction.trim() === gold.trim();
  return { value: equal ? 1 : 0 };
}

function missing(what: string, hint: string, file?: string): InputError {
  return new InputError(what, { code: "data-missing", hint, field: "data", file });
}

/** The file of one split: the user's own, one in the user's folder, or the one under PLACEBO_DATA. */
async function fileOfSplit(data: string | undefined, split: Split): Promise<string> {
  const name = `gsm8k-${split}.jsonl`;
  const root = process.env["PLACEBO_DATA"];
  if (data === undefined && !root) {
    throw missing(
      `gsm8k has no ${split} data`,
      `Give its JSONL file, or set PLACEBO_DATA to a folder with data/${name}.`,
    );
  }
  if (data === undefined) return join(root ?? "", "data", name);
  const found = await stat(data).catch(() => undefined);
  if (!found) throw missing(`${data} does not exist`, "Check the path of the GSM8K file.", data);
  return found.isDirectory() ? join(data, name) : data;
}

function badRow(file: string, line: number, field: string | undefined, what: string): InputError {
  return new InputError(`${file}:${line}: ${what}`, {
    code: "malformed-row",
    hint: 'Every line is one JSON object {"question": …, "answer": "… #### number"}.',
    file,
    field,
  });
}

/** Reads one line of the file. `line` counts from 1. */
function parseRow(text: string, file: string, line: number, split: Split): Problem {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw badRow(
      file,
      line,
      undefined,
      `not JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  }
  const row = rowSchema.safeParse(json);
  if (!row.success) {
    const issue = row.error.issues[0];
    const field = issue?.path.join(".") || undefined;
    throw badRow(file, line, field, `${field ?? "row"}: ${issue?.message ?? "invalid"}`);
  }
  const { question, answer } = row.data;
  const gold = GOLD.exec(answer)?.[1];
  if (gold === undefined || !parseRational(gold)) {
    throw badRow(file, line, "answer", "answer: does not end with `#### number`");
  }
  return {
    id: `gsm8k-${split}-${line}`,
    key: line,
    prompt: `Question: ${question}\nAnswer:`,
    answer: cleanNumber(gold),
    features: { steps: answer.split("\n").filter((step) => step.trim() !== "").length - 1 },
  };
}

async function load(_: unknown, { split, count, data }: LoadOptions): Promise<Problem[]> {
  const file = await fileOfSplit(data, split);
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new InputError(`${file} cannot be read`, {
      code: "data-missing",
      hint: `gsm8k needs this file for its ${split} split.`,
      file,
      field: "data",
      cause,
    });
  });
  const problems: Problem[] = [];
  for (const [index, row] of text.split("\n").entries()) {
    if (problems.length === count) break;
    if (row.trim() !== "") problems.push(parseRow(row, file, index + 1, split));
  }
  if (problems.length === 0 && count !== 0) {
    throw missing(`${file} holds no problems`, "Give a JSONL file with at least one row.", file);
  }
  return problems;
}

export const gsm8k = defineTask({
  name: "gsm8k",
  description: "grade-school maths word problems; graded by the final number",
  source:
    "arXiv 2110.14168; data openai/grade-school-math; extraction order after arXiv 2506.10947",
  params: z.strictObject({}),
  load,
  extract,
  grade,
});
