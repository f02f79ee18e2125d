import { fc } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { stream } from "../../random.ts";
import type { Problem } from "../../tasks/index.ts";
import { frameOf, partialProblems, splitProblem } from "./partial.ts";
import {
  compareContinuation,
  compareProbes,
  detection,
  probeVerdict,
  type Continuation,
} from "./probe.ts";
import { rougeL } from "./rouge.ts";

describe("ROUGE-L", () => {
  it("is as in its author's example", () => {
    expect(rougeL("police kill the gunman", "police killed the gunman")).toBe(0.75);
    expect(rougeL("the gunman kill police", "police killed the gunman")).toBe(0.5);
    expect(rougeL("", "")).toBe(1);
    expect(rougeL("a", "")).toBe(0);
  });
});

describe("partial problems", () => {
  it("lose nothing, show at most what was asked for, and cut no word", () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("apple", "12", "$\\frac{1}{2}$", ",", " ", "\n", "🍎", "é"), {
          minLength: 2,
        }),
        fc.constantFrom(0.2, 0.4, 0.6, 0.8),
        (pieces, share) => {
          const text = pieces.join("");
          const [shown, hidden] = splitProblem(text, share);
          expect(shown + hidden).toBe(text);
          expect(Array.from(shown).length).toBeLessThanOrEqual(share * Array.from(text).length);
          // Cut inside a word only where there is no earlier place to stop: one word, after spaces or a backslash.
          const cutsWord = /[\p{L}\p{N}]$/u.test(shown) && /^[\p{L}\p{N}]/u.test(hidden);
          const isOneWord = /^[\s\\]*[\p{L}\p{N}]+$/u.test(shown);
          expect(cutsWord && !isOneWord, shown).toBe(false);
        },
      ),
    ));

  it("of a benchmark lose nothing either, whatever all its texts begin and end with", () =>
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.constantFrom("a", "b ", "\n", "😀", "😃", "?"), { minLength: 1 }), {
          minLength: 2,
          maxLength: 4,
        }),
        fc.constantFrom("", "? ", "😀 how?", "\n"),
        (texts, end) => {
          const prompts = texts.map((pieces) => `${pieces.join("")}${end}`);
          const parts = partialProblems(
            prompts.map((prompt) => problem(prompt)),
            0.6,
          );
          expect(parts.map(({ prompt, hidden }) => prompt + hidden)).toEqual(prompts);
          for (const { hidden } of parts) expect(hidden).not.toMatch(/^[\uDC00-\uDFFF]/);
        },
      ),
    ));

  it.each([
    ["sam has 12 pens, gets 5, doubles. how many?", 0.4, "sam has 12 pens,"],
    ["sam has 12 pens, gets 5, doubles. how many?", 0.6, "sam has 12 pens, gets 5,"],
    ["Compute $\\dbinom{5}{3}$.", 0.5, "Compute $"],
    ["Compute $\\dbinom{5}{3}$.", 0.8, "Compute $\\dbinom{5}"],
    ["多少钱一斤呢", 0.5, "多少钱"],
  ])("%j at %f shows %j", (text, share, shown) => {
    expect(splitProblem(text, share)[0]).toBe(shown);
  });

  const problem = (prompt: string, more: Partial<Problem> = {}): Problem => ({
    id: prompt,
    key: 0,
    prompt,
    answer: "1",
    features: {},
    ...more,
  });

  it("are cut in the question, inside what all of them say", () => {
    const asked = [
      problem("Question: a b c d\nAnswer:", { question: "Say it.\n\nall of 1 is one. Now?" }),
      problem("Question: e f g h\nAnswer:", { question: "Say it.\n\nall of 2 is two. Now?" }),
    ];
    expect(partialProblems(asked, 0.5).map(({ prompt, hidden }) => [prompt, hidden])).toEqual([
      ["Say it.\n\nall of", " 1 is one. Now?"],
      ["Say it.\n\nall of", " 2 is two. Now?"],
    ]);
  });

  it.each([
    [["one\ntwo?"], "", ""],
    [["\none", "two"], "", ""],
    [["Do:\n1 + 1\n", "Do:\n1 + 2\n"], "Do:\n", "\n"],
    [["same", "same"], "", "same"],
  ])("%j stand in the frame %j … %j", (texts, start, end) => {
    expect(frameOf(texts)).toEqual({ start, end });
  });
});

