/** Everything that can be wrong in a trial's folder is an error with file, line and field, and no page is written. */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { InputError } from "../errors.ts";
import { exists } from "../io/index.ts";
import { writeReport } from "./index.ts";
import { writeTrialFixture } from "./testing/trial-fixture.ts";

let root: string;
let whole: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "placebo-report-"));
  whole = join(root, "whole");
  await writeTrialFixture(whole, {
    models: { coder: { accuracy: 0.4, code: 0.6 } },
    arms: { truth: 0.2, random: 0.1 },
    seeds: [0],
    steps: 3,
    problems: 4,
  });
});

afterAll(() => rm(root, { recursive: true }));

type Json = Record<string, unknown>;
type Change = (directory: string) => Promise<void>;

const TRIAL = "trial.json";
const VERDICT = "verdict.json";
const BASE = "models/coder/base.jsonl";
const RUN = "runs/coder/truth/seed-0";

const remove =
  (file: string): Change =>
  (directory) =>
    rm(join(directory, file));

const write =
  (file: string, text: string): Change =>
  (directory) =>
    writeFile(join(directory, file), text);

/** Replaces text that must be there. */
const edit =
  (file: string, from: string | RegExp, to: string): Change =>
  async (directory) => {
    const text = await readFile(join(directory, file), "utf8");
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    await writeFile(join(directory, file), changed);
  };

/** Changes line `line` (1-based) of a JSONL file. */
const editLine =
  (file: string, line: number, change: (row: Json) => Json | string): Change =>
  async (directory) => {
    const lines = (await readFile(join(directory, file), "utf8")).split("\n");
    const changed = change(JSON.parse(lines[line - 1] ?? ""));
    lines[line - 1] = typeof changed === "string" ? changed : JSON.stringify(changed);
    await writeFile(join(directory, file), lines.join("\n"));
  };

const without = (key: string) => (row: Json) => ({ ...row, [key]: undefined });

interface Case {
  readonly change: Change;
  readonly file: string;
  readonly line?: number;
  readonly field?: string;
  readonly code?: string;
}

