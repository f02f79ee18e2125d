/** Which arms are truth and placebo. The same rule as the verdict's: by reward, and only under the trial's own clipping. */
import { z } from "zod";
import { parseInput } from "../io/index.ts";
import type { TrialRecord } from "../records/index.ts";

/** Truth and placebo are always set off from the others. */
export type Role = "truth" | "placebo" | "other";

/** Arms in the trial's order. */
export interface ArmRole {
  readonly arm: string;
  readonly role: Role;
}

const armsSchema = z.object({
  arms: z.record(
    z.string(),
    z.object({ reward: z.unknown(), grpo: z.object({ clip: z.unknown() }).optional() }),
  ),
});

type Arms = z.infer<typeof armsSchema>["arms"];

/** @throws InputError naming `file` where the trial's configuration has no usable `arms` */
export function rolesOf(trial: TrialRecord, file: string): ArmRole[] {
  const { arms } = parseInput(armsSchema, trial.config, { file, field: ["config"] });
  const truth = armOf(arms, "truth");
  const placebo = armOf(arms, "random");
  return [...new Set(trial.runs.map((run) => run.arm))].map((arm) => ({
    arm,
    role: arm === truth ? "truth" : arm === placebo ? "placebo" : "other",
  }));
}

/** Of the arms with this reward the one of its name, else the first; where there is none, an arm of its name. */
function armOf(arms: Arms, reward: string): string | undefined {
  const fitting = Object.entries(arms)
    .filter(([, arm]) => rewardName(arm.reward) === reward && arm.grpo?.clip === undefined)
    .map(([name]) => name);
  const named = Object.hasOwn(arms, reward) ? reward : undefined;
  return fitting.find((name) => name === reward) ?? fitting[0] ?? named;
}

/** `truth`, or the key of `{ random: { p: 0.3 } }` */
function rewardName(spec: unknown): string | undefined {
  if (typeof spec === "string") return spec;
  return typeof spec === "object" && spec !== null ? Object.keys(spec)[0] : undefined;
}
