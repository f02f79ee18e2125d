/** `placebo resume`: goes on with a trial, with a run of `placebo train`, with an evaluation or an exploration. */
import { join } from "node:path";
import { InputError } from "../../errors.ts";
import { EXPLORATION_FILES, explorationSchema } from "../../explore/records.ts";
import { exists, parseInput, readJson } from "../../io/index.ts";
import {
  EVALUATION_FILES,
  evaluationRunSchema,
  RUN_FILES,
  runSchema,
} from "../../records/index.ts";
import { openTrial } from "../../trial/index.ts";
import type { Action } from "../context.ts";
import { evalOptions, exploreOptions, trainOptions, type ResumeOptions } from "../options.ts";
import { probeOptions } from "../probe/options.ts";
import { conductTrial } from "../trial-run.ts";

function refuseWorkers(directory: string, workers: number | undefined, what: string): void {
  if (workers === undefined) return;
  throw new InputError(`${directory} holds one ${what}: there is nothing to share out`, {
    code: "bad-flag",
    hint: "Leave --workers away.",
    field: "--workers",
    file: directory,
  });
}

const resume: Action<ResumeOptions> = async ({ directory, workers, json }, context) => {
  const runFile = join(directory, RUN_FILES.run);
  if (await exists(runFile)) {
    refuseWorkers(directory, workers, "training run");
    const { config } = await readJson(runFile, runSchema);
    const settings = parseInput(trainOptions, config, { file: runFile, field: ["config"] });
    const { default: train } = await import("./train.ts");
    await train({ ...settings, out: directory, json }, context);
    return;
  }
  const evaluationFile = join(directory, EVALUATION_FILES.run);
  if (await exists(evaluationFile)) {
    refuseWorkers(directory, workers, "evaluation");
    const { config } = await readJson(evaluationFile, evaluationRunSchema);
    const where = { file: evaluationFile, field: ["config"] };
    // Of the two that leave this file, only a probe says how much of a problem it shows.
    if ("shown" in config) {
      const settings = parseInput(probeOptions, config, where);
      const { default: probe } = await import("./probe.ts");
      await probe({ ...settings, out: directory, json }, context);
      return;
    }
    const settings = parseInput(evalOptions, config, where);
    const { default: evaluate } = await import("./eval.ts");
    await evaluate({ ...settings, out: directory, json }, context);
    return;
  }
  const explorationFile = join(directory, EXPLORATION_FILES.run);
  if (await exists(explorationFile)) {
    refuseWorkers(directory, workers, "exploration");
    const { config } = await readJson(explorationFile, explorationSchema);
    const settings = parseInput(exploreOptions, config, {
      file: explorationFile,
      field: ["config"],
    });
    const { default: explore } = await import("./explore.ts");
    await explore({ ...settings, out: directory, json }, context);
    return;
  }
  const trial = await openTrial(directory);
  await conductTrial(trial, { out: directory, workers, json }, context);
};

export default resume;
