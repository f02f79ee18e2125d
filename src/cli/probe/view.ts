/** The result of a probe as people read it: a table a benchmark, and a sentence. */
import type { Measure, ProbeComparison } from "../../analysis/index.ts";
import type { Estimate } from "../../statistics/index.ts";
import { gain, intervalPoints, percent, plural } from "../ui/format.ts";
import { table, type Column } from "../ui/table.ts";
import type { Terminal } from "../ui/terminal.ts";
import type { ProbedBench, ProbeResult } from "./result.ts";

const MEASURED: { readonly [M in Measure]: string } = {
  exact: "word for word",
  rougeL: "ROUGE-L",
  accuracy: "right answer",
};

const NAMES = ["exact", "rougeL", "accuracy"] as const satisfies readonly Measure[];

function withInterval(estimate: Estimate | null): string {
  return estimate === null ? "–" : `${percent(estimate.estimate)} ${intervalPoints(estimate.ci)}`;
}

function rowsOf({ shown, benchmark, control, difference }: ProbeComparison): string[][] {
  return NAMES.map((measure, i) => {
    const apart = difference[measure];
    return [
      i === 0 ? percent(shown) : "",
      MEASURED[measure],
      withInterval(benchmark[measure]),
      withInterval(control[measure]),
      apart === null ? "–" : gain(apart.estimate, apart.ci),
    ];
  });
}

function benchLines(
  { bench, comparisons, sentence, verdict }: ProbedBench,
  control: string,
  { paint }: Pick<Terminal, "paint">,
): string[] {
  const columns: readonly Column[] = [
    { title: "shown", align: "right" },
    { title: "continued" },
    { title: bench },
    { title: control },
    { title: "difference" },
  ];
  const [first] = comparisons;
  const sizes = `${plural(first?.problems ?? 0, "problem")}, ${plural(first?.controls ?? 0, "control")}`;
  return [
    paint("bold", bench) +
      paint("dim", `  ${sizes}, 95% intervals over problems, each row by itself`),
    ...table(columns, comparisons.flatMap(rowsOf)).map((line) => `  ${line}`),
    "",
    `  ${paint(verdict.seen ? "red" : "bold", sentence)}`,
  ];
}

export function probeLines(
  { control, benches, directory }: ProbeResult & { readonly directory: string },
  terminal: Pick<Terminal, "paint">,
): string[] {
  return [
    ...benches.flatMap((bench) => ["", ...benchLines(bench, control, terminal)]),
    "",
    terminal.paint("dim", `Continuations and result: ${directory}`),
  ];
}
