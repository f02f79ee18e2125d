/** Which arm plays which part on a model: of the verdict's split (arXiv 2606.05932), and of the report's controls. */

export const ROLES = ["random", "majority", "truth"] as const;
export type Role = (typeof ROLES)[number];

/** The arms that play a part on one model. */
export type ModelRoles = Readonly<Partial<Record<Role, string>>>;

/** Of an arm in a trial's configuration, what decides its role. */
export interface ArmSpec {
  readonly reward: unknown;
  readonly grpo?: { readonly clip?: unknown };
  /** the models that it is run on; absent: all */
  readonly models?: readonly string[];
}

/** Rewards that make an arm play a role. */
const REWARDS: { readonly [R in Role]: readonly string[] } = {
  random: ["random"],
  majority: ["majority", "majority-fixed"],
  truth: ["truth"],
};

/** The name of a reward in a spec: `truth`, or the key of `{ random: { p: 0.3 } }`; empty where it is neither. */
export function rewardName(spec: unknown): string {
  if (typeof spec === "string") return spec;
  if (typeof spec !== "object" || spec === null) return "";
  return Object.keys(spec)[0] ?? "";
}

/** Whether the trial's plan runs the arm on the model. */
export function isRunOn({ models }: Pick<ArmSpec, "models">, model: string): boolean {
  return models === undefined || models.includes(model);
}

/**
 * The arm of each role on one model: of the arms that run on it with such a reward and the trial's own clipping the one
 * with the role's name, else the first; where there is none, an arm with the role's name.
 */
export function rolesOn(model: string, arms: Readonly<Record<string, ArmSpec>>): ModelRoles {
  const own = Object.entries(arms).filter(([, arm]) => isRunOn(arm, model));
  const found: Partial<Record<Role, string>> = {};
  for (const role of ROLES) {
    const fitting = own
      .filter(([, { reward }]) => REWARDS[role].includes(rewardName(reward)))
      .filter(([, { grpo }]) => grpo?.clip === undefined)
      .map(([name]) => name);
    const byName = own.some(([name]) => name === role) ? role : undefined;
    const arm = fitting.find((name) => name === role) ?? fitting[0] ?? byName;
    if (arm !== undefined) found[role] = arm;
  }
  return found;
}
