/** What a verdict says in words. A sentence about causes is made only where the intervals allow one reading. */
import type { ArmVerdict } from "../records/index.ts";
import type { Estimate } from "./difference.ts";

/** Differences of final accuracy; absent where an arm for it is missing. */
export interface Claims {
  /** random − base */
  readonly null: Estimate | undefined;
  /** majority − random */
  readonly elicitation: Estimate | undefined;
  /** truth − majority */
  readonly rewardDesign: Estimate | undefined;
  /** truth − base */
  readonly total: Estimate | undefined;
  /** truth − random, which alone misleads (arXiv 2606.05932) */
  readonly naive: Estimate | undefined;
}

export interface Facts {
  readonly model: string;
  /** accuracy of the untrained model */
  readonly base: number;
  readonly problems: number;
  readonly arms: readonly ArmVerdict[];
  /** arms with fewer finished seeds than planned */
  readonly missing: readonly { readonly arm: string; finished: number; planned: number }[];
  readonly claims: Claims;
}

/** Seeds below which an interval is wide for want of seeds, not of problems. */
const FEW_SEEDS = 5;

const up = ({ ci }: Estimate) => ci[0] > 0;
const down = ({ ci }: Estimate) => ci[1] < 0;

/** `+12.3 points [8.1, 16.4]` */
function points({ estimate, ci }: Estimate): string {
  return `${signed(estimate)} points [${fixed(ci[0])}, ${fixed(ci[1])}]`;
}

function fixed(fraction: number): string {
  const text = (fraction * 100).toFixed(1);
  return text === "-0.0" ? "0.0" : text.replace("-", "−");
}

const signed = (fraction: number) => {
  const text = fixed(fraction);
  return text.startsWith("−") ? text : `+${text}`;
};

/** One plain sentence (or two) on one model. */
export function sentenceOf(facts: Facts): string {
  const { total, null: nothing, naive } = facts.claims;
  const on = `On ${facts.model}`;
  if (total === undefined || nothing === undefined || naive === undefined) return listed(facts, on);
  if (down(total)) {
    return `${on}, the true reward made the model worse (${points(total)}); a random one: ${points(nothing)}.`;
  }
  if (!up(total)) {
    const random = up(nothing)
      ? `, while a random reward gained ${points(nothing)}`
      : `, nor did a random one (${points(nothing)})`;
    return `${on}, the true reward showed no gain that these seeds and problems can tell from zero (${points(total)})${down(nothing) ? `, and a random one lost (${points(nothing)})` : random}.`;
  }
  const gained = `${on}, the true reward gained ${points(total)}`;
  if (up(nothing)) {
    const most = `a random reward alone gained ${points(nothing)}`;
    if (up(naive)) return `${gained}, but ${most}; ${design(facts.claims)}.`;
    if (down(naive)) return `${gained}, but ${most}: more than the true one.`;
    return `${gained}, but ${most}: these runs cannot tell the two apart, so the gain does not show that the reward was right.`;
  }
  if (up(naive)) {
    const random = down(nothing) ? "a random reward lost" : "no gain of a random reward is shown";
    return `${gained} and ${random} (${points(nothing)}); ${design(facts.claims)}.`;
  }
  return `${gained}. The interval of a random reward (${points(nothing)}) allows both no gain and as much as the true one's, so these runs do not say what caused it.`;
}

/** What is left for the reward's design once majority voting is taken off. */
function design({ rewardDesign, elicitation }: Claims): string {
  if (rewardDesign === undefined || elicitation === undefined) {
    return "without a majority arm the rest cannot be split";
  }
  const over = `(truth − majority: ${points(rewardDesign)})`;
  if (up(rewardDesign)) return `the true labels add to what majority voting elicits ${over}`;
  if (down(rewardDesign)) return `majority voting, which sees no labels, did better ${over}`;
  return `majority voting, which sees no labels, cannot be told from the true reward ${over}`;
}

function listed({ arms, base }: Facts, on: string): string {
  const gains = arms.map(({ arm, gain, ci }) => `${arm} ${points({ estimate: gain, ci })}`);
  const start = `the untrained model's ${fixed(base)}%`;
  if (gains.length === 0) return `${on}, no run has finished; ${start} stands alone.`;
  return `${on}, against ${start}: ${gains.join("; ")}.`;
}

/** What a reader must know before believing the numbers; empty where there is nothing. */
export function warningsOf(facts: Facts): string[] {
  const { claims, arms, missing } = facts;
  const { total, null: nothing, naive, elicitation, rewardDesign } = claims;
  const warnings: string[] = [];
  for (const { arm, finished, planned } of missing) {
    warnings.push(`${arm}: ${finished} of ${planned} seeds finished.`);
  }
  const fewest = Math.min(...arms.map(({ seeds }) => seeds));
  if (fewest < FEW_SEEDS) {
    warnings.push(
      fewest === 1
        ? "1 seed an arm: its interval knows how problems differ, not how seeds do; another seed may fall outside."
        : `${fewest} seeds an arm: intervals are wide, since so few say little of how seeds differ; ${FEW_SEEDS} or more narrow them.`,
    );
  }
  if (naive !== undefined && (elicitation === undefined || rewardDesign === undefined)) {
    warnings.push(
      `truth − random (${points(naive)}) also holds what self-consistency alone elicits; add a majority arm to split it (arXiv 2606.05932).`,
    );
  }
  if (naive && elicitation && rewardDesign) {
    const isElicited = up(elicitation) || down(elicitation);
    if (isElicited || elicitation.estimate > rewardDesign.estimate) {
      warnings.push(
        `truth − random (${points(naive)}) is not what the reward's design adds: ${points(elicitation)} of it is majority − random, which needs no labels (arXiv 2606.05932).`,
      );
    }
  }
  if (total && nothing && naive && up(total) && !excludesZero(nothing) && !excludesZero(naive)) {
    warnings.push(
      "The random arm's interval includes both readings, no gain and the whole gain: no claim about causes.",
    );
  }
  return warnings;
}

function excludesZero(estimate: Estimate): boolean {
  return up(estimate) || down(estimate);
}
