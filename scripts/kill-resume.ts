/**
 * Shows that a trial survives `kill -9`: runs it undisturbed, then again under random kills of its whole process group,
 * resuming each time, and compares all that both have written, times aside.
 *
 *     npx tsx scripts/kill-resume.ts [--kills 20] [--seed 0] [--trial trials/smoke.yaml] [--keep DIR]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { uniform } from "../src/random.ts";
import { loadTrial, runTrial } from "../src/trial/index.ts";
import { compare, contents } from "../src/trial/testing/contents.ts";

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

if (values.child === undefined) process.exitCode = await main();
else await runInside(values.child);
