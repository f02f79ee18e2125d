/**
 * Shows that a trial survives `kill -9`: runs it undisturbed, then again under random kills of its whole process group,
 * resuming each time, and compares all that both have written, times aside.
 *
 *     npx tsx scripts/kill-resume.ts [--kills 20] [--seed 0] [--trial trials/smoke.yaml] [--keep DIR]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { uniform } from "../src/random.ts";
import { loadTrial, runTrial } from "../src/trial/index.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "20" },
    seed: { type: "string", default: "0" },
    trial: { type: "string", default: "trials/smoke.yaml" },
    keep: { type: "string" },
    /** internal: run the trial in this folder and end */
    child: { type: "string" },
  },
});

async function runInside(folder: string): Promise<void> {
  const trial = await loadTrial(values.trial);
  await runTrial(trial, { out: join(folder, "trial"), cacheDirectory: join(folder, "cache") });
}

async function main(): Promise<number> {
  const kills = Number(values.kills);
  const root = values.keep ?? (await mkdtemp(join(tmpdir(), "kill-resume-")));
  const calm = join(root, "calm");
  const duration = await runCalmly(calm);
  const expected = await contents(join(calm, "trial"));
  console.log(`undisturbed: ${expected.size} files in ${duration.toFixed(1)} s`);

  let passed = 0;
  let failed = 0;
  for (let kill = 0, round = 0; kill < kills; round++) {
    const folder = join(root, `killed-${round}`);
    for (;;) {
      // Once all kills are spent, the rest runs to its end.
      const moment = uniform(Number(values.seed), "test", kill) * 0.8 * duration;
      const finished = await runUntil(folder, kill < kills ? moment : Infinity);
      if (finished) break;
      kill++;
      console.log(`kill ${kill} of ${kills}, after ${moment.toFixed(2)} s`);
    }
    const differences = compare(expected, await contents(join(folder, "trial")));
    for (const difference of differences) console.error(`  ${difference}`);
    failed += differences.length;
    passed += expected.size - Math.min(expected.size, differences.length);
  }
  if (values.keep === undefined) await rm(root, { recursive: true, force: true });
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

async function runCalmly(folder: string): Promise<number> {
  const start = performance.now();
  if (!(await runUntil(folder, Infinity))) throw new Error("the undisturbed trial failed");
  return (performance.now() - start) / 1000;
}

/** Runs or resumes the trial in a process group of its own and kills the group after so many seconds. */
async function runUntil(folder: string, seconds: number): Promise<boolean> {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  const script = fileURLToPath(import.meta.url);
  const args = ["--import", loader, script, "--trial", values.trial, "--child", folder];
  const child = spawn(process.execPath, args, { detached: true, stdio: ["ignore", "ignore", 2] });
  const group = child.pid;
  if (group === undefined) throw new Error("cannot start a process");
  const timer = Number.isFinite(seconds)
    ? setTimeout(() => process.kill(-group, "SIGKILL"), 1000 * seconds)
    : undefined;
  await once(child, "exit");
  clearTimeout(timer);
  if (child.signalCode === "SIGKILL") return false;
  if (child.exitCode === 0) return true;
  throw new Error(`the trial ended with exit code ${child.exitCode}`);
}

/** What may differ between two runs of the same trial: times, places, and bytes counted over lines with times. */
const VOLATILE = new Set([
  "time",
  "startedAt",
  "finishedAt",
  "baseDirectory",
  "weights",
  "offsets",
]);

/** Every file of a trial by its path; times are taken out of JSON and JSONL. */
async function contents(directory: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || entry.name === "workers.log") continue;
    const bytes = await readFile(path);
    const isRecord = /^(?!tokenizer|config).*\.jsonl?$/.test(entry.name);
    const text = isRecord ? steady(bytes.toString("utf8"), entry.name) : bytes.toString("latin1");
    files.set(path.slice(directory.length + 1), text);
  }
  return files;
}

function steady(text: string, name: string): string {
  const strip = (line: string) =>
    JSON.stringify(JSON.parse(line), (key, value: unknown) =>
      VOLATILE.has(key) ? undefined : value,
    );
  if (!name.endsWith(".jsonl")) return strip(text);
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : strip(line)))
    .join("\n");
}

function compare(expected: Map<string, string>, found: Map<string, string>): string[] {
  const paths = new Set([...expected.keys(), ...found.keys()]);
  return [...paths].flatMap((path) => {
    if (!expected.has(path)) return [`${path}: only after the kills`];
    if (!found.has(path)) return [`${path}: missing after the kills`];
    return expected.get(path) === found.get(path) ? [] : [`${path}: differs`];
  });
}

if (values.child === undefined) process.exitCode = await main();
else await runInside(values.child);