describe("a continuation", () => {
  const hidden = " and eats one. How many are left?";

  it("is exact where it starts with the rest, spaces aside", () => {
    expect(compareContinuation(hidden, `${hidden.replace(" ", "\n")}\n2`)).toEqual({
      exact: true,
      rougeL: 14 / 15,
    });
    expect(compareContinuation(hidden, " and eats two. How many are left?")).toEqual({
      exact: false,
      rougeL: 6 / 7,
    });
    expect(compareContinuation(hidden, "Once upon a time.")).toEqual({ exact: false, rougeL: 0 });
  });
});

/** Continuations of which a share is exact. */
function continuations(n: number, exact: number, seed: number, shown = 0.6): Continuation[] {
  const random = stream(seed, "test");
  return Array.from({ length: n }, (_, i) => {
    const isExact = random.uniform() < exact;
    const overlap = isExact ? 1 : random.uniform() / 2;
    return { problem: `${i}`, shown, exact: isExact, rougeL: overlap, correct: Number(isExact) };
  });
}

describe("the verdict", () => {
  it("is that it was seen, where the benchmark is known far better than the control", () => {
    const own = [...continuations(100, 0.02, 1, 0.4), ...continuations(100, 0.4, 2, 0.6)];
    const control = [...continuations(100, 0, 3, 0.4), ...continuations(100, 0, 4, 0.6)];
    const verdict = probeVerdict(own, control);
    expect(verdict).toMatchObject({ seen: true, shown: 0.6 });
    const [, at60] = compareProbes(own, control);
    expect(at60?.difference.exact?.estimate).toBe(verdict.difference?.estimate);
    expect(verdict.difference?.ci[0]).toBeLessThan(at60?.difference.exact?.ci[0] ?? 0);
  });

  it("calls clean benchmarks seen in at most a few of a hundred probes", () => {
    const isSeen = (seed: number) => {
      const side = (of: number) =>
        [0.4, 0.6, 0.8].flatMap((shown, s) =>
          continuations(100, [0.02, 0.05, 0.1][s] ?? 0, 10 * seed + 3 * of + s, shown),
        );
      return probeVerdict(side(0), side(1)).seen === true;
    };
    const alarms = Array.from({ length: 400 }, (_, seed) => isSeen(seed)).filter(Boolean).length;
    // At most 2.5% a side over all shares; 22 of 400 would be 4 standard errors more.
    expect(alarms).toBeLessThan(22);
  });

  it("is open where nothing was answered", () => {
    expect(probeVerdict([], continuations(9, 0, 0))).toMatchObject({ seen: null });
    const undecided = continuations(9, 0, 0).map((each) => ({ ...each, correct: null }));
    const [comparison] = compareProbes(undecided, continuations(9, 0, 1));
    expect(comparison?.difference.accuracy).toBeNull();
    expect(comparison?.difference.exact).not.toBeNull();
  });
});

describe("detection", () => {
  it("is the area under the curve of any measure, without what is undecided", () => {
    const [leaked, clean] = [continuations(200, 1, 5), continuations(200, 0, 6)];
    for (const measure of ["exact", "rougeL", "accuracy"] as const) {
      expect(detection(leaked, clean, measure).auc).toBe(1);
      expect(detection(clean, continuations(200, 0, 7), measure).auc).toBeCloseTo(0.5, 1);
    }
    const undecided = leaked.map((each, i) => (i % 2 ? { ...each, correct: null } : each));
    expect(detection(undecided, clean, "accuracy").auc).toBe(1);
  });
});
