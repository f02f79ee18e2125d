/** Opens the model folders that a trial names, before anything is written. */
import { openEngine } from "../engine/index.ts";
import { encodePrompt } from "../rl/index.ts";
import { applyTemplate } from "../tasks/index.ts";
import { checked } from "./complain.ts";
import { templatePath } from "./models.ts";
import { loadProblems, type TrialPlan } from "./plan.ts";
import type { Trial } from "./schema.ts";

/**
 * Opens each model folder as its runs will, and encodes every prompt as it will read them. Organisms do not exist yet;
 * they are right by construction, for prompts without a template.
 *
 * @throws InputError for a folder that the engine cannot open, for an adapter or a chat template that it has no place
 * for, and for prompts that its context cannot hold
 */
export async function checkModels(trial: Trial, { models }: TrialPlan): Promise<void> {
  const { config } = trial;
  for (const { name, source, template, lora } of models) {
    if (source.kind !== "folder") continue;
    const at = ["models", name, config.models[name]?.hub === undefined ? "path" : "hub"];
    const { directory: model } = source;
    const engine = await checked(trial, at, () =>
      openEngine({ model, lora, threads: config.threads }),
    );
    try {
      for (const split of ["train", "test"] as const) {
        const problems = await loadProblems(trial, split);
        const prompts = await checked(trial, templatePath(config, name), () =>
          applyTemplate(problems, template, engine.tokenizer),
        );
        await checked(trial, at, () => prompts.forEach((each) => encodePrompt(engine, each)));
      }
    } finally {
      await engine.close();
    }
  }
}
