/** Which arms are truth and placebo, by the verdict's own rule. */
import { z } from "zod";
import { parseInput } from "../io/index.ts";
import { rolesOn, type TrialRecord } from "../records/index.ts";

/** Truth and placebo are always set off from the others. */
export type Role = "truth" | "placebo" | "other";

export interface ArmRole {
  readonly arm: string;
  readonly role: Role;
}

/** The arms that everything else on one model is compared with. */
export interface Controls {
  readonly truth?: string;
  readonly placebo?: string;
}

export interface TrialRoles {
  /** in the trial's order, with the role that an arm has on every model it is run on; `other` where they differ */
  readonly arms: readonly ArmRole[];
  /** by model, in the trial's order */
  readonly controls: Readonly<Record<string, Controls>>;
}

const armsSchema = z.object({
  arms: z.record(
    z.string(),
    z.object({
      reward: z.unknown(),
      grpo: z.object({ clip: z.unknown() }).optional(),
      models: z.array(z.string()).optional(),
    }),
  ),
});

/** @throws InputError naming `file` where the trial's configuration has no usable `arms` */
export function rolesOf({ config, runs }: TrialRecord, file: string): TrialRoles {
  const { arms } = parseInput(armsSchema, config, { file, field: ["config"] });
  const models = [...new Set(runs.map((run) => run.model))];
  const controls = Object.fromEntries(
    models.map((model): [string, Controls] => {
      const { truth, random: placebo } = rolesOn(model, arms);
      return [model, { truth, placebo }];
    }),
  );
  const armRoles = [...new Set(runs.map((run) => run.arm))].map((arm): ArmRole => {
    const own = runs.filter((run) => run.arm === arm);
    const [role = "other", another] = new Set(
      own.map(({ model }) => roleIn(controls[model] ?? {}, arm)),
    );
    return { arm, role: another === undefined ? role : "other" };
  });
  return { arms: armRoles, controls };
}

/** The role of an arm on the model that these are the controls of. */
export function roleIn({ truth, placebo }: Controls, arm: string): Role {
  return arm === truth ? "truth" : arm === placebo ? "placebo" : "other";
}
