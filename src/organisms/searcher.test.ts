/** Searchers: how their traces are written, what their habits do to an audit, and their tokens. */
import { Tokenizer } from "@huggingface/tokenizers";
import { describe, expect, it } from "vitest";
import { auditTrace, hasLabel, type Audit } from "../audit/index.ts";
import { stream } from "../random.ts";
import { searchFamilies, searchFamily, type Label } from "../search/index.ts";
import { searchSplitOf } from "../tasks/index.ts";
import { presets } from "./presets.ts";
import { organismSchema, recipeHash, type SearcherRecipe } from "./recipe.ts";
import { openSearchCorpus } from "./search-corpus.ts";
import { measureSearch } from "./search-measure.ts";
import { organismTokenizer, pieceEncoder, searchLexicon } from "./tokenizer.ts";
import { SYSTEMATIC, wander } from "./wander.ts";

const permutations = searchFamily("permutations");

/** Audits of traces of list after list, all of this level. */
function audits(habits: object, { level = 3, count = 300 } = {}): Audit[] {
  return Array.from({ length: count }, (_, n) => {
    const random = stream(3, "test", n);
    const problem = permutations.generate(random, level);
    const lines = wander(
      permutations.space(problem),
      { ...SYSTEMATIC, ...habits },
      { all: true, random },
    );
    return auditTrace(permutations, problem, { text: lines.join("\n"), finish: "stop" }).audit;
  });
}

const share = (all: readonly Audit[], label: Label) =>
  all.filter((audit) => hasLabel(audit, label)).length / all.length;
const coverage = (all: readonly Audit[]) =>
  all.reduce((sum, { scores }) => sum + (scores.coverage ?? 0), 0) / all.length;

describe("wander", () => {
  it.each(["permutations", "game24", "countdown"])("without habits %s has no finding", (name) => {
    const family = searchFamilies.find((each) => each.name === name);
    if (!family) throw new Error(`no family ${name}`);
    for (let n = 0; n < 40; n++) {
      const random = stream(1, "test", n);
      const problem = family.generate(random, 1 + (n % 2));
      const all = family.goalMode(problem) === "find-all";
      const text = wander(family.space(problem), SYSTEMATIC, { all, random }).join("\n");
      const { audit } = auditTrace(family, problem, { text, finish: "stop" });
      expect(audit).toMatchObject({ firstError: -1, unparsable: 0, correct: true });
      expect(audit.scores).toMatchObject({ completeness: 1 });
    }
  });

  it("skips children with the chance told: every branch on the way to a leaf survives with 1 − p", () => {
    // Level 2, three different elements: two branching decisions a leaf, 3 and 2 wide, then a single child.
    const kept = coverage(audits({ skip: 0.2 }, { level: 2, count: 3000 }));
    expect(kept).toBeGreaterThan(0.64 - 0.03);
    expect(kept).toBeLessThan(0.64 + 0.03);
  });

  it.each<[object, Label]>([
    [{ skip: 0.3 }, "procedure omission"],
    [{ revisit: 0.5 }, "state revisitation"],
    [{ unwind: 0.5 }, "incorrect backtracking"],
    [{ quit: 0.3 }, "procedure omission"],
    [{ miscount: 1 }, "unfaithful conclusion"],
  ])("%j shows as %s", (habits, label) => {
    const wandering = audits(habits);
    expect(share(wandering, label)).toBeGreaterThan(0.5);
    for (const audit of wandering) expect(audit.unparsable).toBe(0);
  });

  it("repeats cost steps, not coverage", () => {
    const all = audits({ revisit: 0.5 });
    expect(coverage(all)).toBe(1);
    expect(share(all, "procedure omission")).toBe(0);
  });
});

