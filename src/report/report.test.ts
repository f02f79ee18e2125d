import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ModelVerdict } from "../records/index.ts";
import { reportData, writeReport } from "./index.ts";
import { FIXTURE_SOURCE, writeTrialFixture, type FixtureOptions } from "./testing/trial-fixture.ts";

/** What of a parsed page the tests look at. */
interface Element {
  readonly localName: string;
  readonly textContent: string;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): Iterable<Element>;
}

let root: string;
/** A finished trial that most tests look at. */
let finished: Awaited<ReturnType<typeof made>>;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "placebo-report-"));
  finished = await made("finished");
});
afterAll(() => rm(root, { recursive: true }));

const ARMS = { truth: 0.27, majority: 0.24, random: 0.19 };
const SMALL: FixtureOptions = { arms: ARMS, seeds: [0, 1], steps: 6, problems: 10 };

async function made(name: string, options: FixtureOptions = {}) {
  const directory = join(root, name);
  const verdict = await writeTrialFixture(directory, { ...SMALL, ...options });
  const text = await readFile(await writeReport(directory), "utf8");
  const document: Element = parseHTML(text).document;
  const all = (selector: string) => [...document.querySelectorAll(selector)];
  return { directory, verdict, text, all };
}

const flat = (element: Element) => element.textContent.replaceAll(/\s+/g, " ").trim();

