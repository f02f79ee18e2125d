/** Hypotheses that are written down before the first run, and what became of them: the confirmatory part of a verdict. */
import { z } from "zod";
import { isRunOn, type HypothesisVerdict } from "../records/index.ts";
import {
  crossedDifference,
  holm,
  pAbove,
  pBelow,
  pEquivalent,
  pNotWorse,
  type Table,
  type TEstimate,
} from "../statistics/index.ts";
import { didYouMean } from "../suggest.ts";
import { complaint } from "./complain.ts";
import type { Trial, TrialConfig } from "./schema.ts";

/** What an arm may be compared with beside another arm. */
export const BASE = "base";

export const EXPECTATIONS = ["greater", "less", "different", "equivalent", "not-worse"] as const;
type Expectation = (typeof EXPECTATIONS)[number];

/** Needs a margin: a claim of sameness without one says nothing. */
const WITH_MARGIN: readonly Expectation[] = ["equivalent", "not-worse"];

export const hypothesisSchema = z
  .strictObject({
    arm: z.string().min(1).describe("arm whose final accuracy the claim is about"),
    versus: z.string().min(1).default(BASE).describe("other arm, or base: the untrained model"),
    model: z.string().min(1).optional().describe("absent: each model that the arm is run on"),
    expect: z.enum(EXPECTATIONS).describe("what arm − versus is expected to be"),
    margin: z
      .number()
      .positive()
      .max(1)
      .optional()
      .describe("largest difference of accuracies that counts as none, 0.05 for 5 points"),
  })
  .refine(({ expect, margin }) => (margin === undefined) !== WITH_MARGIN.includes(expect), {
    error: "is needed for equivalent and not-worse, and for nothing else",
    path: ["margin"],
  });

export type Hypothesis = z.output<typeof hypothesisSchema>;

/** Checks that hypotheses speak of arms and models of the trial. @throws InputError with file and line */
export function checkHypotheses(trial: Trial): void {
  const { arms, models, hypotheses = [] } = trial.config;
  for (const [i, hypothesis] of hypotheses.entries()) {
    const { arm, versus, model } = hypothesis;
    const check = (field: string, name: string, known: readonly string[], what: string) => {
      if (known.includes(name)) return;
      throw complaint(trial, ["hypotheses", String(i), field], {
        code: `unknown-${what}`,
        message: `the trial has no ${what} "${name}"`,
        hint: didYouMean(name, known),
      });
    };
    check("arm", arm, Object.keys(arms), "arm");
    check("versus", versus, [...Object.keys(arms), BASE], "arm");
    if (model !== undefined) check("model", model, Object.keys(models), "model");
    const planned = plannedArms(trial.config);
    if (![...planned].some(([name, own]) => isPlanned(hypothesis, name, own))) {
      throw complaint(trial, ["hypotheses", String(i), model === undefined ? "versus" : "model"], {
        code: "never-run",
        message: `no model of this hypothesis runs both ${arm} and ${versus}`,
        hint: "Name arms that are run on the same model; see their `models`.",
      });
    }
  }
}

const P_VALUE: {
  readonly [E in Expectation]: (tested: TEstimate, margin: number) => number;
} = {
  greater: (tested) => pAbove(tested, 0),
  less: (tested) => pBelow(tested, 0),
  different: ({ p }) => p,
  equivalent: pEquivalent,
  "not-worse": pNotWorse,
};

/** Model → the arms that the trial runs on it. */
export type PlannedArms = ReadonlyMap<string, ReadonlySet<string>>;

/** What a trial runs, whatever came of it. */
export function plannedArms({ models, arms }: Pick<TrialConfig, "models" | "arms">): PlannedArms {
  const armsOn = (model: string) =>
    Object.entries(arms).flatMap(([arm, spec]) => (isRunOn(spec, model) ? [arm] : []));
  return new Map(Object.keys(models).map((model) => [model, new Set(armsOn(model))]));
}

/** Whether both sides of a hypothesis are run on a model that it speaks of. */
function isPlanned(
  { arm, versus, model: only }: Hypothesis,
  model: string,
  arms: ReadonlySet<string>,
): boolean {
  if (only !== undefined && only !== model) return false;
  return arms.has(arm) && (versus === BASE || arms.has(versus));
}

/** Level of the whole family. */
const ALPHA = 0.05;

/**
 * Tests every hypothesis on every model it speaks of, and adjusts all p-values together by Holm. The family is what was
 * planned: what cannot be tested, since its runs failed or have not finished, counts in it as not shown. Otherwise the
 * failure of an arm would make the others' p-values smaller.
 *
 * @param planned models in the trial's order
 * @param tableOf [S][Q] final accuracies of an arm or of `base`; empty where nothing has finished
 */
export function judgeHypotheses(
  hypotheses: readonly Hypothesis[],
  planned: PlannedArms,
  tableOf: (model: string, arm: string) => Table,
): HypothesisVerdict[] {
  const tested = hypotheses.flatMap((hypothesis) =>
    [...planned]
      .filter(([model, arms]) => isPlanned(hypothesis, model, arms))
      .map(([model]) => {
        const own = tableOf(model, hypothesis.arm);
        const other = tableOf(model, hypothesis.versus);
        const enough = own.length > 1 && other.length > (hypothesis.versus === BASE ? 0 : 1);
        const result = enough ? crossedDifference(own, other) : null;
        const p = result && P_VALUE[hypothesis.expect](result, hypothesis.margin ?? 0);
        return { hypothesis, model, result, p };
      }),
  );
  const adjusted = holm(tested.map(({ p }) => p ?? 1));
  return tested.map(({ hypothesis, model, result, p }, i) => {
    const { arm, versus, expect, margin } = hypothesis;
    const pHolm = adjusted[i] ?? 1;
    return {
      model,
      arm,
      versus,
      expect,
      margin: margin ?? null,
      result:
        result === null || p === null
          ? null
          : { estimate: result.estimate, ci: result.ci, df: result.df, p, pHolm },
      supported: result === null ? null : pHolm < ALPHA,
    };
  });
}
