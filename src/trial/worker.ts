/** The process that does the trial's work: takes jobs from its parent one at a time, and ends with it. */
import { InputError, PlaceboError } from "../errors.ts";
import { parseInput } from "../io/index.ts";
import { executeRun } from "./execute.ts";
import { jobSchema, workerOptionsSchema, type Job, type Message, type Send } from "./messages.ts";
import { prepareModel } from "./prepare.ts";
import { openWorkplace, type Workplace } from "./workplace.ts";

const send: Send = (message) => {
  process.send?.(message);
};

// Ctrl-C reaches the whole process group: the parent decides what becomes of the work.
process.on("SIGINT", () => {});
// Files are safe at any moment, so nobody has to wait for native threads to end.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));

const options = parseInput(workerOptionsSchema, JSON.parse(process.argv[2] ?? "null"));
/** Opened before the first job comes; what is wrong with it, the first job tells. */
const place: Promise<Workplace> = openWorkplace(options);
place.catch(() => {});

process.on("message", (message: unknown) => {
  void perform(parseInput(jobSchema, message)).then(send, (error: unknown) => send(failure(error)));
});

async function perform(job: Job): Promise<Message> {
  const workplace = await place;
  switch (job.kind) {
    case "prepare":
      await prepareModel(workplace, job.model, send);
      break;
    case "run":
      await executeRun(workplace, job, send);
      break;
  }
  return { kind: "done" };
}

function failure(error: unknown): Message {
  if (error instanceof PlaceboError) {
    const { message, code, hint, file, field } = error;
    return {
      kind: "failed",
      message,
      code,
      hint,
      file,
      field,
      isInput: error instanceof InputError,
    };
  }
  // A bug: the log gets the stack.
  console.error(error);
  return {
    kind: "failed",
    message: error instanceof Error ? error.message : String(error),
    code: "bug",
    hint: "This is a fault in the program; the stack is in workers.log.",
    isInput: false,
  };
}
