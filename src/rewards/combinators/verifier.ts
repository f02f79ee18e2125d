/** A verifier that errs on right and wrong answers at rates of their own. */
import { z } from "zod";
import { defineCombinator, mapGrade } from "./define.ts";

const rate = z.number().min(0).max(1);

/**
 * 1 with probability `tpr` where r is 1, and with probability `fpr` where it is not. Youden's J = tpr − fpr is what
 * decides between learning, neutrality and unlearning in RLVεR; `flip` is the case tpr = 1 − p, fpr = p.
 */
export const verifier = defineCombinator({
  name: "verifier",
  scope: "sample",
  description: "1 with probability tpr where r is 1, else with probability fpr",
  source: "RLVεR (Rad et al., ICML 2026): J = TPR − FPR",
  params: (reward) =>
    z.strictObject({
      tpr: rate.describe("P(accepted | right)"),
      fpr: rate.describe("P(accepted | wrong)"),
      reward,
    }),
  parts: ({ reward }) => [reward],
  label: ([part], { tpr, fpr }) => `verifier(${part}, tpr=${tpr}, fpr=${fpr})`,
  combine: (grades, { tpr, fpr }, uniform) =>
    mapGrade(grades, (value) => (uniform() < (value === 1 ? tpr : fpr) ? 1 : 0)),
});
