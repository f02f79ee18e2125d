/** From a spec to a function of a group: parses parameters once, lifts rewards of rollouts and steps, keeps draws apart. */
import { basename } from "node:path";
import { InputError, PlaceboError } from "../errors.ts";
import { parseInput } from "../io/index.ts";
import { isUngraded, type Problem } from "../tasks/index.ts";
import type { Combinator } from "./combinators/define.ts";
import type {
  GroupContext,
  Need,
  Reward,
  RewardGrade,
  RewardSpec,
  StepsReward,
  SteppedGrade,
} from "./define.ts";
import { checkGrades } from "./grades.ts";
import { loadRewardModule } from "./module.ts";
import { combinators, findCombinator, findReward } from "./registry.ts";
import { moduleSchema, rewardSpecSchema, type ModuleSpec, type ResolvedSpec } from "./spec.ts";

/** Draws that one rollout of one node of the spec tree may use; node i owns the numbers from i·65536. */
const DRAWS_PER_NODE = 0x10000;

export interface CompileOptions {
  /** what module paths are relative to: the folder of the trial file */
  readonly baseDirectory: string;
  /** where the spec stands in its file, for messages; absent: `reward` */
  readonly field?: string;
}

/** A reward that is ready to score groups. */
export interface CompiledReward {
  /** the outermost name, for example `and` or `random` */
  readonly name: string;
  /** short text with parameters, for example `and(truth, not(python))` */
  readonly label: string;
  readonly needs: ReadonlySet<Need>;
  /** the spec with every default filled in, for manifests and hashes */
  readonly spec: ResolvedSpec;
  /** absolute paths of the user's modules in it, for hashes */
  readonly modules: readonly string[];
  /** @throws InputError for a problem of which a reward in it can say nothing */
  readonly checkProblem: (problem: Problem) => void;
  /**
   * @returns [G]
   * @throws InputError where a reward gives a value that is not finite, or grades in the wrong number or shape
   */
  readonly score: (context: GroupContext) => Promise<readonly RewardGrade[]>;
}

/** A node of the spec tree. */
type Node = Pick<CompiledReward, "name" | "label" | "score" | "checkProblem"> & {
  readonly needs: readonly Need[];
  readonly modules: readonly string[];
  /** its grades say what each step earned */
  readonly bySteps: boolean;
};

/** The context as one node sees it: its draws are its own. */
function withDraws(context: GroupContext, position: number, label: string): GroupContext {
  return {
    ...context,
    uniform: (g, draw = 0) => {
      if (!Number.isInteger(draw) || draw < 0 || draw >= DRAWS_PER_NODE) {
        throw new InputError(`reward ${label} asked for the random draw ${draw}`, {
          code: "reward-draw",
          hint: `Draws are integers from 0 to ${DRAWS_PER_NODE - 1}.`,
          field: "reward",
        });
      }
      return context.uniform(g, position * DRAWS_PER_NODE + draw);
    },
  };
}

/** Scores a group with one reward; what scores one rollout sees it and nothing of the others. */
async function scoreWith(reward: Reward, params: unknown, context: GroupContext): Promise<unknown> {
  if (reward.scope === "group") return reward.scoreGroup(context, params);
  const { rollouts_G, uniform, ...shared } = context;
  return Promise.all(
    rollouts_G.map(async (rollout, g) => {
      const own = { ...shared, rollout, g, uniform: (draw?: number) => uniform(g, draw) };
      if (reward.scope === "sample") return reward.score(own, params);
      return withTotal(await reward.scoreSteps(own, params));
    }),
  );
}

/** The grade of scored steps; what a user's module gives instead of them is left for `checkGrades` to refuse. */
function withTotal(scored: Awaited<ReturnType<StepsReward["scoreSteps"]>>): unknown {
  if (typeof scored !== "object" || scored === null || "ungraded" in scored) return scored;
  const steps: unknown = scored.steps;
  if (!Array.isArray(steps)) return { value: 0, steps: [] };
  const value = steps.reduce((sum: number, step: unknown) => sum + Number(Object(step).value), 0);
  return { ...scored, value } satisfies SteppedGrade;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** `random(gamma=0.5)`, or the name alone where there are no parameters. */
function labelOf(name: string, params: unknown): string {
  const given = Object.entries(Object(params)).filter(([, value]) => value !== undefined);
  if (given.length === 0) return name;
  return `${name}(${given.map(([key, value]) => `${key}=${textOf(value)}`).join(", ")})`;
}

/** What a user's module threw, as an error that names it, its line and the problem; an error of ours is told as it is. */
function thrown(cause: unknown, label: string, file: string, problem: Problem): PlaceboError {
  if (cause instanceof PlaceboError) return cause;
  const what = cause instanceof Error ? cause.message : String(cause);
  const where = `${basename(file)}${lineIn(file, cause)}`;
  return new InputError(`reward ${label} threw on problem ${problem.id}, in ${where}: ${what}`, {
    code: "reward-threw",
    hint: "Mend the reward's module. A run that has begun with it needs another folder then: its content is in the hash.",
    file,
    field: "reward",
    cause,
  });
}

/** `:12`, the line of the module that is nearest to where the error was made; empty where its stack does not say. */
function lineIn(file: string, cause: unknown): string {
  const stack = cause instanceof Error ? (cause.stack ?? "") : "";
  const frame = stack
    .split("\n")
    .find((line) => line.includes(`${basename(file)}:`) || line.includes(`${basename(file)}?`));
  const line = /:(\d+):\d+\)?$/.exec(frame ?? "")?.[1];
  return line === undefined ? "" : `:${line}`;
}

