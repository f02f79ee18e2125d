/**
 * The command line as somebody else's program meets it: the built `placebo` by `npx`, its output parsed.
 *
 *     npm run build && npx tsx scripts/contract.ts
 *
 * Needs PLACEBO_DATA (or ../shared) for the checks on the real pretrained model; without it they are skipped and counted.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { sharedPath } from "../src/testing/data.ts";

const exec = promisify(execFile);
const work = await mkdtemp(join(tmpdir(), "placebo-contract-"));

async function placebo(...args: readonly string[]): Promise<string> {
  const { stdout } = await exec("npx", ["--no-install", "placebo", ...args], {
    maxBuffer: 2 ** 28,
  });
  return stdout;
}

function lines(text: string): unknown[] {
  return text
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
}

const completion = z.object({
  tokens: z.array(z.number()),
  text: z.string(),
  logprobs: z.array(z.number()),
  selfCertainty: z.array(z.number()),
  entropy: z.array(z.number()),
  finish: z.enum(["stop", "length"]),
});

const golden = z.object({
  tokens: z.array(z.number()),
  logprob: z.array(z.number()),
  selfCertainty: z.array(z.number()),
});

const verdict = z.object({
  event: z.literal("verdict"),
  models: z
    .array(
      z.object({
        model: z.string(),
        base: z.number(),
        arms: z.array(
          z.object({
            arm: z.string(),
            gain: z.number(),
            ci: z.tuple([z.number(), z.number()]),
            seeds: z.number(),
          }),
        ),
        decomposition: z.unknown(),
      }),
    )
    .min(1),
});

function expectClose(found: readonly number[], wanted: readonly number[], tolerance: number): void {
  if (found.length !== wanted.length)
    throw new Error(`${found.length} values, not ${wanted.length}`);
  const worst = Math.max(...found.map((value, i) => Math.abs(value - (wanted[i] ?? Number.NaN))));
  if (!(worst <= tolerance)) throw new Error(`off by ${worst}, allowed ${tolerance}`);
}

const stories = sharedPath("models/stories260K");
const gsm8k = sharedPath("data/gsm8k-train.jsonl");

interface Check {
  readonly name: string;
  /** false where the shared data that it reads are absent */
  readonly possible: boolean;
  readonly run: () => Promise<void>;
}

const checks: readonly Check[] = [
  {
    name: "list rewards --json",
    possible: true,
    run: async () => {
      const row = z.object({
        name: z.string(),
        scope: z.enum(["sample", "group"]),
        source: z.string().min(1),
        description: z.string().min(1),
      });
      const rows = z.array(row).parse(JSON.parse(await placebo("list", "rewards", "--json")));
      if (!rows.some(({ name }) => name === "truth")) throw new Error("truth is not among them");
    },
  },
  {
    name: "sample: greedy tokens, log-probabilities and self-certainty of the golden file",
    possible: stories !== undefined,
    run: async () => {
      const wanted = golden.parse(
        JSON.parse(await readFile(join(stories ?? "", "golden.json"), "utf8")),
      );
      const count = String(wanted.tokens.length - 1);
      const flags = ["--prompt", "", "--greedy", "--max-tokens", count, "--json"];
      const [row] = lines(await placebo("sample", "--model", stories ?? "", ...flags));
      const found = completion.parse(row);
      expectClose(found.tokens, wanted.tokens.slice(1), 0);
      expectClose(found.logprobs, wanted.logprob, 1e-4);
      expectClose(found.selfCertainty, wanted.selfCertainty, 1e-4);
    },
  },
  {
    name: "train on real problems, and sample from what it wrote",
    possible: stories !== undefined && gsm8k !== undefined,
    run: async () => {
      const out = join(work, "train");
      const task = ["--task", "gsm8k", "--data", gsm8k ?? "", "--reward", "self-certainty"];
      const size = ["--steps", "2", "--prompts", "4", "--group", "4", "--eval-problems", "8"];
      await placebo("train", "--model", stories ?? "", ...task, ...size, "--out", out);
      const flags = ["--prompt", "Once", "--max-tokens", "8", "--n", "2", "--json"];
      const rows = lines(await placebo("sample", "--model", out, ...flags));
      if (z.array(completion).parse(rows).length !== 2) throw new Error("not two completions");
    },
  },
  {
    name: "run trials/smoke.yaml --json: within 60 seconds, a verdict last",
    possible: true,
    run: async () => {
      const start = performance.now();
      const events = lines(
        await placebo("run", "trials/smoke.yaml", "--out", join(work, "smoke"), "--json"),
      );
      const seconds = (performance.now() - start) / 1000;
      verdict.parse(events.at(-1));
      console.log(`      smoke trial: ${seconds.toFixed(1)} s`);
      if (seconds > 60) throw new Error(`took ${seconds.toFixed(0)} s`);
    },
  },
];

let passed = 0;
let failed = 0;
let skipped = 0;
for (const { name, possible, run } of checks) {
  if (!possible) {
    skipped += 1;
    console.log(`skip  ${name} (needs PLACEBO_DATA or ../shared)`);
    continue;
  }
  try {
    await run();
    passed += 1;
    console.log(`ok    ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${name}\n      ${error instanceof Error ? error.message : String(error)}`);
  }
}
await rm(work, { recursive: true, force: true });
console.log(`contract: ${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
