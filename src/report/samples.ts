/** Which answers and rollouts the report shows. They are picked by rule, never by taste, and the rule is printed. */
import { join } from "node:path";
import {
  evalSchema,
  rolloutSchema,
  RUN_FILES,
  type EvalRow,
  type RolloutRow,
} from "../records/index.ts";
import { unique } from "./aggregate.ts";
import { baseFile, type Protocol, type RunFiles, type TrialFiles } from "./read.ts";
import type { TrialRoles } from "./roles.ts";
import { streamJsonl } from "./stream.ts";

/** What training did to a problem, seen from the untrained model and the compared arms (truth and placebo). */
export type Change = "gained" | "split" | "lost" | "stays-wrong" | "stays-right";

const ORDER: readonly Change[] = ["gained", "split", "lost", "stays-wrong", "stays-right"];

export interface Answer {
  /** first sample */
  readonly text: string;
  /** right answers and answers by code, among `samples` */
  readonly correct: number;
  readonly code: number;
  readonly samples: number;
}

export interface ShownProblem {
  readonly id: string;
  readonly prompt: string | null;
  readonly change: Change;
  /** how many of all problems changed in this way */
  readonly count: number;
  readonly before: Answer;
  readonly after: readonly { readonly arm: string; readonly answer: Answer }[];
}

export interface ShownGroup {
  readonly arm: string;
  readonly seed: number;
  readonly step: number;
  readonly problem: string;
  readonly prompt: string | null;
  /** rollouts in the whole group */
  readonly size: number;
  /** at most `GROUP_SHOWN` of them, by number in the group */
  readonly rollouts: readonly Omit<RolloutRow, "tokens">[];
}

export interface ModelSamples {
  readonly model: string;
  readonly protocol: Protocol;
  /** arms whose answers decide a problem's kind of change */
  readonly compared: readonly string[];
  /** problems in all */
  readonly total: number;
  readonly problems: readonly ShownProblem[];
  readonly groups: readonly ShownGroup[];
}

/** Rollouts shown of one group: the best and the worst rewarded. */
const GROUP_SHOWN = 4;

/** Answers and rollouts of each model, from the first finished seed of every arm. */
export async function pickSamples(
  directory: string,
  files: TrialFiles,
  { controls }: Pick<TrialRoles, "controls">,
): Promise<ModelSamples[]> {
  const models = unique(files.trial.runs.map((run) => run.model));
  const picked: ModelSamples[] = [];
  for (const model of models) {
    const shown = firstFinished(files.runs.filter((run) => run.model === model));
    const { truth, placebo } = controls[model] ?? {};
    const compared = new Set([truth, placebo]);
    if (shown.length > 0) picked.push(await ofModel(directory, model, shown, compared));
  }
  return picked;
}

function firstFinished(runs: readonly RunFiles[]): RunFiles[] {
  const finished = runs.filter((run) => run.status === "finished");
  return unique(finished.map((run) => run.arm)).flatMap(
    (arm) => finished.find((run) => run.arm === arm) ?? [],
  );
}

async function ofModel(
  directory: string,
  model: string,
  runs: readonly RunFiles[],
  controls: ReadonlySet<string | undefined>,
): Promise<ModelSamples> {
  const before = await finalRows(join(directory, baseFile(model)));
  const protocol: Protocol = before.greedy === undefined ? "sampled" : "greedy";
  const after: { arm: string; row: EvalRow }[] = [];
  const groups: ShownGroup[] = [];
  for (const run of runs) {
    const at = (name: string) => join(directory, run.directory, name);
    const row = (await finalRows(at(RUN_FILES.evals)))[protocol];
    if (row !== undefined) after.push({ arm: run.arm, row });
    const group = await lastGroup(at(RUN_FILES.rollouts));
    if (group !== null) groups.push({ arm: run.arm, seed: run.seed, ...group });
  }
  const arms = after.map(({ arm }) => arm);
  const present = arms.filter((arm) => controls.has(arm));
  const compared = present.length > 0 ? present : arms;
  const row = before[protocol];
  return {
    model,
    protocol,
    compared,
    total: row?.problems.length ?? 0,
    problems: row === undefined ? [] : pickProblems(row, after, new Set(compared)),
    groups,
  };
}

