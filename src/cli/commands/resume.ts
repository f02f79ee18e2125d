/** `placebo resume`: goes on with a trial, or with what `placebo train`, `eval`, `probe` or `explore` began. */
import { InputError } from "../../errors.ts";
import type { Action } from "../context.ts";
import type { ResumeOptions } from "../options.ts";
import { conductTrial } from "../trial-run.ts";
import { openWork } from "../work-folder.ts";

function refuseWorkers(directory: string, what: string): InputError {
  return new InputError(`${directory} holds one ${what}: there is nothing to share out`, {
    code: "bad-flag",
    hint: "Leave --workers away.",
    field: "--workers",
    file: directory,
  });
}

const resume: Action<ResumeOptions> = async ({ directory, workers, json }, context) => {
  const work = await openWork(directory);
  const here = { out: directory, json };
  if (work.kind === "trial") {
    await conductTrial(work.trial, { ...here, workers }, context);
    return;
  }
  if (workers !== undefined) throw refuseWorkers(directory, work.kind);
  // Each loads only what it needs.
  switch (work.kind) {
    case "training run": {
      const { default: train } = await import("./train.ts");
      return train({ ...work.options, ...here }, context);
    }
    case "evaluation": {
      const { default: evaluate } = await import("./eval.ts");
      return evaluate({ ...work.options, ...here }, context);
    }
    case "probe": {
      const { default: probe } = await import("./probe.ts");
      return probe({ ...work.options, ...here }, context);
    }
    case "exploration": {
      const { default: explore } = await import("./explore.ts");
      return explore({ ...work.options, ...here }, context);
    }
  }
};

export default resume;
