import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { RECORD_VERSION, RUN_FILES, TRIAL_FILES, type EvalRow } from "../records/index.ts";
import { computeVerdict } from "./collect.ts";
import { DONE_FILE, MODEL_FILES, modelDirectory } from "./layout.ts";
import { defineTrial } from "./schema.ts";
import { temporaryFolder } from "./testing/folders.ts";

/** An evaluation in which so many of 20 problems are right. */
function row(right: number): EvalRow {
  return {
    step: 0,
    protocol: "sampled",
    samples: 1,
    accuracy: right / 20,
    codeShare: 0,
    accuracyCode: null,
    accuracyLanguage: null,
    extractionFailures: 0,
    truncated: 0,
    entropy: 0,
    selfCertainty: 0,
    lengthMean: 0,
    problems: Array.from({ length: 20 }, (_, q) => {
      return { id: `p${q}`, correct: Number(q < right), code: 0, text: "" };
    }),
    time: { seconds: 1, tokensPerSecond: 1 },
  };
}

async function writeLine(file: string, value: unknown): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(value)}\n`);
}

it("takes roles and the family of hypotheses from what the trial file plans for each model", async () => {
  const directory = await temporaryFolder();
  const { config, source } = defineTrial({
    name: "own-arms",
    models: { a: { path: "a" }, b: { path: "b" }, late: { path: "late" } },
    arms: {
      "random-a": { reward: "random", models: ["a"] },
      "random-b": { reward: "random", models: ["b"] },
      majority: { reward: "majority" },
      truth: { reward: "truth" },
    },
    hypotheses: [{ arm: "truth", expect: "greater" }],
    seeds: [0, 1],
  });
  const right = { "random-a": 6, "random-b": 7, majority: 10, truth: 12 };
  const runs = ["a", "b", "late"].flatMap((model) =>
    Object.keys(right)
      .filter((arm) => config.arms[arm]?.models?.includes(model) ?? true)
      .flatMap((arm) =>
        [0, 1].map((seed) => ({ model, arm, seed, directory: `runs/${model}/${arm}/${seed}` })),
      ),
  );
  await writeLine(join(directory, TRIAL_FILES.trial), {
    version: RECORD_VERSION,
    name: config.name,
    hash: "",
    source,
    config,
    versions: {},
    startedAt: "",
    runs,
    baseDirectory: ".",
  });
  // Of the model `late` nothing is there yet.
  for (const model of ["a", "b"]) {
    const at = (name: string) => join(modelDirectory(directory, model), name);
    await writeLine(at(MODEL_FILES.model), {});
    await writeLine(at(MODEL_FILES.base), row(5));
  }
  for (const { model, arm, seed, directory: at } of runs) {
    if (model === "late") continue;
    const done = { version: RECORD_VERSION, step: 0, finishedAt: "" };
    // The arms of `right` are those of the trial.
    const count = right[arm as keyof typeof right] + seed;
    await writeLine(join(directory, at, RUN_FILES.evals), row(count));
    await writeLine(join(directory, at, DONE_FILE), done);
  }

  const verdict = await computeVerdict(directory);
  const nulls = verdict?.models.map(({ decomposition }) => decomposition?.null.estimate);
  // random − untrained, (6.5 − 5)/20 and (7.5 − 5)/20
  expect(nulls?.[0]).toBeCloseTo(0.075, 12);
  expect(nulls?.[1]).toBeCloseTo(0.125, 12);
  expect(verdict?.hypotheses.map(({ model, supported }) => [model, supported])).toEqual([
    ["a", expect.any(Boolean)],
    ["b", expect.any(Boolean)],
    ["late", null],
  ]);
  const [a] = verdict?.hypotheses ?? [];
  expect(a?.result?.pHolm).toBeGreaterThanOrEqual(3 * (a?.result?.p ?? NaN) * (1 - 1e-12));
});
