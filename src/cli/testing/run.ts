/** Runs the command line: in this process for speed, or in one of its own as a user would. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { runCommandLine } from "../app.ts";
import { openTerminal } from "../ui/terminal.ts";

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** All but signals, pipes and the process's own exit. */
export async function placebo(...argv: string[]): Promise<Finished> {
  const written = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof written) =>
    openTerminal({ write: (text) => (written[name] += text) }, {});
  const code = await runCommandLine({
    argv,
    env: {},
    out: stream("stdout"),
    err: stream("stderr"),
    signal: new AbortController().signal,
  });
  return { code, ...written };
}

/** Found from here, whatever the working directory. */
const TSX = import.meta.resolve("tsx");
const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

export interface Watching {
  /** sees stdout so far whenever it grows, and may send a signal */
  readonly onOutput?: (stdout: string, kill: (signal: NodeJS.Signals) => void) => void;
  /** nobody reads stdout: writing on it fails with EPIPE */
  readonly unread?: boolean;
  /** sees stderr so far whenever it grows, and may send a signal */
  readonly onError?: (stderr: string, kill: (signal: NodeJS.Signals) => void) => void;
  /** working directory; default this process's */
  readonly cwd?: string;
}

export function spawnPlacebo(
  argv: readonly string[],
  { onOutput, onError, unread = false, cwd }: Watching = {},
): Promise<Finished> {
  const child = spawn(process.execPath, ["--import", TSX, MAIN, ...argv], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  if (unread) child.stdout.destroy();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    onOutput?.(stdout, (signal) => child.kill(signal));
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    onError?.(stderr, (signal) => child.kill(signal));
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}
