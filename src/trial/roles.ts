/** Which arm plays which part in the split of truth's gain (arXiv 2606.05932). */
import type { TrialConfig } from "./schema.ts";

export const ROLES = ["random", "majority", "truth"] as const;
export type Role = (typeof ROLES)[number];

/** Rewards that make an arm play a role. */
const REWARDS: { readonly [R in Role]: readonly string[] } = {
  random: ["random"],
  majority: ["majority", "majority-fixed"],
  truth: ["truth"],
};

/** The name of a reward in a spec: `truth`, or the key of `{ random: { p: 0.3 } }`. */
export function rewardName(spec: unknown): string {
  if (typeof spec === "string") return spec;
  if (typeof spec !== "object" || spec === null) return "";
  return Object.keys(spec)[0] ?? "";
}

/**
 * The arm of each role: of the arms with such a reward and the trial's own clipping the one with the role's name, else
 * the first; where there is none, an arm with the role's name.
 */
export function armsByRole(arms: TrialConfig["arms"]): Partial<Record<Role, string>> {
  const found: Partial<Record<Role, string>> = {};
  for (const role of ROLES) {
    const fitting = Object.entries(arms)
      .filter(([, arm]) => REWARDS[role].includes(rewardName(arm.reward)))
      .filter(([, arm]) => arm.grpo?.clip === undefined)
      .map(([name]) => name);
    const byName = Object.hasOwn(arms, role) ? role : undefined;
    const arm = fitting.find((name) => name === role) ?? fitting[0] ?? byName;
    if (arm !== undefined) found[role] = arm;
  }
  return found;
}
