/** Groups of rollouts for tests: real tasks and keyed numbers, texts given by the test. */
import { uniform } from "../../random.ts";
import { loadTask } from "../../tasks/index.ts";
import { compileReward } from "../compile.ts";
import type { FixedLabel, GroupContext, RewardSpec, Rollout } from "../define.ts";
import type { TokenStats } from "../../engine/index.ts";

const gsm8k = loadTask("gsm8k");

export interface GroupOptions {
  readonly gold?: string;
  readonly golds?: readonly string[];
  readonly index?: number;
  readonly label?: FixedLabel;
  readonly seed?: number;
  readonly step?: number;
  readonly key?: number;
  /** whether rollouts carry statistics of the initial policy */
  readonly initial?: boolean;
}

function stats(T: number, shift: number): TokenStats {
  const fill = (of: (t: number) => number) => Float32Array.from({ length: T }, (_, t) => of(t));
  return {
    logprobs_T: fill((t) => -0.5 - t - shift),
    selfCertainty_T: fill((t) => 1 + t + shift),
    entropy_T: fill((t) => 0.25 + t / 4 + shift),
  };
}

/** A rollout of one token a word. */
export function rolloutOf(text: string, initial = false): Rollout {
  const words = text.split(/\s+/).filter((word) => word !== "");
  return {
    text,
    answer: gsm8k.extract(text),
    tokens_T: words.map((_, t) => t),
    finish: "stop",
    ...stats(words.length, 0),
    ...(initial ? { initial: stats(words.length, 10) } : {}),
  };
}

export function group(texts: readonly string[], options: GroupOptions = {}): GroupContext {
  const { gold = "7", seed = 0, step = 0, key = 0, index = 0, initial = false } = options;
  return {
    problem: { id: `problem-${key}`, key, prompt: "Question: …", answer: gold, features: {} },
    task: gsm8k,
    golds: options.golds ?? [gold],
    index,
    label: options.label,
    seed,
    step,
    rollouts_G: texts.map((text) => rolloutOf(text, initial)),
    uniform: (g, draw = 0) => uniform(seed, "reward", step, key, g, draw),
  };
}

/** The values of one group under a spec; the reason where a rollout is ungraded. */
export async function valuesOf(
  spec: RewardSpec,
  texts: readonly string[],
  options: GroupOptions = {},
): Promise<(number | string)[]> {
  const reward = await compileReward(spec, { baseDirectory: "." });
  const context = group(texts, { initial: reward.needs.has("initial-policy"), ...options });
  const grades = await reward.score(context);
  return grades.map((grade) => ("ungraded" in grade ? grade.ungraded : grade.value));
}

export function votes(...counts: readonly (readonly [string, number])[]): FixedLabel {
  return { votes: counts, samples: counts.reduce((sum, [, count]) => sum + count, 0) };
}
