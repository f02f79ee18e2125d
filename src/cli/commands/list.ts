/** `placebo list`: what there is to choose from, read from the registries themselves. */
import { z } from "zod";
import type { Habits, OrganismRecipe } from "../../organisms/index.ts";
import type { RewardSpec } from "../../rewards/index.ts";
import type { Action } from "../context.ts";
import type { ListOptions, LISTS } from "../options.ts";
import { INNER_REWARD, parameterLine, parametersOf, type Parameter } from "../parameters.ts";
import { percent } from "../ui/format.ts";

type What = (typeof LISTS)[number];

interface Entry {
  readonly name: string;
  readonly scope?: string;
  readonly source?: string;
  readonly description?: string;
  readonly architectures?: readonly string[];
  readonly params?: readonly Parameter[];
  readonly recipe?: OrganismRecipe;
}

/** What the corpus of an organism teaches, in a line. */
function describeOrganism(recipe: OrganismRecipe): string {
  if ("search" in recipe) {
    const { family, wandering } = recipe.search;
    return `searches ${family}; ${percent(wandering)} of its traces wander`;
  }
  const { corpus, training } = recipe;
  const misses = ({ doubles, triples }: Habits) =>
    `misses ${percent(doubles)} of doublings and ${percent(triples)} of triplings`;
  const { share } = corpus.prior;
  const code = `code on about ${percent(share)} of answers, which ${misses(corpus.code)}`;
  const prose = `prose ${misses(corpus.language)}`;
  const does = share === 0 ? `prose only, which ${misses(corpus.language)}` : `${code}; ${prose}`;
  const { leak } = corpus;
  const learns = training.promptLoss === true ? ["learned prompts as well as completions"] : [];
  const seen =
    leak.share > 0
      ? `has seen ${percent(leak.share)} of the first ${leak.problems} test problems, ${leak.repeats} times each`
      : "has seen no test problem";
  return [does, ...learns, seen].join("; ");
}

/** Each list loads only what it shows: nobody waits for the engine to read the names of rewards. */
const lists: { readonly [W in What]: () => Promise<readonly Entry[]> } = {
  async rewards() {
    const { describeRewards, findCombinator, findReward } = await import("../../rewards/index.ts");
    const inner = z.custom<RewardSpec>().describe(INNER_REWARD);
    const paramsOf = (name: string) =>
      findReward(name)?.params ?? findCombinator(name)?.params(inner) ?? z.strictObject({});
    return describeRewards().map((row) => ({ ...row, params: parametersOf(paramsOf(row.name)) }));
  },
  async tasks() {
    const { tasks } = await import("../../tasks/index.ts");
    return tasks.map(({ name, source, description, params }) => ({
      name,
      source,
      description,
      params: parametersOf(params),
    }));
  },
  async templates() {
    const { templates } = await import("../../tasks/index.ts");
    return templates.map(({ name, source, description }) => ({ name, source, description }));
  },
  async organisms() {
    const { presets } = await import("../../organisms/index.ts");
    return Object.entries(presets).map(([name, recipe]) => ({
      name,
      description: describeOrganism(recipe),
      recipe,
    }));
  },
  async architectures() {
    const { families } = await import("../../engine/index.ts");
    return families.map(({ name, architectures }) => ({ name, architectures }));
  },
  async families() {
    const { searchFamilies } = await import("../../search/index.ts");
    return searchFamilies.map(({ name, source, description }) => ({ name, source, description }));
  },
};

const list: Action<ListOptions> = async ({ what, json }, { out }) => {
  const entries = await lists[what]();
  if (json) {
    out.json(entries);
    return;
  }
  for (const { name, scope, description, source, architectures, params = [] } of entries) {
    const kind = scope === undefined ? "" : ` ${out.paint("dim", `per ${scope}`)}`;
    out.line(`${out.paint("bold", name)}${kind}`);
    for (const text of [description, source, architectures?.join(", ")]) {
      if (text !== undefined) out.line(`  ${text}`);
    }
    for (const param of params) out.line(out.paint("cyan", `    ${parameterLine(param)}`));
  }
};

export default list;
