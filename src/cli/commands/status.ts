/** `placebo status`: how far a trial, or what one command makes in a folder, is, from its files. */
import type { Trial } from "../../trial/index.ts";
import type { Action, CliContext } from "../context.ts";
import type { StatusOptions } from "../options.ts";
import { readSnapshot } from "../trial-snapshot.ts";
import { percent } from "../ui/format.ts";
import { TrialView } from "../ui/trial-view.ts";
import { jobStatus, openWork, type JobStatus } from "../work-folder.ts";

const status: Action<StatusOptions> = async ({ directory, json }, { out }) => {
  const work = await openWork(directory);
  if (work.kind === "trial") return showTrial(directory, work.trial, out, json);
  const job = await jobStatus(directory, work);
  if (json) out.json(job);
  else for (const line of jobLines(job, out)) out.line(line);
};

async function showTrial(
  directory: string,
  { config }: Trial,
  out: CliContext["out"],
  json: boolean,
): Promise<void> {
  const protocol = config.evaluation.primary;
  const snapshot = await readSnapshot(directory, protocol);
  if (json) {
    out.json(snapshot);
    return;
  }
  const view = new TrialView(protocol);
  view.recall(snapshot);
  for (const line of view.lines(out)) out.line(line);
  const failed = snapshot.runs.filter(({ reason }) => reason !== undefined);
  if (failed.length > 0) out.line();
  for (const { model, arm, seed, reason } of failed) {
    out.line(`${out.paint("red", "failed")} ${model} · ${arm} · seed ${seed}: ${reason}`);
  }
  if (snapshot.state === "failed") {
    out.line(`\nTry what failed again with: placebo resume ${directory}`);
  }
  if (snapshot.state === "stopped") out.line(`\nGo on with: placebo resume ${directory}`);
}

function jobLines(job: JobStatus, { paint }: CliContext["out"]): string[] {
  const { kind, directory, state, model, unit, done, total, result } = job;
  const amount =
    total === null ? `${done} ${unit}` : `${done} of ${total} ${unit}, ${percent(done / total)}`;
  const next =
    state === "done"
      ? `Result: ${result}`
      : state === "stopped"
        ? `Go on with: placebo resume ${directory}`
        : "A process is at work on it.";
  return [`${paint("bold", kind)} of ${model}  ${amount}  ${paint("dim", state)}`, next];
}

export default status;
