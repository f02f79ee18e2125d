/** The pages of docs/ that are read as programs: what they show is valid, and what is written from schemas is current. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { PAGE, withReference } from "../scripts/docs-trials.ts";
import { compileReward, rewardSpecSchema, type RewardSpec } from "../src/rewards/index.ts";
import { group } from "../src/rewards/testing/group.ts";
import { loadTrial, planTrial, trialSchema } from "../src/trial/index.ts";

const root = join(import.meta.dirname, "..");

/** The blocks of a language, in order. */
function blocks(page: string, language: string): string[] {
  const block = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms");
  return Array.from(page.matchAll(block), ([, text]) => text ?? "");
}

describe("docs/trials.md", async () => {
  const page = await readFile(PAGE, "utf8");
  const [example = "", ...fragments] = blocks(page, "yaml");

  test("has the keys that the schemas have: run npx tsx scripts/docs-trials.ts", () => {
    expect(page).toBe(withReference(page));
  });

  test("shows a whole trial", async () => {
    const folder = await mkdtemp(join(tmpdir(), "placebo-docs-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, "first.yaml");
    await writeFile(file, example);
    const { runs } = await planTrial(await loadTrial(file));
    expect(runs).toHaveLength(18);
  });

  test("shows parts of trials that may stand in the place of the whole one's", () => {
    expect(fragments.length).toBeGreaterThan(0);
    for (const fragment of fragments) {
      // A YAML map; the schema says whether it fits.
      const changes = parse(fragment) as Record<string, unknown>;
      const whole = { ...(parse(example) as Record<string, unknown>), ...changes };
      expect(trialSchema.safeParse(whole).error?.issues).toBeUndefined();
    }
  });
});

test("docs/rewards.md shows modules that load and score, and arms that name them", async () => {
  const page = await readFile(join(root, "docs", "rewards.md"), "utf8");
  // Inside the package, so that `placebo-rl/rewards` is the package itself.
  const folder = join(root, "dist", "docs-rewards");
  await mkdir(folder, { recursive: true });
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const code of blocks(page, "ts")) {
    const name = /^\/\*\* (\w+\.ts):/.exec(code)?.[1] ?? "unnamed.ts";
    await writeFile(join(folder, name), code);
  }
  const [arms] = blocks(page, "yaml").filter((block) => block.startsWith("arms:"));
  const named = z.object({ arms: z.record(z.string(), z.object({ reward: rewardSpecSchema })) });
  const specs = Object.values(named.parse(parse(arms ?? "")).arms);
  const valuesOf = async (spec: RewardSpec, texts: readonly string[], gold: string) => {
    const { score } = await compileReward(spec, { baseDirectory: folder });
    const grades = await score(group(texts, { gold }));
    return grades.map((grade) => ("value" in grade ? grade.value : grade.ungraded));
  };
  const [near = "", novel = "", both = ""] = specs.map(({ reward }) => reward);

  const texts = ["It is 5.", "It is 5.", "It is 7.", "I do not know."];
  const far = Math.exp(-2 / 5);
  expect(await valuesOf(near, texts, "7")).toEqual([far, far, 1, 0]);
  expect(await valuesOf(near, ["It is 5."], "seven")).toEqual(["the gold answer is no number"]);
  expect(await valuesOf(novel, texts, "7")).toEqual([1 - 2 / 3, 1 - 2 / 3, 1 - 1 / 3, 0]);
  expect(await valuesOf(novel, texts.slice(2), "7")).toEqual(
    Array.from({ length: 2 }, () => "only 1 answers in the group"),
  );
  expect(await valuesOf(both, texts.slice(1), "7")).toEqual([0.05, 1.05, 0]);
});
