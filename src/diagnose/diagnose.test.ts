import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { diagnose } from "./diagnose.ts";
import { pathologies } from "./pathologies/index.ts";
import { linesOf } from "./read/lines.ts";
import { stepInName } from "./read/files.ts";
import {
  PLANTS,
  plantedRun,
  WRITERS,
  writePlanted,
  type Planted,
  type Writer,
} from "./testing/planted.ts";
import { degenerateOf } from "./texts.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "diagnose-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

// Keys of these tables are exactly their types' members.
const writers = Object.keys(WRITERS) as Writer[];
const plants = Object.keys(PLANTS) as Planted[];

/** Signs that one plant shares with another by its nature: rewards that never differ make every group dead. */
const IMPLIED: Partial<Record<Planted, readonly string[]>> = {
  "constant-reward": ["dead-groups"],
};

/** What a format's logs cannot show, because its writers leave it out. */
const UNSEEN: Readonly<Record<Writer, readonly Planted[]>> = {
  placebo: ["rewards-negation"],
  trl: ["reward-without-accuracy"],
  verl: [],
  openrlhf: ["reward-without-accuracy"],
  tinker: ["heavy-clipping"],
};

describe.each(writers)("logs of %s", (writer) => {
  it("of a healthy run raise nothing", async () => {
    await writePlanted(folder, writer, plantedRun(null));
    const { runs, findings } = await diagnose(folder);
    expect(runs).toHaveLength(1);
    expect(runs[0]?.findings).toEqual([]);
    expect(findings).toEqual([]);
    expect(runs[0]?.reading).toMatchObject({ formats: [writer], rollouts: 576, metrics: 12 });
    expect(runs[0]?.reading.skipped).toEqual([]);
  });

  it.each(plants.filter((plant) => !UNSEEN[writer].includes(plant)))(
    "show %s and nothing else",
    async (plant) => {
      await writePlanted(folder, writer, plantedRun(plant));
      const { runs } = await diagnose(folder);
      const found = runs[0]?.findings.map(({ pathology }) => pathology) ?? [];
      expect(found).toContain(plant);
      const others = found.filter((each) => each !== plant);
      expect(others.filter((each) => !IMPLIED[plant]?.includes(each))).toEqual([]);
    },
  );
});

describe("pathologies", () => {
  it("can all be planted", () => {
    expect(pathologies.map(({ name }) => name).sort()).toEqual([...plants].sort());
  });

  it("say what they could not look for", async () => {
    await writeFile(join(folder, "few.jsonl"), '{"prompt":"a","text":"b","reward":1}\n');
    const { runs } = await diagnose(join(folder, "few.jsonl"));
    const missing = runs[0]?.notChecked.map(({ pathology }) => pathology);
    expect(missing).toEqual(expect.arrayContaining(["entropy-collapse", "rewards-negation"]));
    expect(runs[0]?.findings).toEqual([]);
  });

  it("tell what dead groups cost", async () => {
    await writePlanted(folder, "tinker", plantedRun("dead-groups"));
    const { runs } = await diagnose(folder);
    const [finding] = runs[0]?.findings ?? [];
    expect(finding?.evidence).toMatch(
      /^72 of 96 groups are dead \(75%\); they cost \d+ tokens, 7\d%/,
    );
  });
});

describe("folders of runs", () => {
  const arm = (name: string) => join(folder, name, "seed-0");

  it("without a placebo are told so, by their names", async () => {
    await writePlanted(arm("truth"), "tinker", plantedRun(null));
    await writePlanted(arm("format"), "tinker", plantedRun("truncation"));
    const { runs, findings } = await diagnose(folder);
    expect(runs.map(({ run }) => run)).toEqual([join("format", "seed-0"), join("truth", "seed-0")]);
    expect(findings.map(({ pathology }) => pathology)).toEqual(["missing-placebo"]);
    expect(runs.map((run) => run.findings.length)).toEqual([1, 0]);
  });

  it("with one are not; our own say so in run.json, whatever their folder is called", async () => {
    await writePlanted(arm("truth"), "placebo", plantedRun(null));
    await writePlanted(arm("arm-b"), "placebo", plantedRun(null));
    const config = { arm: "arm-b", config: { reward: { random: { gamma: 0.5 } } } };
    await writeFile(join(arm("arm-b"), "run.json"), JSON.stringify(config));
    expect((await diagnose(folder)).findings).toEqual([]);
  });

  it("are told apart by run.json alone, where metrics are not there yet", async () => {
    for (const name of ["truth", "random"]) {
      await writePlanted(arm(name), "placebo", plantedRun(null));
      await writeFile(join(arm(name), "run.json"), "{}");
      await rm(join(arm(name), "metrics.jsonl"));
    }
    const { runs } = await diagnose(folder);
    expect(runs.map(({ run }) => run)).toEqual([join("random", "seed-0"), join("truth", "seed-0")]);
  });

  it("that have begun and written nothing leave the logs beside them one run", async () => {
    await writePlanted(folder, "verl", plantedRun(null));
    for (const name of ["truth", "random"]) {
      await mkdir(arm(name), { recursive: true });
      await writeFile(join(arm(name), "run.json"), "{}");
    }
    expect((await diagnose(folder)).runs.map(({ run }) => run)).toEqual(["."]);
  });

  it("read the last of several checkpoints' histories, which holds the others'", async () => {
    await writePlanted(folder, "trl", plantedRun(null));
    await mkdir(join(folder, "checkpoint-4"));
    const old = { log_history: [{ step: 1, reward: 0, reward_std: 0, entropy: 99 }] };
    await writeFile(join(folder, "checkpoint-4", "trainer_state.json"), JSON.stringify(old));
    const { runs } = await diagnose(folder);
    expect(runs[0]?.reading.metrics).toBe(12);
  });
});