/** Asks the user's module about a problem. */
function checkByModule(reward: Reward, problem: Problem, label: string, file: string): void {
  let answer: unknown;
  try {
    answer = reward.checkProblem?.(problem);
  } catch (cause) {
    throw thrown(cause, label, file, problem);
  }
  if (!(answer instanceof Promise)) return;
  // Nobody waits for it: what it throws must not end the process.
  answer.catch(() => undefined);
  throw new InputError(`reward ${label}: checkProblem gave a promise`, {
    code: "reward-shape",
    hint: "Make checkProblem a function that is not async: it throws, or returns nothing.",
    file,
    field: "reward",
  });
}

function rewardNode(reward: Reward, params: unknown, position: number, file?: string): Node {
  const label = labelOf(reward.name, params);
  return {
    name: reward.name,
    label,
    needs: reward.needs ?? [],
    modules: file === undefined ? [] : [file],
    bySteps: reward.scope === "steps",
    checkProblem: (problem) => {
      if (file === undefined) reward.checkProblem?.(problem);
      else checkByModule(reward, problem, label, file);
    },
    score: async (context) => {
      const own = withDraws(context, position, label);
      if (file === undefined) {
        return checkGrades(await scoreWith(reward, params, own), label, context);
      }
      try {
        return checkGrades(await scoreWith(reward, params, own), label, context, file);
      } catch (cause) {
        throw thrown(cause, label, file, context.problem);
      }
    },
  };
}

/** The parts' values under their labels, for logs; a label that stands twice gets a number. */
function partValues(
  parts: readonly Node[],
  grades: readonly RewardGrade[],
): Record<string, number> {
  const values: Record<string, number> = {};
  for (const [i, { label }] of parts.entries()) {
    const grade = grades[i];
    if (grade === undefined || isUngraded(grade)) continue;
    values[label in values ? `${label} #${i + 1}` : label] = grade.value;
  }
  return values;
}

function combinatorNode(
  combinator: Combinator,
  params: unknown,
  parts: readonly Node[],
  position: number,
  field: string,
): Node {
  const bySteps = parts.find((part) => part.bySteps);
  if (bySteps !== undefined && combinator.takesSteps !== true) {
    const able = combinators.filter(({ takesSteps }) => takesSteps).map(({ name }) => name);
    throw new InputError(
      `${combinator.name} combines one value a rollout, and ${bySteps.label} gives one a step`,
      {
        code: "reward-scope",
        hint: `Combine rewards of steps by ${able.join(" or ")}.`,
        field,
      },
    );
  }
  const label = combinator.label(
    parts.map((part) => part.label),
    params,
  );
  return {
    name: combinator.name,
    label,
    needs: parts.flatMap((part) => part.needs),
    modules: parts.flatMap((part) => part.modules),
    bySteps: bySteps !== undefined,
    checkProblem: (problem) => {
      for (const part of parts) part.checkProblem(problem);
    },
    score: async (context) => {
      const { uniform } = withDraws(context, position, label);
      const scores = await Promise.all(parts.map((part) => part.score(context)));
      const combined = context.rollouts_G.map((_, g): RewardGrade => {
        // Every part was checked to give G grades.
        const grades = scores.map((score_G) => score_G[g] as RewardGrade);
        const grade = combinator.combine(grades, params, (draw) => uniform(g, draw));
        return isUngraded(grade) ? grade : { ...grade, parts: partValues(parts, grades) };
      });
      return checkGrades(combined, label, context);
    },
  };
}

async function moduleNode(
  spec: ModuleSpec,
  position: number,
  { baseDirectory, field = "reward" }: CompileOptions,
): Promise<Node> {
  const { file, reward } = await loadRewardModule(spec, baseDirectory, field);
  const where = { file: spec.module, field: [field, "params"] };
  return rewardNode(reward, parseInput(reward.params, spec.params ?? {}, where), position, file);
}

/**
 * Makes a spec ready to score: reads the user's modules, checks every parameter, and gives each node of the spec tree
 * random draws of its own by its position (pre-order), so that no two share a number.
 *
 * @throws InputError for an unknown name or parameter, and for a module that cannot be used
 * @example
 * ```ts
 * import { compileReward } from "placebo-rl/rewards";
 *
 * const reward = await compileReward({ and: ["truth", { not: "python" }] }, { baseDirectory: "." });
 * console.log(reward.label); // and(truth, not(python))
 * ```
 */
export async function compileReward(
  spec: RewardSpec,
  options: CompileOptions,
): Promise<CompiledReward> {
  const { field = "reward" } = options;
  const resolved = parseInput(rewardSpecSchema, spec, { field: field.split(".") });
  let positions = 0;

  async function compile(at: RewardSpec, path: string): Promise<Node> {
    const position = positions++;
    const own = moduleSchema.safeParse(at);
    if (own.success) return moduleNode(own.data, position, { ...options, field: path });

    const [name = "", params] = typeof at === "string" ? [at, {}] : (Object.entries(at)[0] ?? []);
    const reward = findReward(name);
    if (reward) return rewardNode(reward, reward.params.parse(params), position);

    const combinator = findCombinator(name);
    if (!combinator) throw new Error(`the reward ${name} was checked and is gone`);
    const parts: Node[] = [];
    const inner = combinator.parts(params);
    for (const [i, part] of inner.entries()) {
      // One after the other: positions follow the order of the spec, whatever a module takes to load.
      parts.push(await compile(part, `${path}.${name}${inner.length > 1 ? `.${i}` : ""}`));
    }
    return combinatorNode(combinator, params, parts, position, `${path}.${name}`);
  }

  const { name, label, needs, modules, score, checkProblem } = await compile(resolved, field);
  return {
    name,
    label,
    checkProblem,
    needs: new Set(needs),
    spec: resolved,
    modules: [...new Set(modules)],
    score,
  };
}
