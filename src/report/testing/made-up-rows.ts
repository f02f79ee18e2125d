/** Rows of made-up numbers, keyed by the project's generator, in the shape that runs write. */
import { uniform } from "../../random.ts";
import type { EvalRow, MetricsRow, RolloutRow } from "../../records/index.ts";

const noise = (a: number, b: number) => uniform(7, "test", a, b) - 0.5;
const clamp = (value: number) => Math.min(1, Math.max(0, value));

const CODE = "python\na = 12\nb = a + 5 # 17\nc = b * 2 # 34\nanswer : \\boxed{34}\n";
const LANGUAGE =
  "first there are 12 . then 5 more makes 17 . twice that makes 34 .\nanswer : \\boxed{34}\n";

/** Problems of an evaluation without their answers. */
export function unanswered(count: number): EvalRow["problems"] {
  return Array.from({ length: count }, (_, q) => ({
    id: `test-${q}`,
    prompt: `sam has ${q + 3} pens . gets 5 . doubles . how many ?\n`,
    correct: 0,
    code: 0,
    text: "",
  }));
}

export function evalRow(made: {
  readonly step: number;
  readonly accuracy: number;
  readonly code: number;
  readonly key: number;
  readonly protocol: EvalRow["protocol"];
  readonly problems: EvalRow["problems"];
  readonly text: string;
}): EvalRow {
  const samples = made.protocol === "greedy" ? 1 : 4;
  const accuracy = clamp(made.accuracy + 0.04 * noise(made.key, 1));
  const isCode = (q: number) => uniform(7, "test", made.key, q, 0, 3) < made.code;
  const hits = (share: number, q: number, salt: number) =>
    Array.from({ length: samples }, (_, k) => uniform(7, "test", made.key, q, k, salt)).filter(
      (u) => u < share,
    ).length;
  return {
    step: made.step,
    protocol: made.protocol,
    samples,
    accuracy,
    codeShare: made.code,
    accuracyCode: made.code === 0 ? null : clamp(accuracy + 0.06),
    accuracyLanguage: made.code === 1 ? null : clamp(accuracy - 0.12),
    extractionFailures: 0.02,
    truncated: 0.01,
    entropy: 0.8,
    selfCertainty: 3,
    lengthMean: 31,
    problems: made.problems.map((problem, q) => ({
      ...problem,
      text: (isCode(q) ? CODE : LANGUAGE) + made.text,
      correct: hits(accuracy, q, 2),
      code: hits(made.code, q, 3),
    })),
    time: { seconds: 1, tokensPerSecond: 5000 },
  };
}

export function metricsRow(made: {
  readonly step: number;
  readonly progress: number;
  readonly accuracy: number;
  readonly code: number;
  readonly key: number;
  readonly kl: number | null;
}): MetricsRow {
  const wobble = (salt: number) => 1 + 0.2 * noise(made.key + made.step, salt);
  return {
    step: made.step,
    rewardMean: made.accuracy,
    rewardStd: 0.3,
    ungraded: 0,
    advantageStd: 0.9,
    deadGroups: 1,
    deadGroupShare: clamp((0.1 + 0.4 * made.progress) * wobble(1)),
    kl: made.kl,
    entropy: (0.85 - 0.5 * made.progress) * wobble(2),
    selfCertainty: 3,
    clipLow: clamp((0.01 + 0.02 * made.progress) * wobble(3)),
    clipHigh: clamp((0.03 - 0.02 * made.progress) * wobble(4)),
    ratioMean: 1,
    ratioMax: 1.6,
    lengthMean: (31 - 4 * made.progress) * wobble(5),
    lengthMax: 48,
    truncated: clamp(0.02 * wobble(6)),
    codeShare: clamp(made.code * (1 + 0.05 * noise(made.key + made.step, 7))),
    accuracy: made.accuracy,
    accuracyCode: made.accuracy,
    accuracyLanguage: made.accuracy,
    gradNorm: 0.6 * wobble(8),
    learningRate: 3e-4,
    tokens: 1000,
    time: { sample: 1, score: 0, train: 1, total: 2, tokensPerSecond: 500, secondsLeft: 10 },
  };
}

/** Two groups of six: in the first nothing differs, in the second one rollout is rewarded. */
export function rolloutRows(made: {
  readonly step: number;
  readonly key: number;
  readonly code: number;
  readonly text: string;
}): RolloutRow[] {
  return [0, 1].flatMap((p) =>
    Array.from({ length: 6 }, (_, g) => {
      const isCode = uniform(7, "test", made.key, made.step, g, p) < made.code;
      const isRewarded = p === 1 && g === made.step % 6;
      return {
        step: made.step,
        problem: `train-${made.step * 2 + p}`,
        ...(g === 0 ? { prompt: `ann has ${made.step} shells . triples . how many ?\n` } : {}),
        g,
        tokens: [1, 2, 3],
        text: (isCode ? CODE : LANGUAGE) + made.text,
        answer: "34",
        correct: g % 2,
        strategy: isCode ? ("code" as const) : ("language" as const),
        reward: isRewarded ? 1 : 0,
        advantage: p === 0 ? 0 : isRewarded ? 2.04 : -0.41,
        finish: "stop" as const,
      };
    }),
  );
}
