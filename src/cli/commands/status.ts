/** `placebo status`: how far a trial is, from its files. */
import { openTrial } from "../../trial/index.ts";
import type { Action } from "../context.ts";
import type { StatusOptions } from "../options.ts";
import { readSnapshot } from "../trial-snapshot.ts";
import { TrialView } from "../ui/trial-view.ts";

const status: Action<StatusOptions> = async ({ directory, json }, { out }) => {
  const protocol = (await openTrial(directory)).config.evaluation.primary;
  const snapshot = await readSnapshot(directory, protocol);
  if (json) {
    out.json(snapshot);
    return;
  }
  const view = new TrialView(protocol);
  view.recall(snapshot);
  for (const line of view.lines(out)) out.line(line);
  if (snapshot.state === "stopped") out.line(`\nGo on with: placebo resume ${directory}`);
};

export default status;
