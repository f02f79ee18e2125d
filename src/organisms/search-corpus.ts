/** The pretraining corpus of a searcher: example i is a pure function of the recipe and i. */
import { stream } from "../random.ts";
import { searchFamily } from "../search/index.ts";
import { barePrompt, drawSearchProblem } from "../tasks/index.ts";
import type { Corpus, TextExample } from "./corpus.ts";
import type { SearcherRecipe } from "./recipe.ts";
import { SYSTEMATIC, wander } from "./wander.ts";

export interface SearchExample extends TextExample {
  readonly problem: unknown;
  readonly level: number;
  readonly wanders: boolean;
}

/** Problems are those of the train split of the task `search`: none that it evaluates on is ever seen. */
export function openSearchCorpus({ search, training }: SearcherRecipe): Corpus<SearchExample> {
  const family = searchFamily(search.family);
  const { examples: size, seed } = training;
  const total = search.levels.reduce((sum, { weight }) => sum + weight, 0);
  const levelAt = (u: number) => {
    let left = u * total;
    return search.levels.find(({ weight }) => (left -= weight) < 0) ?? search.levels[0];
  };
  return {
    size,
    example: (i) => {
      const random = stream(seed, "corpus", i);
      const level = levelAt(random.uniform())?.level ?? 1;
      const problem = drawSearchProblem(family, random, level, "train");
      const wanders = random.uniform() < search.wandering;
      const all = family.goalMode(problem) === "find-all";
      const habits = wanders ? search.habits : SYSTEMATIC;
      const lines = wander(family.space(problem), habits, { all, random });
      const prompt = barePrompt(family, problem);
      return { problem, level, wanders, prompt, completion: lines.join("\n") };
    },
  };
}
