import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openEngine, type Engine, type Tokenizer } from "../engine/index.ts";
import { writeByteModel } from "../engine/testing/byte-model.ts";
import { searchFamilies, searchFamily } from "../search/index.ts";
import { sharedPath } from "../testing/data.ts";
import { likelihoodProposer, spellingOf, type Question } from "./index.ts";
import { Script } from "./script.ts";
import { exploreAll, taskOf } from "./testing/explore-all.ts";

let folder: string;
let engine: Engine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "placebo-explore-"));
  // Large enough that the lines differ in likelihood.
  await writeByteModel(folder, { initializer_range: 0.5 });
  engine = await openEngine({ model: folder, threads: 1 });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

const family = searchFamily("permutations");
const sample = family.solve(family.example);
const tasks = [
  [1, 2, 3],
  [1, 1, 2],
  [4, 5],
].map((elements, key) => taskOf(family, { elements }, key));

describe("an engine as the proposer", () => {
  it("weighs a line by its tokens, one after another, behind all that was written", async () => {
    const proposer = likelihoodProposer(engine, sample);
    const script = new Script("Input: [1,2]\n", proposer, 1000);
    script.write(["CHECK([1])==continue;"]);
    const lines = ["CHECK([1,2])==done;", "BACKTRACK([]);"];
    const question: Question = { script, lines, draw: () => 0 };
    const [opinion] = await proposer.ask([question], {});
    const encode = (text: string) => engine.tokenizer.encode(text, { addSpecialTokens: false });
    const expected = await engine.score(
      lines.map((line) => ({
        prompt: encode("Input: [1,2]\nCHECK([1])==continue;\n"),
        completion_T: encode(`${line}\n`),
      })),
    );
    const sums = expected.map(({ logprobs_T }) => logprobs_T.reduce((a, b) => a + b, 0));
    expect(opinion).toMatchObject({ kind: "likelihoods", scored: 20 + 15 });
    if (opinion?.kind !== "likelihoods") throw new Error("no likelihoods");
    opinion.logprobs.forEach((logprob, i) => expect(logprob).toBeCloseTo(sums[i] ?? 0, 4));
  });

  it("takes the likeliest open line at each step", async () => {
    const proposer = likelihoodProposer(engine, sample);
    const [trace] = await exploreAll(proposer, tasks.slice(0, 1));
    const lines = trace?.text.split("\n") ?? [];
    const first = ["CHECK([1])", "CHECK([2])", "CHECK([3])"].map((line) => `${line}==continue;`);
    const script = new Script(tasks[0]?.prompt ?? "", proposer, 1000);
    const [opinion] = await proposer.ask([{ script, lines: first, draw: () => 0 }], {});
    if (opinion?.kind !== "likelihoods") throw new Error("no likelihoods");
    expect(lines[0]).toBe(first[opinion.logprobs.indexOf(Math.max(...opinion.logprobs))]);
  });

  it("makes the same traces together as one by one", async () => {
    const proposer = likelihoodProposer(engine, sample);
    const together = await exploreAll(proposer, tasks, { temperature: 1, samples: 2 });
    const alone = await Promise.all(
      tasks.map((task) => exploreAll(proposer, [task], { temperature: 1, samples: 2 })),
    );
    expect(together).toEqual(alone.flat());
  });

  it("ends at the model's context as at the budget", async () => {
    const proposer = likelihoodProposer(engine, sample);
    const big = taskOf(family, { elements: [1, 2, 3, 4] });
    const [trace] = await exploreAll(proposer, [big]);
    expect(trace).toMatchObject({ stop: "budget", finish: "length" });
    expect(trace?.tokens).toBeLessThan(512);
  });

  it("does not decide by a likelihood that the engine does not give", async () => {
    const { info, tokenizer } = engine;
    const lost = likelihoodProposer({ info, tokenizer, score: () => Promise.resolve([]) }, sample);
    await expect(exploreAll(lost, tasks)).rejects.toThrow(/gave no likelihood/);
    const score: typeof engine.score = async (sequences) => {
      const stats = await engine.score(sequences);
      return stats.map((each) => ({ ...each, logprobs_T: each.logprobs_T.fill(Number.NaN) }));
    };
    const broken = likelihoodProposer({ info, tokenizer, score }, sample);
    await expect(exploreAll(broken, tasks)).rejects.toThrow(/log-likelihood of "CHECK.*NaN/);
  });

  it("refuses a prompt that does not fit", async () => {
    const game = searchFamily("counting");
    const task = taskOf(game, { text: "a".repeat(600), target: "a" });
    const proposer = likelihoodProposer(engine, sample);
    await expect(exploreAll(proposer, [task])).rejects.toMatchObject({ code: "prompt-length" });
  });
});

/** Ids of lines as they are written one by one, and of their whole text behind a newline. */
function spelled(tokenizer: Tokenizer, lines: readonly string[]) {
  const spelling = spellingOf(tokenizer, lines);
  const ids = lines.flatMap((line, i) => [...spelling.line(line, i === 0)]);
  const anchor = tokenizer.encode("\n", { addSpecialTokens: false });
  const ending = tokenizer.decode([...anchor, ...ids]).endsWith("\n") ? "\n" : "";
  const whole = tokenizer.encode(`\n${lines.join("\n")}${ending}`, { addSpecialTokens: false });
  return { ids, whole: whole.slice(anchor.length), exact: spelling.exact };
}

describe("lines have the ids of the whole text", () => {
  const samples = searchFamilies.map((each) => [each.name, each.solve(each.example)] as const);

  it.each(samples)("bytes: %s", (_, lines) => {
    const { ids, whole, exact } = spelled(engine.tokenizer, lines);
    expect(ids).toEqual(whole);
    expect(exact).toBe(true);
    expect(likelihoodProposer(engine, lines).info).toMatchObject({ exactSpelling: true });
  });

  const stories = sharedPath("models/stories260K");
  it.skipIf(stories === undefined).each(samples)(
    "SentencePiece (PLACEBO_DATA): %s",
    async (_, lines) => {
      const model = await openEngine({ model: stories ?? "", threads: 1 });
      const { ids, whole, exact } = spelled(model.tokenizer, lines);
      await model.close();
      expect(ids).toEqual(whole);
      expect(exact).toBe(true);
    },
  );

  /** Whose tokens are what the pattern matches, from left to right. */
  function tokenizerOf(pieces: string): Tokenizer {
    const ids = new Map<string, number>();
    const encode = (text: string) =>
      (text.match(new RegExp(pieces, "g")) ?? []).map((piece) => {
        if (!ids.has(piece)) ids.set(piece, ids.size);
        return ids.get(piece) ?? 0;
      });
    const decode = (tokens: readonly number[]) =>
      tokens.map((id) => [...ids.keys()][id] ?? "").join("");
    return { encode, decode, size: 0, bos: undefined, eos: [] };
  }

  it("or it is said that they have not: a token across both sides of a newline", () => {
    const tokenizer = tokenizerOf(";\n[A-Z]+|[A-Z]+|.|\n");
    const lines = sample.slice(0, 6);
    const { ids, whole, exact } = spelled(tokenizer, lines);
    expect(exact).toBe(false);
    expect(ids).not.toEqual(whole);
    // The text is the same all the same.
    expect(tokenizer.decode(ids).trimEnd()).toBe(lines.join("\n"));
    const model = { info: engine.info, tokenizer, score: () => Promise.resolve([]) };
    expect(likelihoodProposer(model, lines).info).toMatchObject({ exactSpelling: false });
  });

  it.each(["\n?[A-Z]+|.|\n", ";\n|[A-Z]+|.|\n"])("a tokenizer with the pieces %s", (pieces) => {
    // A word with the newline before it is one token, or a line's end with the one behind it.
    const tokenizer = tokenizerOf(pieces);
    const encode = (text: string) => tokenizer.encode(text);
    const lines = sample.slice(0, 6);
    const spelling = spellingOf(tokenizer, lines);
    expect(spelling.exact).toBe(true);
    const spelt = lines.flatMap((line, i) => [...spelling.line(line, i === 0)]);
    const text = tokenizer.decode(spelt);
    expect(text.trimEnd()).toBe(lines.join("\n"));
    // Behind the newline that ends a prompt.
    expect([...encode("\n"), ...encode(text)]).toEqual([...encode("\n"), ...spelt]);
  });
});
