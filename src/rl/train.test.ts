import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CancelledError, InputError } from "../errors.ts";
import { evalSchema, metricsSchema, rolloutSchema } from "../records/index.ts";
import type { Grade } from "../tasks/index.ts";
import { grpoSchema } from "./config.ts";
import { grpoStep } from "./grpo.ts";
import { minibatches } from "./order.ts";
import { coin, collect, half, problemsOf, smallRun, timeless, truth } from "./testing/world.ts";
import { train, type TrainEvent } from "./train.ts";

const steps = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.kind === "step" ? [event] : []));
const evaluations = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.kind === "evaluation" ? [event.row] : []));

describe("train", () => {
  test("learns from the true reward", async () => {
    const events = await collect(train(smallRun({ steps: 20 })));
    const sampled = evaluations(events).filter(({ protocol }) => protocol === "sampled");
    expect(sampled[0]?.accuracy).toBeLessThan(0.4);
    expect(sampled.at(-1)?.accuracy).toBeGreaterThan(0.85);
  });

  test("evaluates at 0, every second step and the last, before the step's own event", async () => {
    const events = await collect(train(smallRun({ steps: 3 })));
    const seen = events.map((event) =>
      event.kind === "step"
        ? `step ${event.metrics.step}`
        : `${event.row.protocol} ${event.row.step}`,
    );
    expect(seen.join(", ")).toBe(
      "greedy 0, sampled 0, step 1, greedy 2, sampled 2, step 2, greedy 3, sampled 3, step 3",
    );
  });

  test("a template's stop strings end completions everywhere, and their texts keep them", async () => {
    const events = await collect(train(smallRun({ steps: 2 }, { stop: ["green"] })));
    const texts = [
      ...steps(events).flatMap(({ rollouts }) => rollouts.map(({ text }) => text)),
      ...evaluations(events).flatMap(({ problems }) => problems.map(({ text }) => text)),
    ];
    const ended = texts.filter((text) => text.includes("green"));
    expect(ended.length).toBeGreaterThan(0);
    for (const text of ended) expect(text).toMatch(/green$/);
  });

  test("its rows fit the schemas of the files they go to", async () => {
    const events = await collect(train(smallRun({ kl: { beta: 0.1, estimator: "k3" } })));
    for (const { metrics, rollouts } of steps(events)) {
      expect(metricsSchema.parse(metrics)).toEqual(metrics);
      expect(rollouts).toHaveLength(16);
      for (const row of rollouts) expect(rolloutSchema.safeParse(row).error).toBeUndefined();
    }
    for (const row of evaluations(events)) expect(evalSchema.parse(row)).toEqual(row);
    expect(steps(events)[0]?.metrics.kl).toBe(0);
    expect(steps(events).at(-1)?.metrics.kl).toBeGreaterThan(0);
    expect(steps(events).at(-1)?.metrics.time.secondsLeft).toBe(0);
  });

  test("two runs of one configuration agree to the bit; another seed does not", async () => {
    const run = () => smallRun({ whiten: true, epochs: 2 });
    const first = timeless(await collect(train(run())));
    expect(timeless(await collect(train(run())))).toEqual(first);
    expect(timeless(await collect(train({ ...run(), seed: 6 })))).not.toEqual(first);
  });

  test("killed after any step and resumed, it ends in the same numbers", async () => {
    const directory = await mkdtemp(join(tmpdir(), "placebo-train-"));
    try {
      const grpo = { kl: { beta: 0.05, estimator: "k2" as const }, schedule: "cosine" as const };
      const whole = await collect(train(smallRun(grpo)));
      for (const last of [1, 2, 5]) {
        const before: TrainEvent[] = [];
        const run = smallRun(grpo);
        for await (const event of train(run)) {
          before.push(event);
          if (event.kind !== "step" || event.metrics.step < last) continue;
          await run.engine.save(directory, { optimizer: true });
          break;
        }
        expect(run.engine.held).toBe(0);
        const resumed = smallRun(grpo, { resume: { step: last, directory } });
        const after = await collect(train(resumed));
        expect(timeless([...before, ...after])).toEqual(timeless(whole));
      }
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test("arms with one seed see the same prompts in the same order", async () => {
    const prompts = async (reward: typeof truth) =>
      steps(await collect(train(smallRun({ steps: 5 }, { reward })))).map(({ rollouts }) =>
        rollouts.map(({ problem, g }) => `${problem}/${g}`),
      );
    const seen = await prompts(truth);
    expect(await prompts(coin)).toEqual(seen);
    expect(new Set(seen.map((row) => row.join())).size).toBe(5);
  });

  test("a given evaluation of step 0 is passed on, and what it lacks is computed", async () => {
    const events = await collect(train(smallRun({ steps: 0 })));
    const [greedy] = evaluations(events);
    if (!greedy) throw new Error("no evaluation");
    const marked = { ...greedy, accuracy: 0.123 };
    const rows = evaluations(await collect(train(smallRun({ steps: 0 }, { base: [marked] }))));
    expect(rows[0]).toBe(marked);
    expect(rows.map(({ protocol }) => protocol)).toEqual(["greedy", "sampled"]);
  });

  test("takes the initial policy's statistics where the reward needs them, and frees the snapshot", async () => {
    const seen: number[] = [];
    const reward = {
      label: "offline",
      needs: new Set(["initial-policy" as const]),
      score: async ({ rollouts_G }: Parameters<typeof truth.score>[0]): Promise<Grade[]> =>
        rollouts_G.map(({ initial }) => {
          seen.push(initial?.entropy_T[0] ?? NaN);
          return { value: seen.length % 2 };
        }),
    };
    const run = smallRun({ steps: 3 }, { reward });
    const events = await collect(train(run));
    // The initial policy is uniform over the vocabulary whatever was learned since.
    for (const entropy of seen) expect(entropy).toBeCloseTo(Math.log(run.engine.info.vocabSize), 5);
    expect(seen).toHaveLength(48);
    expect(steps(events).at(-1)?.metrics.kl).not.toBeNull();
    expect(run.engine.held).toBe(0);
  });

  test("a signal stops it between calls", async () => {
    const controller = new AbortController();
    const run = smallRun({}, { signal: controller.signal });
    const events: TrainEvent[] = [];
    const consume = async () => {
      for await (const event of train(run)) {
        events.push(event);
        if (event.kind === "step") controller.abort();
      }
    };
    await expect(consume()).rejects.toThrow(CancelledError);
    expect(steps(events)).toHaveLength(1);
  });

  test.each([
    ["grpo.updates", { grpo: { updates: 17 } }],
    ["grpo.prompts", { grpo: { prompts: 7 } }],
    ["labels", { reward: { ...truth, needs: new Set(["fixed-labels" as const]) } }],
    ["evaluation.problems", { testProblems: [] }],
    ["evaluation.primary", { evaluation: { greedy: true, samples: 0 } }],
  ])(
    "refuses before the first step what does not fit: %s",
    async (field, { grpo, ...rest }: object & { grpo?: object }) => {
      const run = smallRun(grpo);
      const evaluation = {
        ...run.evaluation,
        ...("evaluation" in rest ? Object(rest.evaluation) : {}),
      };
      const consume = collect(train({ ...run, ...rest, evaluation }));
      await expect(consume).rejects.toBeInstanceOf(InputError);
      await expect(consume).rejects.toMatchObject({ field });
    },
  );
});

/** Makes a word likelier after every prompt. */
async function prefer({ engine, trainProblems }: ReturnType<typeof smallRun>, token: number) {
  await engine.accumulate(
    trainProblems.map(({ prompt }) => ({
      prompt: engine.tokenizer.encode(prompt),
      completion_T: [token],
      coefficients_T: Float32Array.of(1),
    })),
  );
  await engine.optimStep({ learningRate: 0.8, beta1: 0, beta2: 0, epsilon: 1e-8, weightDecay: 0 });
}

describe("grpoStep", () => {
  test.each([1, 0.6])(
    "with one update the gradient is REINFORCE with the advantage, at temperature %d",
    async (temperature) => {
      const run = smallRun({ updates: 1, aggregation: "sequence-mean", temperature });
      await prefer(run, 2);
      const { rollouts } = await grpoStep(run, 1);

      const other = smallRun({ updates: 1 });
      await prefer(other, 2);
      const ids = new Map(other.trainProblems.map(({ id, prompt }) => [id, prompt]));
      // The same order as the step's, so that sums round alike.
      const [rows = []] = minibatches(rollouts, () => true, 1, { seed: 5, step: 1, epoch: 0 });
      await other.engine.accumulate(
        rows.map(({ problem, tokens, advantage }) => ({
          prompt: other.engine.tokenizer.encode(ids.get(problem) ?? ""),
          completion_T: tokens,
          coefficients_T: Float32Array.from(tokens, () => advantage / tokens.length / 16),
        })),
        { temperature },
      );
      await other.engine.optimStep({
        learningRate: 0.1,
        beta1: 0.9,
        beta2: 0.95,
        epsilon: 1e-8,
        weightDecay: 0,
        maxGradNorm: 1,
      });
      const everywhere = other.trainProblems.flatMap(({ prompt }) =>
        [1, 2, 3].map((token) => ({
          prompt: other.engine.tokenizer.encode(prompt),
          completion_T: [token],
        })),
      );
      const learned = await run.engine.score(everywhere);
      const reinforced = await other.engine.score(everywhere);
      for (const [i, { logprobs_T }] of learned.entries())
        expect(logprobs_T[0]).toBeCloseTo(reinforced[i]?.logprobs_T[0] ?? NaN, 5);
      expect(learned[0]?.logprobs_T[0]).not.toBeCloseTo(-Math.log(10), 2);
    },
  );

  test("ratios, and the distance to the initial policy, are of the policy that sampled", async () => {
    const still = {
      temperature: 0.6,
      learningRate: 1e-12,
      kl: { beta: 0.1, estimator: "k3" },
    } as const;
    const run = smallRun({ ...still, updates: 2, epochs: 2 });
    await prefer(run, 2);
    const initial = await run.engine.snapshot();
    const { metrics } = await grpoStep({ ...run, initial }, 1);
    expect(metrics.ratioMean).toBeCloseTo(1, 6);
    expect(metrics.ratioMax).toBeCloseTo(1, 6);
    expect(metrics.kl).toBeCloseTo(0, 6);
  });

  test("ungraded rollouts take no part; all ungraded means no update at all", async () => {
    const some = await grpoStep(smallRun({}, { reward: half }), 1);
    for (const row of some.rollouts) expect(row.reward === null).toBe(row.g % 2 === 0);
    for (const row of some.rollouts.filter(({ g }) => g % 2 === 0))
      expect(row).toMatchObject({ advantage: 0, ungraded: "even" });
    expect(some.metrics.ungraded).toBe(8);

    const none = { ...half, score: async () => [0, 1, 2, 3].map(() => ({ ungraded: "all" })) };
    const run = smallRun({}, { reward: none });
    const everything = run.trainProblems.map(({ prompt }) => ({
      prompt: run.engine.tokenizer.encode(prompt),
      completion_T: [1],
    }));
    const before = await run.engine.score(everything);
    const { metrics } = await grpoStep(run, 1);
    expect(metrics).toMatchObject({
      rewardMean: null,
      ungraded: 16,
      deadGroups: 4,
      gradNorm: 0,
      ratioMean: 1,
    });
    expect(await run.engine.score(everything)).toEqual(before);
  });

  test("masking truncated completions leaves them out, but their rewards still count in the group", async () => {
    const plain = await grpoStep(smallRun(), 1);
    const masked = await grpoStep(smallRun({ maskTruncated: true }), 1);
    const cut = plain.rollouts.filter(({ finish }) => finish === "length");
    expect(cut.length).toBeGreaterThan(0);
    for (const [n, row] of masked.rollouts.entries()) {
      const expected = row.finish === "length" ? 0 : plain.rollouts[n]?.advantage;
      expect(row.advantage).toBe(expected);
    }
    expect(masked.metrics.truncated).toBe(cut.length / 16);
  });

  test("dead groups are counted; skipped, they leave the others more weight", async () => {
    const grpo = { updates: 1, maxGradNorm: null };
    const kept = await grpoStep(smallRun(grpo), 1);
    const skipped = await grpoStep(smallRun({ ...grpo, skipDeadGroups: true }), 1);
    const { deadGroups, deadGroupShare } = kept.metrics;
    expect(deadGroups).toBeGreaterThan(0);
    expect(deadGroups).toBeLessThan(4);
    expect(deadGroupShare).toBe(deadGroups / 4);
    expect(skipped.metrics.deadGroups).toBe(deadGroups);
    expect(skipped.metrics.gradNorm).toBeGreaterThan(kept.metrics.gradNorm);
  });

  test("ratios leave 1 only after the first update, and clips are counted apart", async () => {
    const grpo = { learningRate: 0.5, updates: 4, epochs: 3 };
    const once = await grpoStep(smallRun({ ...grpo, updates: 1, epochs: 1 }), 1);
    expect(once.metrics).toMatchObject({ ratioMean: 1, ratioMax: 1, clipLow: 0, clipHigh: 0 });
    const often = await grpoStep(smallRun(grpo), 1);
    expect(often.metrics.clipLow).toBeGreaterThan(0);
    expect(often.metrics.clipHigh).toBeGreaterThan(0);
    const open = await grpoStep(smallRun({ ...grpo, clip: { low: null, high: 0.2 } }), 1);
    expect(open.metrics.clipLow).toBe(0);
    expect(open.metrics.clipHigh).toBeGreaterThan(0);
  });
});

describe("problems", () => {
  test("a prompt that leaves no room for an answer is refused by name", async () => {
    const run = smallRun();
    const long = { ...(problemsOf(1)[0] ?? run.trainProblems[0]), prompt: "red red red red" };
    const trainProblems = run.trainProblems.map((problem, i) =>
      i === 2 ? { ...problem, ...long, id: "long" } : problem,
    );
    const grpo = grpoSchema.parse({ ...run.grpo, prompts: 6 });
    const consume = collect(train({ ...run, grpo, trainProblems }));
    await expect(consume).rejects.toMatchObject({ field: "problems.long.prompt" });
  });
});
