#!/usr/bin/env node
/** Entry of the `placebo` command: the process's streams, signals and exit code. */
import { EXIT } from "../errors.ts";
import { runCommandLine } from "./app.ts";
import { SHOW_CURSOR } from "./ui/progress.ts";
import { openTerminal } from "./ui/terminal.ts";

const stop = new AbortController();

/** The first signal asks the work to stop, and whoever draws says so; the second one ends the process. */
function onSignal(): void {
  if (stop.signal.aborted) process.exit(EXIT.cancelled);
  stop.abort();
}
process.on("exit", () => {
  // A process that ends in the middle of drawing had hidden it.
  if (process.stdout.isTTY) process.stdout.write(SHOW_CURSOR);
});
process.on("SIGINT", onSignal);
process.on("SIGTERM", onSignal);

// `placebo … | head` closes the pipe early: nobody reads on, so the work stops as if it was cancelled.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  stop.abort();
});

process.exitCode = await runCommandLine({
  argv: process.argv.slice(2),
  env: process.env,
  out: openTerminal(process.stdout, process.env),
  err: openTerminal(process.stderr, process.env),
  signal: stop.signal,
});
