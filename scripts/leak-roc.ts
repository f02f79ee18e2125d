/**
 * What the partial-prompt probe detects, on organisms whose corpus is known to the last example: half of 100 test
 * problems stand in it 10, 30 or 60 times with their solutions, the other half do not. In Markdown: the area under
 * the ROC curve that tells the halves apart, how often the verdict of `placebo probe` says "seen", and how often it says
 * so of a clean twin. Organisms are pretrained once and kept in `.placebo/organisms`.
 *
 *     npx tsx scripts/leak-roc.ts [--seeds 8] [--repeats 10,30,60]
 */
import { parseArgs } from "node:util";
import {
  compareContinuation,
  detection,
  MEASURES,
  partialProblems,
  probeVerdict,
  SHOWN,
  type Continuation,
  type Measure,
} from "../src/analysis/index.ts";
import { openEngine, type Engine } from "../src/engine/index.ts";
import { ensureOrganism, openCorpus, presets } from "../src/organisms/index.ts";
import { average, pairedT } from "../src/statistics/index.ts";
import { isUngraded, loadTask, type Problem } from "../src/tasks/index.ts";
import { decimal, percent, printTable, withInterval } from "./markdown.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "8" },
    repeats: { type: "string", default: "10,30,60" },
  },
});
const seeds = Array.from({ length: Number(values.seeds) }, (_, seed) => seed);
const strengths = [0, ...values.repeats.split(",").map(Number)];

/** Problems of a benchmark: those of the recipe's leak, and as many for each control. */
const PROBLEMS = 100;
/** Further benchmarks and controls on the clean twin, none of which any organism has seen. */
const PAIRS = 4;

/** The preset at a size that one core pretrains in seconds. @param repeats 0 is the clean twin */
function recipeOf(repeats: number, seed: number) {
  const { model, corpus, training } = presets.leaked;
  const strength = repeats === 0 ? { share: 0 } : { repeats };
  return {
    model: { ...model, hidden: 48, intermediate: 128 },
    corpus: { ...corpus, leak: { ...corpus.leak, problems: PROBLEMS, ...strength } },
    training: { ...training, examples: 4000, batch: 16, learningRate: 1.5e-2, seed },
  };
}

const task = loadTask({ arithmetic: { steps: presets.leaked.corpus.steps } });
const drawn = (seed: number) => task.load({ split: "test", count: PROBLEMS, seed });

/** Greedy continuations at every share. */
async function probe(engine: Engine, problems: readonly Problem[]): Promise<Continuation[]> {
  const parts = SHOWN.flatMap((shown) => partialProblems(problems, shown));
  const completions = await engine.sample({
    prompts: parts.map(({ prompt }) => engine.tokenizer.encode(prompt)),
    rollouts: 1,
    params: { temperature: 0, maxTokens: engine.info.contextLength },
    key: { seed: 0, purpose: "evaluate", step: 0 },
  });
  return Promise.all(
    parts.map(async (part, p) => {
      const text = completions[p]?.[0]?.text ?? "";
      const grade = await task.grade(task.extract(text), part.answer, part);
      return {
        problem: part.id,
        shown: part.shown,
        ...compareContinuation(part.hidden, text),
        correct: isUngraded(grade) ? null : grade.value,
      };
    }),
  );
}

interface Organism {
  /** continuations of the leaked problems and of the others; of the twin, of the same halves */
  readonly leaked: readonly Continuation[];
  readonly others: readonly Continuation[];
  /** verdicts of `placebo probe`: of the benchmark with leaks, or of clean benchmarks on the twin */
  readonly seen: readonly boolean[];
}

async function study(repeats: number, seed: number): Promise<Organism> {
  const recipe = recipeOf(repeats, seed);
  const { directory } = await ensureOrganism(recipe, {
    cacheDirectory: ".placebo/organisms",
    threads: 1,
  });
  const engine = await openEngine({ model: directory, threads: 1 });
  try {
    const benchmark = await drawn(recipe.corpus.leak.seed);
    const corpus = openCorpus(recipeOf(Math.max(1, repeats), seed));
    const inCorpus = new Set<string>();
    for (let i = 0; i < corpus.size; i++) {
      const { leaked, prompt } = corpus.example(i);
      if (leaked) inCorpus.add(prompt);
    }
    const leakedIds = new Set(
      benchmark.filter(({ prompt }) => inCorpus.has(prompt)).map(({ id }) => id),
    );
    const probed = await probe(engine, benchmark);
    const pairs = repeats === 0 ? PAIRS : 1;
    const seen: boolean[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      const own = pair === 0 ? probed : await probe(engine, await drawn(100 + 2 * pair));
      const control = await probe(engine, await drawn(101 + 2 * pair));
      seen.push(probeVerdict(own, control).seen === true);
    }
    return {
      leaked: probed.filter(({ problem }) => leakedIds.has(problem)),
      others: probed.filter(({ problem }) => !leakedIds.has(problem)),
      seen,
    };
  } finally {
    await engine.close();
  }
}

const measures: readonly Measure[] = ["exact", "rougeL", "accuracy"];

/** Mean over seeds and Student's interval, which needs two of them. */
function overSeeds(of: readonly number[]): string {
  const show = (value: number) => decimal(value, 2);
  return of.length < 2 ? show(average(of)) : withInterval(pairedT(of), show);
}

const studies: { readonly repeats: number; readonly organisms: readonly Organism[] }[] = [];
const started = performance.now();
for (const repeats of strengths) {
  const organisms: Organism[] = [];
  for (const seed of seeds) {
    organisms.push(await study(repeats, seed));
    const done = studies.length * seeds.length + organisms.length;
    const seconds = (performance.now() - started) / 1000;
    const left = (seconds / done) * (strengths.length * seeds.length - done);
    console.error(`${repeats} copies, seed ${seed}: ${left.toFixed(0)} s left`);
  }
  studies.push({ repeats, organisms });
}

const at = (of: readonly Continuation[], shown: number) => of.filter((c) => c.shown === shown);
const mean = (of: readonly Continuation[], measure: Measure) =>
  average(of.flatMap((each) => MEASURES[measure](each) ?? []));

const areas: string[][] = [];
for (const { repeats, organisms } of studies) {
  const verdicts = organisms.flatMap(({ seen }) => seen);
  for (const [i, shown] of SHOWN.entries()) {
    const aucs = measures.map((measure) =>
      overSeeds(
        organisms.map(
          ({ leaked, others }) => detection(at(leaked, shown), at(others, shown), measure).auc,
        ),
      ),
    );
    const said = i === 0 ? `${verdicts.filter(Boolean).length} of ${verdicts.length}` : "";
    areas.push([i === 0 ? String(repeats) : "", percent(shown), ...aucs, said]);
  }
}
printTable(
  ["copies", "shown", "AUC, word for word", "AUC, ROUGE-L", "AUC, right answer", "seen"],
  areas,
);

const sides = ["word for word", "ROUGE-L", "right answer"].flatMap((name) => [
  `${name}, leaked`,
  "not leaked",
]);
const continued: string[][] = [];
for (const { repeats, organisms } of studies) {
  for (const [i, shown] of SHOWN.entries()) {
    const means = measures.flatMap((measure) =>
      (["leaked", "others"] as const).map((side) =>
        percent(average(organisms.map((organism) => mean(at(organism[side], shown), measure)))),
      ),
    );
    continued.push([i === 0 ? String(repeats) : "", percent(shown), ...means]);
  }
}
printTable(["copies", "shown", ...sides], continued);