const CASES: Readonly<Record<string, Case>> = {
  "no trial.json": { change: remove(TRIAL), file: TRIAL, code: "file-missing" },
  "trial.json is not JSON": { change: write(TRIAL, "{"), file: TRIAL, code: "bad-json" },
  "trial without a name": { change: edit(TRIAL, '"name"', '"nam"'), file: TRIAL, field: "name" },
  "trial of a later version": {
    change: edit(TRIAL, '"version":1', '"version":99'),
    file: TRIAL,
    field: "version",
  },
  "a run listed twice": {
    change: edit(TRIAL, '"arm":"random"', '"arm":"truth"'),
    file: TRIAL,
    field: "runs.1",
    code: "twin-run",
  },
  "configuration without arms": {
    change: edit(TRIAL, '"arms":', '"arm":'),
    file: TRIAL,
    field: "config.arms",
  },
  "finished runs without a verdict": {
    change: remove(VERDICT),
    file: VERDICT,
    code: "file-missing",
  },
  "verdict is not JSON": { change: write(VERDICT, "none"), file: VERDICT, code: "bad-json" },
  "a gain in words": {
    change: edit(VERDICT, /"gain":[^,]+/, '"gain":"much"'),
    file: VERDICT,
    field: "models.0.arms.0.gain",
  },
  "an interval with one end": {
    change: edit(VERDICT, /"ci":\[[^\]]+\]/, '"ci":[0.1]'),
    file: VERDICT,
    field: "models.0.arms.0.ci",
  },
  "verdict on an arm that was not run": {
    change: edit(VERDICT, '"arm":"random"', '"arm":"other"'),
    file: VERDICT,
    field: "models.0.arms.1",
    code: "stray-verdict",
  },
  "no evaluation of the untrained model": {
    change: remove(BASE),
    file: BASE,
    code: "file-missing",
  },
  "an untrained accuracy above 1": {
    change: editLine(BASE, 2, (row) => ({ ...row, accuracy: 1.5 })),
    file: BASE,
    line: 2,
    field: "accuracy",
  },
  "metrics without run.json": {
    change: remove(`${RUN}/run.json`),
    file: `${RUN}/run.json`,
    code: "file-missing",
  },
  "run.json is not JSON": { change: write(`${RUN}/run.json`, ""), file: `${RUN}/run.json` },
  "run.json of another seed": {
    change: edit(`${RUN}/run.json`, '"seed":0', '"seed":5'),
    file: `${RUN}/run.json`,
    field: "seed",
    code: "misplaced-run",
  },
  "a run without its number of steps": {
    change: edit(`${RUN}/run.json`, '"steps"', '"step"'),
    file: `${RUN}/run.json`,
    field: "config.grpo.steps",
  },
  "a metrics line cut in the middle": {
    change: editLine(`${RUN}/metrics.jsonl`, 2, () => '{"step":2,'),
    file: `${RUN}/metrics.jsonl`,
    line: 2,
    code: "bad-jsonl",
  },
  "an empty line among metrics": {
    change: editLine(`${RUN}/metrics.jsonl`, 1, () => ""),
    file: `${RUN}/metrics.jsonl`,
    line: 1,
    code: "bad-jsonl",
  },
  "metrics without entropy": {
    change: editLine(`${RUN}/metrics.jsonl`, 3, without("entropy")),
    file: `${RUN}/metrics.jsonl`,
    line: 3,
    field: "entropy",
  },
  "a clip fraction below 0": {
    change: editLine(`${RUN}/metrics.jsonl`, 1, (row) => ({ ...row, clipLow: -0.1 })),
    file: `${RUN}/metrics.jsonl`,
    line: 1,
    field: "clipLow",
  },
  "a step twice in metrics": {
    change: editLine(`${RUN}/metrics.jsonl`, 2, (row) => ({ ...row, step: 1 })),
    file: `${RUN}/metrics.jsonl`,
    line: 2,
    code: "steps-out-of-order",
  },
  "an evaluation of no known protocol": {
    change: editLine(`${RUN}/evals.jsonl`, 1, (row) => ({ ...row, protocol: "beam" })),
    file: `${RUN}/evals.jsonl`,
    line: 1,
    field: "protocol",
  },
  "an answer without text": {
    change: editLine(`${RUN}/evals.jsonl`, 4, (row) => ({
      ...row,
      problems: [{ id: "test-0", correct: 1, code: 0 }],
    })),
    file: `${RUN}/evals.jsonl`,
    line: 4,
    field: "problems.0.text",
  },
  "a finished run without rollouts": {
    change: remove(`${RUN}/rollouts.jsonl`),
    file: `${RUN}/rollouts.jsonl`,
    code: "file-missing",
  },
  "a rollout without its advantage": {
    change: editLine(`${RUN}/rollouts.jsonl`, 7, without("advantage")),
    file: `${RUN}/rollouts.jsonl`,
    line: 7,
    field: "advantage",
  },
};

test.each(Object.entries(CASES))("%s", async (name, { change, file, line, field, code }) => {
  const directory = join(root, name.replaceAll(/\W/g, "-"));
  await cp(whole, directory, { recursive: true });
  await change(directory);
  const error: unknown = await writeReport(directory).catch((thrown: unknown) => thrown);
  if (!(error instanceof InputError)) throw new Error("no InputError", { cause: error });
  const path = join(directory, file);
  expect(error.exitCode).toBe(2);
  expect(error.file).toBe(path);
  expect(error.message).toContain(line === undefined ? path : `${path}:${line}: `);
  expect(error.hint).not.toBe("");
  expect(error).toMatchObject({
    ...(field === undefined ? {} : { field }),
    ...(code === undefined ? {} : { code }),
  });
  expect(await exists(join(directory, "report.html"))).toBe(false);
});

test("the folder that the cases start from is fine", async () => {
  await expect(writeReport(whole)).resolves.toBe(join(whole, "report.html"));
});
