/**
 * A/A trials: two arms with the same reward. A test at 5% must call them different in 5% of trials.
 * `npx tsx scripts/simulate-aa.ts [--trials 400]`.
 *
 * Checked: the t-test over seeds and problems rejects 5% ± 2 with 5 and 8 seeds an arm and no more than 7% with 2 and 3,
 * the permutation test rejects no more than 7%, and Holm keeps the chance of any false claim among six arms at 7% at
 * most. Shown beside it, and not checked: the hierarchical bootstrap.
 */
import { parseArgs } from "node:util";
import {
  average,
  crossedDifference,
  holm,
  labelPermutationTest,
  replicatedDifference,
  replicateMean,
  resample,
} from "../src/statistics/index.ts";
import {
  drawArm,
  drawTrial,
  TYPICAL,
  type World,
} from "../src/statistics/testing/simulated-trial.ts";
import { newTally } from "./peers/support.ts";

const { values } = parseArgs({ options: { trials: { type: "string", default: "400" } } });
const trials = Number(values.trials);
const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

interface Rates {
  readonly crossed: number;
  readonly permutation: number;
  readonly bootstrap: number;
}

function rejections(world: World, seeds: number): Rates {
  const resampling = resample(world.problems, 1000);
  const count = { crossed: 0, permutation: 0, bootstrap: 0 };
  for (let n = 0; n < trials; n++) {
    const [a, b] = drawTrial(world, n, seeds);
    if (crossedDifference(a, b).p < 0.05) count.crossed++;
    if (labelPermutationTest(a.map(average), b.map(average)).p < 0.05) count.permutation++;
    const [low, high] = replicatedDifference(
      replicateMean({ values_SQ: a }, resampling),
      replicateMean({ values_SQ: b }, resampling),
    ).ci;
    if (low > 0 || high < 0) count.bootstrap++;
  }
  return {
    crossed: count.crossed / trials,
    permutation: count.permutation / trials,
    bootstrap: count.bootstrap / trials,
  };
}

/** Six arms against one control, all alike: how often Holm lets any of them through. */
function familyError(world: World, seeds: number): number {
  let any = 0;
  for (let n = 0; n < trials; n++) {
    const arms = Array.from({ length: 7 }, (_, arm) =>
      drawArm(world, { trial: n, arm, seeds, treated: false }),
    );
    const [control, ...others] = arms;
    if (control === undefined) throw new RangeError("no arms");
    const pValues = others.map((arm) => crossedDifference(arm, control).p);
    if (holm(pValues).some((p) => p < 0.05)) any++;
  }
  return any / trials;
}

const within = (share: number, low: number, high: number, figure: string) => {
  if (share < low || share > high) throw new Error(figure);
  return figure;
};

const tally = newTally();
const worlds: Readonly<Record<string, World>> = {
  "typical seeds": TYPICAL,
  "seeds that differ much": { ...TYPICAL, seedSpread: 0.8 },
};
for (const [name, world] of Object.entries(worlds)) {
  for (const seeds of [2, 3, 5, 8]) {
    const { crossed, permutation, bootstrap } = rejections(world, seeds);
    await tally.check(`${name}, ${seeds} seeds an arm: the t-test rejects`, () =>
      within(
        crossed,
        seeds < 5 ? 0 : 0.03,
        0.07,
        `${percent(crossed)} of ${trials} (bootstrap ${percent(bootstrap)})`,
      ),
    );
    await tally.check(`${name}, ${seeds} seeds an arm: the permutation test rejects`, () =>
      within(permutation, 0, 0.07, percent(permutation)),
    );
  }
}
await tally.check("six arms alike, 5 seeds, Holm: any false claim in", () => {
  const share = familyError(TYPICAL, 5);
  return within(share, 0, 0.07, `${percent(share)} of ${trials}`);
});
tally.end();
