import { describe, expect, test } from "vitest";
import type { Verdict } from "../../records/index.ts";
import type { EvalSummary, TrialEvent } from "../../trial/index.ts";
import { TrialLog } from "./trial-log.ts";
import { TrialView } from "./trial-view.ts";
import { verdictLines } from "./verdict.ts";

const plain = { paint: (_: string, text: string) => text };

function evaluation(
  step: number,
  accuracy: number,
  protocol: EvalSummary["protocol"],
): EvalSummary {
  return {
    step,
    protocol,
    samples: 2,
    accuracy,
    codeShare: 0.5,
    accuracyCode: null,
    accuracyLanguage: null,
    extractionFailures: 0,
    truncated: 0,
    entropy: 1,
    selfCertainty: 1,
    lengthMean: 10,
    time: { seconds: 1, tokensPerSecond: 100 },
  };
}

const progress = { runsDone: 0, runsTotal: 2, stepsDone: 5, stepsTotal: 20, secondsLeft: 65 };
const start: TrialEvent = {
  event: "trial",
  name: "demo",
  directory: "runs/demo",
  models: ["coder"],
  arms: ["truth", "random"],
  seeds: [0],
  workers: 2,
  resumed: false,
  progress,
};
const truth = { model: "coder", arm: "truth", seed: 0 };

function viewAfter(...events: TrialEvent[]): TrialView {
  const view = new TrialView("sampled");
  for (const event of [start, ...events]) view.update(event);
  return view;
}

describe("table of a trial", () => {
  test("shows the latest evaluation of the verdict's protocol against the untrained model", () => {
    const view = viewAfter(
      { event: "prepared", model: "coder", base: [evaluation(0, 0.4, "sampled")] },
      { event: "run-start", run: truth, step: 0, steps: 10 },
      { event: "evaluation", run: truth, evaluation: evaluation(5, 0.6, "sampled") },
      { event: "evaluation", run: truth, evaluation: evaluation(5, 0.9, "greedy") },
      { event: "run-end", run: truth, progress: { ...progress, runsDone: 1 } },
    );
    const lines = view.lines(plain);
    expect(lines[0]).toMatch(/^demo {2}█+░+ 25% {2}1\/2 runs {2}1 min 05 s left {2}2 at a time$/);
    expect(lines.slice(3).map((line) => line.split(/\s+/))).toEqual([
      ["coder", "(untrained)", "40.0%", "50.0%"],
      ["coder", "truth", "1/1", "0/10", "60.0%", "+20.0", "50.0%"],
      ["coder", "random", "0/1", "–", "–", "–", "–"],
    ]);
  });

  test("shows what is being prepared until it is ready", () => {
    const stage = {
      event: "prepare",
      model: "coder",
      stage: "organism",
      done: 1,
      total: 4,
    } as const;
    expect(viewAfter(stage).lines(plain)[1]).toMatch(/^coder: pretraining {2}█+░+ 25%$/);
    const ready = viewAfter(stage, { event: "prepared", model: "coder", base: [] });
    expect(ready.lines(plain)[1]).toBe("");
  });

  test("counts failed runs until they are tried again", () => {
    const failed: TrialEvent = {
      event: "run-failed",
      run: { model: "coder", arm: "random", seed: 0 },
      model: "coder",
      message: "the process ended",
      hint: "",
      willRetry: false,
    };
    const row = (view: TrialView) => view.lines(plain)[5];
    const view = viewAfter(failed);
    expect(row(view)).toMatch(/^coder +random +0\/1, 1 failed +– /);
    view.update(start);
    expect(row(view)).toMatch(/^coder +random +0\/1 +– /);
    expect(row(viewAfter({ ...failed, willRetry: true }))).toMatch(/^coder +random +0\/1 +– /);
  });

  test("keeps what a resumed run had measured", () => {
    const view = new TrialView("sampled");
    const run = { ...truth, directory: "d", state: "started", step: 7, steps: 10 } as const;
    view.recall({
      name: "demo",
      directory: "runs/demo",
      state: "stopped",
      models: [],
      progress,
      runs: [
        { ...run, latest: evaluation(5, 0.6, "sampled"), base: evaluation(0, 0.4, "sampled") },
      ],
    });
    view.update(start);
    view.update({ event: "run-start", run: truth, step: 4, steps: 10 });
    expect(view.accuracy(truth)).toBe(0.6);
    expect(view.lines(plain)[4]?.split(/\s+/)).toEqual([
      "coder",
      "truth",
      "0/1",
      "4/10",
      "60.0%",
      "+20.0",
      "50.0%",
    ]);
  });
});

test("a log says each quarter of preparing once, with the time left", () => {
  const view = viewAfter();
  const log = new TrialLog(view);
  const lines = [0, 1, 2, 3, 4].map((done) => {
    const event = { event: "prepare", model: "coder", stage: "organism", done, total: 8 } as const;
    view.update(event);
    return log.lineOf(event);
  });
  expect(lines).toEqual([
    "coder: pretraining 0%",
    null,
    expect.stringMatching(/^coder: pretraining 25%, \d.* left$/),
    null,
    expect.stringMatching(/^coder: pretraining 50%, \d.* left$/),
  ]);
});

test("the verdict says gains with intervals, the split, the sentence and the warnings", () => {
  const interval = { estimate: 0.05, ci: [0.01, 0.09] as [number, number] };
  const verdict: Verdict = {
    version: 1,
    protocol: "sampled",
    problems: 200,
    samples: 4,
    hypotheses: [],
    models: [
      {
        model: "coder",
        base: 0.4,
        baseCodeShare: 0.67,
        arms: [
          {
            arm: "truth",
            gain: 0.123,
            ci: [0.081, 0.164],
            seeds: 3,
            accuracy: 0.523,
            perSeed: [0.1, 0.12, 0.15],
            codeShift: { estimate: 0.25, ci: [0.2, 0.3] },
            other: null,
          },
        ],
        decomposition: {
          null: interval,
          elicitation: interval,
          rewardDesign: interval,
          total: interval,
        },
        sentence: "Truth helped.",
        warnings: ["few seeds"],
      },
    ],
  };
  const text = verdictLines(verdict, plain).join("\n");
  expect(text).toContain("200 held-out problems, average of 4 samples");
  expect(text).toMatch(/truth +52\.3% +\+12\.3 points \[8\.1, 16\.4\] +\+25\.0 points +3/);
  expect(text).toMatch(/random − base +\+5\.0 points \[1\.0, 9\.0\]/);
  expect(text).toContain("Truth helped.");
  expect(text).toContain("warning few seeds");
});