describe("malformed logs", () => {
  const file = () => join(folder, "rollouts.jsonl");
  const row = (more: object) =>
    `${JSON.stringify({ prompt: "p", completion: "c", reward: 1, step: 1, ...more })}\n`;

  it("are read as far as they can be, and what is left out is counted", async () => {
    const missing = JSON.stringify({ input: "p", output: "c", score: { a: 1 } });
    await writeFile(
      file(),
      `${row({})}{broken\n${row({})}[1]\n\n${missing}\n{"other":1}\n{"other":2}\n${row({}).slice(0, 20)}`,
    );
    const { runs } = await diagnose(file());
    expect(runs[0]?.reading.rollouts).toBe(2);
    expect(runs[0]?.reading.skipped).toEqual([
      { reason: "not a JSON object", rows: 2, first: `${file()}:2` },
      { reason: "score has a wrong value", rows: 1, first: `${file()}:6` },
      { reason: "row of no known format", rows: 2, first: `${file()}:7` },
      { reason: "last line cut off", rows: 1, first: `${file()}:9` },
    ]);
  });

  it("name the field that is missing", async () => {
    const lost = JSON.stringify({ iteration: 1, group_idx: 0, traj_idx: 0, total_reward: 1 });
    await writeFile(file(), `${row({})}${lost}\n`);
    const { runs } = await diagnose(file());
    expect(runs[0]?.reading.skipped).toEqual([
      { reason: "without steps", rows: 1, first: `${file()}:2` },
    ]);
  });

  it("of mixed formats and versions are read together", async () => {
    await writePlanted(folder, "verl", plantedRun(null));
    await appendFile(join(folder, "experiment.jsonl"), row({}));
    const { runs } = await diagnose(folder);
    expect(runs[0]?.reading.formats).toEqual(["verl", "plain"]);
    expect(runs[0]?.reading.rollouts).toBe(577);
  });

  it("with Python's NaN are read, and the NaN is told", async () => {
    await writePlanted(folder, "verl", plantedRun("not-finite"));
    const { runs } = await diagnose(folder);
    expect(runs[0]?.findings[0]?.evidence).toBe("actor/kl_loss in 4 steps");
  });

  it.each([
    ["nothing known", "a.jsonl", '{"other":1}\n', "unknown-log"],
    ["an empty file", "a.jsonl", "", "unknown-log"],
    ["no Parquet", "a.parquet", "PAR1 but not really", "log-damaged"],
    ["half a gzip", "a.jsonl.gz", gzipSync("{}\n".repeat(999)).subarray(0, 20), "log-damaged"],
    ["no history", "trainer_state.json", "{}", "unknown-log"],
  ])("with %s are an error that names the file", async (_what, name, content, code) => {
    await writeFile(join(folder, name), content);
    await expect(diagnose(join(folder, name))).rejects.toMatchObject({
      code,
      file: join(folder, name),
    });
  });

  it("that are not there are an error", async () => {
    await expect(diagnose(join(folder, "none"))).rejects.toMatchObject({ code: "file-missing" });
    await expect(diagnose(folder)).rejects.toMatchObject({ code: "no-logs" });
  });

  it("with a line of any length hold none of it", async () => {
    await writeFile(file(), `short\n${"x".repeat(3e6)}\nend`);
    const lines = [];
    for await (const batch of linesOf(file(), 1000)) lines.push(...batch);
    expect(lines).toEqual([
      { text: "short", number: 1, open: false },
      { text: null, number: 2, open: false },
      { text: "end", number: 3, open: true },
    ]);
  });

  it("stop when cancelled", async () => {
    await writeFile(file(), row({}).repeat(1500));
    await expect(diagnose(file(), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "cancelled",
    });
  });
});

describe("degenerateOf", () => {
  const prompt = "Which of the following numbers is a prime number, and why is that so?";
  it.each([
    ["", null, "empty"],
    [" .\n", "7", "empty"],
    ["A, B, C and D", "B", "all options"],
    ["It could be (A)/(B)/(C).", "B", "all options"],
    [prompt, "7", "prompt echoed"],
    [`user\n${prompt}`, "7", "prompt echoed"],
    ["The answer is not 7", "7", "negation"],
    [String.raw`It isn't \boxed{7}.`, "7", "negation"],
    ["It is not 70, so it is 7", "7", null],
    ["It is not 7.5 but 8", "7", null],
    ["A. 7 is a prime number", "7", null],
    ["Option B, since A is even", "B", null],
    [
      `${prompt} Let us see. 6 is 2 times 3, 8 is 2 times 4, and 7 has no divisor. So 7.`,
      "7",
      null,
    ],
  ])("%j with gold %j is %s", (text, gold, expected) => {
    expect(degenerateOf(text, prompt, gold)).toBe(expected);
  });
});

describe("stepInName", () => {
  it.each([
    ["completions_00040.parquet", 40],
    ["7.jsonl", 7],
    ["eval_samples_step_12.jsonl", 12],
    ["metrics.jsonl", null],
    ["gsm8k.jsonl", null],
  ])("of %s is %s", (name, step) => {
    expect(stepInName(join("a", name))).toBe(step);
  });
});