async function finalRows(file: string): Promise<Partial<Record<Protocol, EvalRow>>> {
  const rows: Partial<Record<Protocol, EvalRow>> = {};
  for await (const { row } of streamJsonl(file, evalSchema)) rows[row.protocol] = row;
  return rows;
}

/** The first problem of each kind of change, in the task's order. A majority of right samples counts as right. */
function pickProblems(
  base: EvalRow,
  after: readonly { arm: string; row: EvalRow }[],
  compared: ReadonlySet<string>,
): ShownProblem[] {
  const answers = after.map(({ arm, row }) => ({ arm, byId: answersOf(row) }));
  const of = (id: string) =>
    answers.flatMap(({ arm, byId }) => {
      const answer = byId.get(id);
      return answer === undefined ? [] : [{ arm, answer }];
    });
  const before = answersOf(base);
  const changes = new Map<Change, { first: string; count: number }>();
  for (const [id, answer] of before) {
    const trained = of(id).filter(({ arm }) => compared.has(arm));
    const change = changeOf(
      isRight(answer),
      trained.map((entry) => isRight(entry.answer)),
    );
    const seen = changes.get(change);
    changes.set(change, { first: seen?.first ?? id, count: (seen?.count ?? 0) + 1 });
  }
  return ORDER.flatMap((change) => {
    const seen = changes.get(change);
    const answer = seen === undefined ? undefined : before.get(seen.first);
    if (seen === undefined || answer === undefined) return [];
    const prompt = base.problems.find(({ id }) => id === seen.first)?.prompt ?? null;
    return {
      id: seen.first,
      prompt,
      change,
      count: seen.count,
      before: answer,
      after: of(seen.first),
    };
  });
}

function answersOf(row: EvalRow): Map<string, Answer> {
  const { samples } = row;
  return new Map(
    row.problems.map(({ id, text, correct, code }) => [id, { text, correct, code, samples }]),
  );
}

export const isRight = ({ correct, samples }: Answer) => 2 * correct > samples;

function changeOf(before: boolean, after: readonly boolean[]): Change {
  const right = after.filter(Boolean).length;
  if (right !== 0 && right !== after.length) return "split";
  if (right > 0) return before ? "stays-right" : "gained";
  return before ? "lost" : "stays-wrong";
}

/** Of the last step the first group that had a signal, or else the first; only that step is held in memory. */
async function lastGroup(file: string): Promise<Omit<ShownGroup, "arm" | "seed"> | null> {
  let step = -Infinity;
  let groups = new Map<string, RolloutRow[]>();
  for await (const { row } of streamJsonl(file, rolloutSchema)) {
    if (row.step !== step) groups = new Map();
    step = row.step;
    const group = groups.get(row.problem);
    if (group === undefined) groups.set(row.problem, [row]);
    else group.push(row);
  }
  const all = [...groups.values()];
  const group = all.find((rows) => rows.some(({ advantage }) => advantage !== 0)) ?? all[0];
  const problem = group?.[0]?.problem;
  if (group === undefined || problem === undefined) return null;
  const prompt = group.find((row) => row.prompt !== undefined)?.prompt ?? null;
  return { step, problem, prompt, size: group.length, rollouts: extremes(group) };
}

function extremes(group: readonly RolloutRow[]): Omit<RolloutRow, "tokens">[] {
  const ranked = [...group].sort((a, b) => b.advantage - a.advantage || a.g - b.g);
  const half = GROUP_SHOWN / 2;
  const kept =
    group.length <= GROUP_SHOWN ? ranked : [...ranked.slice(0, half), ...ranked.slice(-half)];
  return kept
    .sort((a, b) => a.g - b.g)
    .map((row) => {
      const { tokens: _, ...rollout } = row;
      return rollout;
    });
}
