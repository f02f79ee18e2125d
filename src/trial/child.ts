/** A worker process as its parent sees it. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { InputError, PlaceboError, EXIT } from "../errors.ts";
import { parseInput } from "../io/index.ts";
import { messageSchema, type Job, type Message, type WorkerOptions } from "./messages.ts";

/** The process ended in the middle of a job. Its files are safe. */
export class WorkerCrash extends Error {}

/** A job failed for a reason that would come again. */
export class JobFailure extends PlaceboError {
  readonly exitCode = EXIT.incomplete;
}

export type Progress = Exclude<Message, { kind: "done" } | { kind: "failed" }>;

export class Child {
  readonly #process: ChildProcess;
  #ended = false;

  /** @param log file descriptor that gets what the process prints */
  constructor(options: WorkerOptions, log: number) {
    const isSource = import.meta.url.endsWith(".ts");
    const worker = new URL(isSource ? "./worker.ts" : "./worker.js", import.meta.url);
    this.#process = fork(fileURLToPath(worker), [JSON.stringify(options)], {
      // From source, the child needs the same loader as we have.
      execArgv: isSource ? ["--import", loader()] : [],
      stdio: ["ignore", log, log, "ipc"],
    });
    this.#process.once("exit", () => (this.#ended = true));
  }

  get ended(): boolean {
    return this.#ended;
  }

  /**
   * Performs one job.
   *
   * @throws WorkerCrash when the process ends, JobFailure or InputError when the job says why it cannot be done
   */
  run(job: Job, onProgress: (message: Progress) => void): Promise<void> {
    const child = this.#process;
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        child.off("message", onMessage);
        child.off("exit", onExit);
        child.off("error", onError);
        act();
      };
      const onMessage = (raw: unknown) => {
        const message = parseInput(messageSchema, raw);
        if (message.kind === "done") settle(resolve);
        else if (message.kind === "failed") settle(() => reject(toError(message)));
        else onProgress(message);
      };
      const onExit = (code: number | null, signal: string | null) =>
        settle(() =>
          reject(new WorkerCrash(`the worker ended (${signal ?? `exit code ${code}`})`)),
        );
      const onError = (error: Error) =>
        settle(() => reject(new WorkerCrash(`the worker could not be reached: ${error.message}`)));
      child.on("message", onMessage);
      child.once("exit", onExit);
      child.once("error", onError);
      if (this.#ended) onExit(child.exitCode, child.signalCode);
      else child.send(job);
    });
  }

  /** Ends the process at once, and waits until it has. What it was writing goes on from its last checkpoint. */
  async kill(): Promise<void> {
    if (this.#ended) return;
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exited;
  }
}

function loader(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
}

function toError({ message, isInput, ...details }: Extract<Message, { kind: "failed" }>): Error {
  return isInput ? new InputError(message, details) : new JobFailure(message, details);
}
