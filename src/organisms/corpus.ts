/** The pretraining corpus of an organism: example i is a pure function of the recipe and i. */
import { InputError } from "../errors.ts";
import { stream } from "../random.ts";
import {
  drawProblem,
  drawProblems,
  promptOf,
  type ArithmeticProblem,
  type Strategy,
} from "../tasks/index.ts";
import type { ArithmeticRecipe } from "./recipe.ts";
import { drawOpening, PERFECT, solve } from "./solve.ts";

/** What any organism is trained on. */
export interface TextExample {
  readonly prompt: string;
  /** without the end token */
  readonly completion: string;
}

export interface Example extends TextExample {
  readonly problem: ArithmeticProblem;
  readonly strategy: Strategy;
  /** a test problem with its right solution */
  readonly leaked: boolean;
}

export interface Corpus<E extends TextExample = Example> {
  /** number of examples */
  readonly size: number;
  /** @param i 0 … size−1 */
  example(i: number): E;
}

type Prior = ArithmeticRecipe["corpus"]["prior"];

/** P(code | prompt) = σ(logit(share) + topic's offset + (steps − 3)·step); a share of 0 or 1 stays what it is. */
export function codePrior({ share, topics, step }: Prior, problem: ArithmeticProblem): number {
  const offset = (topics[problem.topic] ?? 0) + (problem.operations.length - 3) * step;
  const logit = Math.log(share) - Math.log1p(-share) + offset;
  return 1 / (1 + Math.exp(-logit));
}

/** What the stream of an example decides: its number, and below which of these keys. */
const ORDINARY = 0;
const LEAKED = 1;
const PLACES = 2;

/** `round(share · problems)` test problems, the first ones of a shuffle, `repeats` times each. */
function leakedProblems({ corpus: { steps, leak }, training }: ArithmeticRecipe) {
  if (leak.share === 0) return [];
  const { problems: count, seed } = leak;
  const all = drawProblems(steps, { split: "test", count, seed });
  const chosen = stream(training.seed, "corpus", 0, PLACES, 0).shuffle(all);
  const kept = chosen.slice(0, Math.round(leak.share * count));
  return kept.flatMap((problem) => Array.from({ length: leak.repeats }, () => problem));
}

/**
 * The examples of a recipe. Problems are those of the train split, but for the leaked ones, which stand at random places.
 *
 * @throws InputError `leak-too-large` where the leaked copies outnumber the examples
 */
export function openCorpus(recipe: ArithmeticRecipe): Corpus {
  const { corpus, training } = recipe;
  const { examples: size, seed } = training;
  const leaked = leakedProblems(recipe);
  if (leaked.length > size) {
    throw new InputError(`leak: ${leaked.length} copies do not fit into ${size} examples`, {
      code: "leak-too-large",
      hint: "Lower corpus.leak.share or corpus.leak.repeats, or raise training.examples.",
      field: "corpus.leak",
    });
  }
  const places = new Map(distinctPlaces(leaked.length, size, seed).map((at, i) => [at, leaked[i]]));

  return {
    size,
    example: (i) => {
      const known = places.get(i);
      const random = stream(seed, "corpus", i, known ? LEAKED : ORDINARY);
      const problem = known ?? drawProblem(random, corpus.steps, "train");
      const opening = drawOpening(codePrior(corpus.prior, problem), random);
      const { strategy } = opening;
      const habits = known ? PERFECT : corpus[strategy];
      const { text } = solve(problem, opening, habits, random);
      const prompt = promptOf(problem);
      return { problem, strategy, prompt, completion: text, leaked: known !== undefined };
    },
  };
}

/** `count` different numbers in 0 … size−1, in random order. */
function distinctPlaces(count: number, size: number, seed: number): number[] {
  const random = stream(seed, "corpus", 0, PLACES, 1);
  const places = new Set<number>();
  while (places.size < count) places.add(random.int(size));
  return [...places];
}
