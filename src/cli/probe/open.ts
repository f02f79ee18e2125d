/** What a probe asks: the benchmarks and the control, at every share shown, each as a benchmark of partial problems. */
import { stat } from "node:fs/promises";
import { partialProblems, type PartialProblem } from "../../analysis/index.ts";
import { InputError } from "../../errors.ts";
import type { Bench } from "../../eval/index.ts";
import type { Problem } from "../../tasks/index.ts";
import { openBenches } from "../eval/open.ts";
import { badFlag } from "../failure.ts";
import { samplingOf, type ProbeOptions } from "./options.ts";

/** A benchmark or the control at one share. */
export interface Part extends Bench {
  readonly of: Bench;
  readonly problems: readonly PartialProblem[];
}

export interface OpenProbe {
  readonly benches: readonly Bench[];
  readonly control: Bench;
  /** by share; the benchmarks first */
  readonly parts: readonly Part[];
  /** Ends the graders' workers. */
  readonly close: () => Promise<void>;
}

/** @throws InputError for wrong names and data, and where a side has fewer than two problems */
export async function openProbe(
  options: ProbeOptions,
  shares: readonly number[],
): Promise<OpenProbe> {
  const { benches, close } = await openBenches(samplingOf(options));
  try {
    for (const { name, problems } of benches) {
      if (problems.length < 2) throw tooFew("bench", name, "Give more problems.");
    }
    const control = await openControl(options, benches);
    const partsOf = (of: Bench, prefix = "") =>
      shares.map((shown) => ({
        name: `${prefix}${of.name}@${shown}`,
        grading: of.grading,
        problems: partialProblems(of.problems, shown),
        of,
      }));
    return {
      benches,
      control: control.bench,
      parts: [...benches.flatMap((bench) => partsOf(bench)), ...partsOf(control.bench, "control ")],
      close: async () => {
        await Promise.all([close(), control.close()]);
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const textOf = ({ question, prompt }: Problem) => question ?? prompt;

/**
 * As many problems as the largest benchmark has, and none of theirs.
 *
 * @throws InputError where the control holds the whole benchmark: it is the same data, not another draw of a generator
 */
async function openControl(
  { control: name, data, seed }: ProbeOptions,
  benches: readonly Bench[],
): Promise<{ readonly bench: Bench; readonly close: () => Promise<void> }> {
  // A file holds the benchmark; a folder may hold the control, too.
  const shared = data !== undefined && (await isFolder(data)) ? data : undefined;
  const opened = await openBenches({ bench: name, data: shared, seed: seed + 1 }, "control");
  try {
    const [bench, ...others] = opened.benches;
    if (bench === undefined || others.length > 0) {
      const message = `--control names ${opened.benches.length} benchmarks`;
      throw badFlag("control", message, "Name one.");
    }
    const known = new Set(benches.flatMap(({ problems }) => problems.map(textOf)));
    const own = new Set(bench.problems.map(textOf));
    const same = benches.find(({ problems }) => problems.every((each) => own.has(textOf(each))));
    if (same !== undefined) {
      throw badFlag(
        "control",
        `--control ${name} is the data of ${same.name} itself: a model that has seen one has seen both`,
        "Give a control that the model cannot have seen, such as random-calculation, or a younger benchmark.",
      );
    }
    const most = Math.max(...benches.map(({ problems }) => problems.length));
    const problems = bench.problems.filter((problem) => !known.has(textOf(problem))).slice(0, most);
    if (problems.length < 2) {
      throw tooFew("control", name, "Choose a control whose problems are not the benchmark's.");
    }
    return { bench: { ...bench, problems }, close: opened.close };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function tooFew(flag: string, name: string, hint: string): InputError {
  return new InputError(`--${flag}: ${name} has fewer than two problems to ask`, {
    code: "too-few-problems",
    hint,
    field: `--${flag}`,
  });
}