test("the page loads nothing and runs only its own script", async () => {
  const { all } = finished;
  expect(all("link, img, iframe, object, embed, video, audio, source, image, use, base")).toEqual(
    [],
  );
  const loads = all("[src], [srcset], [action], [data], [poster], [background]");
  expect(loads).toEqual([]);
  const links = all("[href]").map((link) => link.getAttribute("href") ?? "");
  for (const link of links) expect(link).toMatch(/^(#|https:\/\/arxiv\.org\/abs\/)/);
  const ids = new Set(all("[id]").map((element) => element.getAttribute("id")));
  for (const link of links.filter((each) => each.startsWith("#")))
    expect(ids).toContain(link.slice(1));
  expect(all("script")).toHaveLength(1);
  expect(all("style").map(flat).join()).not.toMatch(/url\(|@import/);
  const [policy] = all("meta[http-equiv=Content-Security-Policy]");
  expect(policy?.getAttribute("content")).toMatch(/^default-src 'none'; .*script-src 'sha256-/);
});

test("every chart says in words what it shows, and ids are unique", async () => {
  const { all } = finished;
  const charts = all("figure > svg");
  expect(charts.length).toBeGreaterThan(20);
  for (const chart of charts) {
    expect(chart.getAttribute("role")).toBe("img");
    expect(chart.getAttribute("aria-label")).toMatch(/coder|talker/);
  }
  const ids = all("[id]").map((element) => element.getAttribute("id"));
  expect(new Set(ids).size).toBe(ids.length);
  const levels = all("h1, h2, h3, h4").map((heading) => Number(heading.localName.slice(1)));
  expect(levels[0]).toBe(1);
  for (const [i, level] of levels.entries())
    expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1);
});

const HOSTILE =
  '</pre></style></script><script>alert(1)</script><img src=x onerror="alert(1)"> & \' ${x} \u0000 \u202e ]]><!--';

test("what models write stays text", async () => {
  const arms = { truth: 0.2, random: 0.1, "<img src=x onerror=alert(1)>": 0.1 };
  const { all } = await made("hostile", { text: HOSTILE, arms });
  expect(all("script")).toHaveLength(1);
  expect(all("img")).toEqual([]);
  const handlers = all("*").flatMap((element) =>
    [...element.attributes].filter(({ name }) => name.startsWith("on")),
  );
  expect(handlers).toEqual([]);
  const shown = all("pre.text").filter((element) => element.textContent.includes("alert(1)"));
  expect(shown.length).toBeGreaterThan(10);
  // A NUL becomes its picture: parsers would drop or replace it.
  const visible = HOSTILE.replace("\u0000", "\u2400");
  for (const element of shown) expect(element.textContent).toContain(visible);
});

/** "+28.2 [+24.1, +31.9]" → [28.2, 24.1, 31.9] */
const numbers = (text: string) =>
  [...text.replaceAll("−", "-").matchAll(/[+-]?\d+\.\d/g)].map(([number]) => Number(number));

const inPoints = (estimate: number, ci: readonly [number, number]) =>
  [estimate, ...ci].map((value) => Number((100 * value).toFixed(1)) + 0);

test("gains, intervals and terms are those of verdict.json", async () => {
  const { verdict, all } = finished;
  const tables = all("#gains table");
  expect(tables).toHaveLength(verdict.models.length);
  for (const [m, model] of verdict.models.entries()) {
    const rows = [...(tables[m]?.querySelectorAll("tbody tr") ?? [])];
    expect(rows).toHaveLength(model.arms.length);
    for (const [a, arm] of model.arms.entries()) {
      const cells = [...(rows[a]?.querySelectorAll("th, td") ?? [])].map(flat);
      expect(cells[0]).toContain(arm.arm);
      expect(numbers(cells[1] ?? "")).toEqual(inPoints(arm.gain, arm.ci));
      expect(numbers(cells[2] ?? "")).toEqual([Number((100 * arm.accuracy).toFixed(1))]);
      expect(cells[3]).toBe(String(arm.seeds));
      expect(numbers(cells[4] ?? "")).toEqual(
        inPoints(arm.other?.gain ?? NaN, arm.other?.ci ?? [NaN, NaN]),
      );
    }
  }
  checkTerms(
    verdict.models,
    all("#decomposition dl").map((list) => [...list.querySelectorAll("dt .num")].map(flat)),
  );
  for (const { sentence, warnings } of verdict.models) {
    const top = all("#answer").map(flat).join();
    for (const text of [sentence, ...warnings]) expect(top).toContain(text);
  }
});

function checkTerms(models: readonly ModelVerdict[], shown: readonly (readonly string[])[]): void {
  const expected = models.map(({ decomposition }) => {
    if (decomposition === null) throw new Error("the fixture has all three arms");
    const { null: nothing, elicitation, rewardDesign } = decomposition;
    return [nothing, elicitation, rewardDesign].map(({ estimate, ci }) => inPoints(estimate, ci));
  });
  expect(shown.map((terms) => terms.map(numbers))).toEqual(expected);
}

test("each model's controls are the arms that run on it", async () => {
  const arms = { "random-a": 0.1, "random-b": 0.15, format: 0.05, truth: 0.2 };
  const plan = {
    "random-a": { reward: "random", models: ["coder"] },
    "random-b": { reward: "random", models: ["talker"] },
  };
  const { directory, all } = await made("own-placebos", { arms, plan });
  expect(all("header .lede").map(flat).join()).toContain("The arms random-a and random-b are");
  expect(all("#answer article").map((card) => flat(card).includes("placebo, points"))).toEqual([
    true,
    true,
  ]);
  const names = all("#gains table").map((table) =>
    [...table.querySelectorAll("tr.control th")].map(flat),
  );
  expect(names).toEqual([
    ["random-aplacebo", "truth"],
    ["random-bplacebo", "truth"],
  ]);
  const { samples } = await reportData(directory);
  expect(samples.map(({ compared }) => compared)).toEqual([
    ["random-a", "truth"],
    ["random-b", "truth"],
  ]);
});

test("the glossary says where intervals come from", () => {
  const [, interval] =
    /95% interval, \[low, high\](.*)Code and language/s.exec(finished.text) ?? [];
  expect(interval).toContain("Student’s t");
  expect(interval).not.toMatch(/redrawn|bootstrap/);
});

test("unfinished runs are named, drawn apart and left out of the means", async () => {
  const unfinished = { "coder/truth/seed-1": 5, "talker/random/seed-0": null };
  const { directory, all } = await made("unfinished", { unfinished });
  const page = all("main").map(flat).join();
  expect(page).toContain("2 of 12 runs have not finished (1 not started)");
  const rows = all("#configuration details:last-of-type tbody tr").map((row) =>
    [...row.querySelectorAll("th, td")].map(flat).slice(0, 3),
  );
  expect(rows.filter(([, status]) => status !== "finished")).toEqual([
    ["coder/truth/seed-1", "unfinished", "5 of 6"],
    ["talker/random/seed-0", "not started", "–"],
  ]);
  expect(page).toContain("1 of 2 seeds finished");
  const { models } = await reportData(directory);
  const truth = models[0]?.arms[0];
  expect(truth?.seeds).toEqual([0]);
  expect(
    truth?.unfinished.map(({ seed, accuracy }) => [seed, accuracy.map(({ step }) => step)]),
  ).toEqual([[1, [0, 5]]]);
  expect(truth?.accuracy.every(({ low, high }) => low === high)).toBe(true);
});

test("a trial that is not judged yet has a page that says so", async () => {
  const { all } = await made("unjudged", {
    unfinished: { "coder/truth/seed-0": 2 },
    verdict: false,
  });
  expect(all("#answer").map(flat).join()).toContain("There is no verdict yet");
  expect(all("#accuracy figure").length).toBeGreaterThan(0);
});

test("a trial of which nothing was written but trial.json has a page", async () => {
  const unfinished = { "coder/truth/seed-0": null, "coder/truth/seed-1": null };
  const models = { coder: { accuracy: 0.4, code: 0.5 } };
  const { all } = await made("fresh", { unfinished, models, arms: { truth: 0.2 }, verdict: false });
  expect(all("main").map(flat).join()).toContain("2 of 2 runs have not finished (2 not started)");
});

test("a line that is being written is left for later", async () => {
  const { directory } = await made("torn");
  const before = await reportData(directory);
  for (const file of ["metrics", "evals", "rollouts"]) {
    await appendFile(join(directory, `runs/coder/truth/seed-0/${file}.jsonl`), '{"step":7,"ent');
  }
  expect(await reportData(directory)).toEqual(before);
});

test("shown rollouts are a live group of the last step with the reward and advantage used", async () => {
  const { directory, all } = finished;
  const { samples } = await reportData(directory);
  const group = samples[0]?.groups.find(({ arm }) => arm === "random");
  // The fixture's first group of a step has no signal; in the second, rollout `step mod 6` is rewarded.
  expect(group).toMatchObject({ seed: 0, step: 6, problem: "train-13", size: 6 });
  expect(group?.rollouts.map(({ g, reward, advantage }) => [g, reward, advantage])).toEqual([
    [0, 1, 2.04],
    [1, 0, -0.41],
    [4, 0, -0.41],
    [5, 0, -0.41],
  ]);
  expect(all("#samples article").map(flat).join()).toContain("reward 1advantage +2.04");
});

test("shown problems cover each kind of change once, with counts that add up", async () => {
  const { directory } = finished;
  const { samples } = await reportData(directory);
  for (const { problems, total } of samples) {
    const kinds = problems.map(({ change }) => change);
    expect(new Set(kinds).size).toBe(kinds.length);
    expect(problems.reduce((sum, { count }) => sum + count, 0)).toBe(total);
    for (const problem of problems) {
      expect(problem.prompt).toContain("how many");
      expect(problem.after.map(({ arm }) => arm)).toEqual(
        expect.arrayContaining(["truth", "random"]),
      );
    }
  }
});

test("the trial file, the whole configuration and the commands are on the page", async () => {
  const { all } = finished;
  const blocks = all("#configuration pre").map((element) => element.textContent);
  expect(blocks).toContain(FIXTURE_SOURCE);
  expect(blocks.join("\n")).toContain("placebo resume");
  expect(blocks.some((block) => block.includes('"group": 6'))).toBe(true);
});

test("the same files give the same page", async () => {
  const { directory, text } = finished;
  expect(await readFile(await writeReport(directory), "utf8")).toBe(text);
});
