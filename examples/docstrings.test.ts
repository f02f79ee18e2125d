/**
 * Every `@example` of the public API is a whole program: it type-checks against the built package and runs to its end,
 * in a folder that holds `models/tiny` and `gsm8k-train.jsonl`.
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeByteModel } from "../src/engine/testing/byte-model.ts";

const exec = promisify(execFile);
const root = join(import.meta.dirname, "..");
// Inside the package, so that `placebo-rl/…` is the package itself.
const programs = join(root, "dist", "docstring-examples");

interface Example {
  /** src/folder/file.ts:line */
  readonly where: string;
  readonly code: string;
}

/** The ```ts blocks that follow an `@example` in a docstring. */
function examplesIn(file: string, text: string): Example[] {
  const block = /^ *\* @example\n *\* ```ts\n((?: *\*.*\n)*?) *\* ```$/gm;
  return Array.from(text.matchAll(block), (match) => ({
    where: `${file}:${text.slice(0, match.index).split("\n").length}`,
    code: (match[1] ?? "").replaceAll(/^ *\* ?/gm, ""),
  }));
}

const files = (await readdir(join(root, "src"), { recursive: true })).filter(
  (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
);
const examples = (
  await Promise.all(
    files.map(async (file) =>
      examplesIn(`src/${file}`, await readFile(join(root, "src", file), "utf8")),
    ),
  )
)
  .flat()
  .toSorted((a, b) => a.where.localeCompare(b.where));

let folder: string;
/** what the compiler says */
let complaints: string;

async function compile(): Promise<string> {
  await rm(programs, { recursive: true, force: true });
  await mkdir(programs, { recursive: true });
  await Promise.all(
    examples.map(({ code }, i) => writeFile(join(programs, `${i}.ts`), `${code}\nexport {};\n`)),
  );
  const config = {
    extends: "../../tsconfig.json",
    compilerOptions: { noEmit: false, rootDir: ".", outDir: "js" },
    include: ["*.ts"],
    exclude: [],
  };
  await writeFile(join(programs, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules", ".bin", "tsc");
  const { stdout } = await exec(tsc, ["-p", programs]).catch((error: unknown) => {
    // execFile's error carries what the program printed.
    return error as { stdout: string };
  });
  return stdout;
}

beforeAll(async () => {
  complaints = await compile();
  folder = await mkdtemp(join(tmpdir(), "placebo-docstrings-"));
  await writeByteModel(join(folder, "models", "tiny"), { max_position_embeddings: 256 });
  const rows = [
    { question: "Two pens and three pens?", answer: "2 + 3 = 5\n#### 5" },
    { question: "Seven less four?", answer: "7 - 4 = 3\n#### 3" },
  ];
  await writeFile(
    join(folder, "gsm8k-train.jsonl"),
    rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
  );
});
afterAll(async () => {
  await rm(programs, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
});

describe("docstring examples", () => {
  test("there are some in each public part", () => {
    const folders = new Set(examples.map(({ where }) => where.split("/")[1]));
    for (const part of ["engine", "rewards", "tasks", "rl", "organisms", "trial", "report"])
      expect(folders).toContain(part);
  });

  test("type-check against the built package", () => {
    const named = complaints.replaceAll(
      /(\d+)\.ts\(/g,
      (whole, index: string) => `${examples[Number(index)]?.where ?? ""} ${whole}`,
    );
    expect(named).toBe("");
  });

  test.each(examples.map((example, i) => [example.where, i] as const))("%s runs", async (_, i) => {
    const run = exec(process.execPath, [join(programs, "js", `${i}.js`)], { cwd: folder });
    await expect(run).resolves.toBeDefined();
  });
});
