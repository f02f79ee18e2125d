/** From final evaluations to a verdict: gains over the untrained model, their split, and what may be said of them. */
import { InputError } from "../errors.ts";
import {
  RECORD_VERSION,
  ROLES,
  type ArmVerdict,
  type EvalRow,
  type ModelRoles,
  type ModelVerdict,
  type Role,
  type Verdict,
} from "../records/index.ts";
import { average, type Table } from "../statistics/index.ts";
import { difference, type Estimate } from "./difference.ts";
import { BASE, judgeHypotheses, type Hypothesis, type PlannedArms } from "./hypotheses.ts";
import { sentenceOf, warningsOf, type Claims } from "./sentence.ts";

export type Protocol = EvalRow["protocol"];

/** Evaluations of one model at one moment. */
export type Evaluated = Partial<Record<Protocol, EvalRow>>;

export interface ArmResults {
  readonly arm: string;
  /** the last evaluation of every finished run; no best-step picking */
  readonly runs: readonly { readonly seed: number; readonly final: Evaluated }[];
  /** seeds that the trial asked for */
  readonly planned: number;
}

export interface ModelResults {
  readonly model: string;
  readonly base: Evaluated;
  readonly arms: readonly ArmResults[];
}

export interface JudgeOptions {
  readonly primary: Protocol;
  /** of the arms that are run on a model */
  readonly roles: (model: string) => ModelRoles;
  /** every model of the trial and the arms that it is to be run with, whether any has finished or not */
  readonly planned: PlannedArms;
  /** of the trial file */
  readonly hypotheses?: readonly Hypothesis[];
}

/**
 * Gains with 95% intervals, their split into null, elicitation and reward design, a sentence and warnings.
 * Intervals are t intervals over seeds and problems (`difference.ts`).
 *
 * @throws InputError `evaluations-differ` when evaluations are not of the same problems
 */
export function judge(models: readonly ModelResults[], options: JudgeOptions): Verdict {
  const { primary } = options;
  const [first] = models.map(({ base }) => base[primary]);
  return {
    version: RECORD_VERSION,
    protocol: primary,
    problems: first?.problems.length ?? 0,
    samples: first?.samples ?? 0,
    models: models.map((model) => judgeModel(model, options)),
    hypotheses: judgeHypotheses(options.hypotheses ?? [], options.planned, (model, arm) =>
      tableOf(models, model, arm, primary),
    ),
  };
}

/** [S][Q] final accuracies of one arm, or the one row of the untrained model; empty where there are none. */
function tableOf(
  models: readonly ModelResults[],
  model: string,
  arm: string,
  primary: Protocol,
): Float64Array[] {
  const results = models.find((each) => each.model === model);
  const base = results?.base[primary];
  if (results === undefined || base === undefined) return [];
  const ids = base.problems.map(({ id }) => id);
  const runs = results.arms.find((each) => each.arm === arm)?.runs ?? [];
  const rows = arm === BASE ? [base] : runs.map(({ final }) => final[primary]);
  return rows.flatMap((row) => (row === undefined ? [] : [shares(row, "correct", ids)]));
}

function judgeModel(
  { model, base: evaluated, arms }: ModelResults,
  { primary, roles }: JudgeOptions,
): ModelVerdict {
  const other: Protocol = primary === "greedy" ? "sampled" : "greedy";
  const baseRow = need(
    evaluated[primary],
    `${model}: no ${primary} evaluation of the untrained model`,
  );
  const ids = baseRow.problems.map(({ id }) => id);
  const table = (rows: readonly EvalRow[], count: "correct" | "code"): Table =>
    rows.map((row) => shares(row, count, ids));
  const untrained = table([baseRow], "correct");
  const base = average(shares(baseRow, "correct", ids));

  const accuracies = new Map<string, Table>();
  const finished = arms.filter(({ runs }) => runs.length > 0);
  const verdicts = finished.map(({ arm, runs }): ArmVerdict => {
    const name = (seed: number) => `${model}/${arm}/seed-${seed}`;
    const rows = runs.map(({ seed, final }) =>
      need(final[primary], `${name(seed)}: no final ${primary} evaluation`),
    );
    const accuracy = table(rows, "correct");
    accuracies.set(arm, accuracy);
    const perSeed = accuracy.map(average);
    const gain = difference(accuracy, untrained);
    const otherRows = runs.flatMap(({ final }) => final[other] ?? []);
    const otherBase = evaluated[other];
    const otherGain =
      otherBase === undefined || otherRows.length < runs.length
        ? null
        : difference(table(otherRows, "correct"), table([otherBase], "correct"));
    return {
      arm,
      gain: gain.estimate,
      ci: gain.ci,
      seeds: runs.length,
      accuracy: average(perSeed),
      perSeed: perSeed.map((share) => share - base),
      codeShift: difference(table(rows, "code"), table([baseRow], "code")),
      other:
        otherGain === null ? null : { protocol: other, gain: otherGain.estimate, ci: otherGain.ci },
    };
  });

  const claims = claimsOf(untrained, accuracies, roles(model));
  const facts = {
    model,
    base,
    problems: ids.length,
    arms: verdicts,
    missing: arms.flatMap(({ arm, planned, runs }) =>
      runs.length < planned ? [{ arm, finished: runs.length, planned }] : [],
    ),
    claims,
  };
  return {
    model,
    base,
    baseCodeShare: average(shares(baseRow, "code", ids)),
    arms: verdicts,
    decomposition: splitOf(claims),
    sentence: sentenceOf(facts),
    warnings: warningsOf(facts),
  };
}

/** Every difference that a sentence may rest on, as far as the arms for it are there. */
function claimsOf(base: Table, accuracies: ReadonlyMap<string, Table>, roles: ModelRoles): Claims {
  const at: Partial<Record<Role, Table>> = {};
  for (const role of ROLES) at[role] = accuracies.get(roles[role] ?? "");
  return {
    null: minus(at.random, base),
    elicitation: minus(at.majority, at.random),
    rewardDesign: minus(at.truth, at.majority),
    total: minus(at.truth, base),
    naive: minus(at.truth, at.random),
  };
}

function minus(a: Table | undefined, b: Table | undefined): Estimate | undefined {
  return a === undefined || b === undefined ? undefined : difference(a, b);
}

function splitOf(claims: Claims): ModelVerdict["decomposition"] {
  const { null: nothing, elicitation, rewardDesign, total } = claims;
  return nothing && elicitation && rewardDesign && total
    ? { null: nothing, elicitation, rewardDesign, total }
    : null;
}

/** [Q] share of the K answers to each problem that are right, or that are code. @throws InputError `evaluations-differ` */
export function shares(
  row: EvalRow,
  count: "correct" | "code",
  ids: readonly string[],
): Float64Array {
  const same = row.problems.length === ids.length && row.problems.every((p, q) => p.id === ids[q]);
  need(same || undefined, `the ${row.protocol} evaluation of step ${row.step} has other problems`);
  return Float64Array.from(row.problems, (problem) => problem[count] / row.samples);
}

function need<T>(value: T | undefined, message: string): T {
  if (value !== undefined) return value;
  throw new InputError(message, {
    code: "evaluations-differ",
    hint: "Files of different trials were mixed: delete the run's folder and resume the trial.",
  });
}