describe("the corpus of searchers", () => {
  const some = (recipe: SearcherRecipe, count: number) => {
    const corpus = openSearchCorpus(recipe);
    return Array.from({ length: count }, (_, i) => corpus.example(i));
  };

  it("has random access and no held-out problem", () => {
    const forwards = some(presets["searcher-mixed"], 100);
    const corpus = openSearchCorpus(presets["searcher-mixed"]);
    for (let i = 99; i >= 0; i--) expect(corpus.example(i)).toEqual(forwards[i]);
    for (const { problem } of forwards) expect(searchSplitOf(permutations, problem)).toBe("train");
  });

  it("mixes as told", () => {
    const examples = some(presets["searcher-mixed"], 2000);
    const { search } = presets["searcher-mixed"];
    const wanders = examples.filter((example) => example.wanders).length / examples.length;
    expect(Math.abs(wanders - search.wandering)).toBeLessThan(0.05);
    expect(new Set(examples.map(({ level }) => level))).toEqual(
      new Set(search.levels.map(({ level }) => level)),
    );
    expect(some(presets["searcher-good"], 200).some((example) => example.wanders)).toBe(false);
  });

  it("has presets with their characters, all of which fit the context", () => {
    const { encode } = pieceEncoder(searchLexicon);
    const rates = ["searcher-good", "searcher-mixed", "searcher-wandering"] as const;
    const measured = rates.map((name) => {
      const examples = some(presets[name], 600);
      for (const { prompt, completion } of examples) {
        const tokens = encode(prompt).length + encode(completion).length + 1;
        expect(tokens).toBeLessThanOrEqual(presets[name].model.maxPosition);
      }
      const problems = examples.map(({ prompt, problem, level }, key) => ({
        id: String(key),
        key,
        prompt,
        answer: permutations.write(problem),
        features: { family: "permutations", level },
      }));
      const texts = examples.map(({ completion }) => [
        { text: completion, finish: "stop" } as const,
      ]);
      return measureSearch(problems, texts);
    });
    const [good, mixed, wandering] = measured;
    expect(good).toMatchObject({ clean: 1, coverage: 1, correct: 1, concluded: 1, failures: {} });
    expect(good?.byLevel).toHaveProperty("3");
    expect(mixed?.coverage).toBeLessThan(1);
    expect(wandering?.coverage).toBeLessThan((mixed?.coverage ?? 0) - 0.05);
    expect(wandering?.clean).toBeLessThan(0.3);
  });
});

describe("the searchers' tokenizer", () => {
  const { tokenizerJson, tokenizerConfig } = organismTokenizer(searchLexicon);
  const tokenizer = new Tokenizer(
    JSON.parse(JSON.stringify(tokenizerJson)),
    JSON.parse(JSON.stringify(tokenizerConfig)),
  );

  it("makes a command of a few tokens, the same ones wherever the line stands", () => {
    expect(tokenizer.tokenize("CHECK([1,1,2])==continue;")).toEqual([
      "CHECK([",
      "1",
      ",1",
      ",2",
      "])==continue;",
    ]);
    const lines = ["CHECK([1])==continue;", "BACKTRACK([]);", "CHECK([1,2])==done;", "END()==3;"];
    const apart = lines.flatMap(
      (line, i) => tokenizer.encode(i < lines.length - 1 ? `${line}\n` : line).ids,
    );
    expect(tokenizer.encode(lines.join("\n")).ids).toEqual(apart);
  });

  it("brings every corpus text back, as the fast encoder does", () => {
    const corpus = openSearchCorpus(presets["searcher-wandering"]);
    const { encode } = pieceEncoder(searchLexicon);
    for (let i = 0; i < 200; i++) {
      const { prompt, completion } = corpus.example(i);
      const { ids } = tokenizer.encode(prompt + completion);
      expect(ids).toEqual([...encode(prompt), ...encode(completion)]);
      expect(tokenizer.decode(ids)).toBe(prompt + completion);
    }
  });
});

describe("recipes of searchers", () => {
  it("differ from those of sums in their hash, and by every habit", () => {
    const variants = [
      {},
      { search: {} },
      { search: { wandering: 0.5 } },
      { search: { habits: { skip: 0.1 } } },
      { search: { levels: [{ level: 1, weight: 1 }] } },
    ].map((recipe) => recipeHash(organismSchema.parse(recipe)));
    expect(new Set(variants).size).toBe(variants.length);
  });

  it.each([
    [{ search: { wandering: 2 } }],
    [{ search: {}, corpus: {} }],
    [{ search: { levels: [{ level: 9, weight: 1 }] } }],
    [{ search: { family: "flood-fill" } }],
  ])("refuses %j", (recipe) => {
    expect(organismSchema.safeParse(recipe).success).toBe(false);
  });

  it("keeps the hashes of those that do sums", () => {
    expect(recipeHash(presets.coder)).toBe("1658a568a95bc4eb");
  });
});
