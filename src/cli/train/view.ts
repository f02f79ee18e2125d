/** Progress of one training run: a line a step, and a bar with the time left below them. */
import type { EvalRow, MetricsRow } from "../../records/index.ts";
import type { CliContext } from "../context.ts";
import { count, decimal, duration, percent } from "../ui/format.ts";
import { bar } from "../ui/progress.ts";
import type { Terminal } from "../ui/terminal.ts";
import { liveView, type View } from "../ui/view.ts";

/** What a training run says while it goes on; `--json` prints it as it is. */
export type RunEvent =
  | {
      readonly event: "start";
      readonly directory: string;
      readonly parameters: number;
      readonly task: string;
      readonly reward: string;
      readonly trainProblems: number;
      readonly testProblems: number;
      /** problems that do not fit the model's context */
      readonly dropped: number;
      /** rows of the data without a gold answer */
      readonly skipped: number;
      readonly steps: number;
      /** step that it goes on after; 0: from the beginning */
      readonly step: number;
    }
  | { readonly event: "labels"; readonly done: number; readonly total: number }
  | { readonly event: "evaluation"; readonly evaluation: Omit<EvalRow, "problems"> }
  | { readonly event: "step"; readonly metrics: MetricsRow }
  | { readonly event: "done"; readonly directory: string; readonly model: string };

export function runView(
  context: Pick<CliContext, "out" | "signal">,
  { json }: { readonly json: boolean },
): View<RunEvent> {
  const { out } = context;
  if (json) return { show: out.json, close: () => undefined };
  let steps = 0;
  return liveView(context, (event, { area, print }) => {
    const progress = (what: string, share: number, rest: string) =>
      area.draw(() => [`${what} ${bar(share)} ${Math.floor(share * 100)}%  ${rest}`], true);
    switch (event.event) {
      case "start":
        steps = event.steps;
        print(startLine(event, out));
        progress("evaluating the untrained model", 0, "");
        break;
      case "labels":
        progress("drawing labels", event.done / event.total, `${event.done}/${event.total}`);
        break;
      case "evaluation":
        print(evaluationLine(event.evaluation, out));
        break;
      case "step": {
        const { step, time } = event.metrics;
        print(stepLine(event.metrics, steps));
        progress("training", step / steps, `${duration(time.secondsLeft)} left`);
        break;
      }
      case "done":
        print("");
        print(`${out.paint("green", "Trained model")}  ${event.model}`);
        print(out.paint("dim", `placebo sample --model ${event.model} --prompt "…"`));
        break;
    }
  });
}

function startLine(event: Extract<RunEvent, { event: "start" }>, { paint }: Terminal): string {
  const { task, reward, trainProblems, testProblems, dropped, skipped, parameters, step } = event;
  const lines = [
    `${paint("bold", `${task} with reward ${reward}`)}, ${count(parameters)} parameters`,
    `${trainProblems} problems to train on, ${testProblems} held out${
      dropped === 0 ? "" : `, ${dropped} left out: too long for the model's context`
    }`,
    ...(skipped === 0 ? [] : [`${skipped} rows of the data have no gold answer and are left out`]),
    ...(step === 0 ? [] : [`Going on after step ${step}.`]),
  ];
  return lines.join("\n");
}

function evaluationLine(row: Omit<EvalRow, "problems">, { paint }: Terminal): string {
  const how = row.protocol === "greedy" ? "greedy" : `average of ${row.samples} samples`;
  const facts = [
    `accuracy ${percent(row.accuracy)}`,
    `code answers ${percent(row.codeShare)}`,
    `no answer ${percent(row.extractionFailures)}`,
    `length ${decimal(row.lengthMean)}`,
  ];
  return paint("cyan", `after step ${row.step}, held out, ${how}: ${facts.join("  ")}`);
}

function stepLine(row: MetricsRow, steps: number): string {
  const { step, time } = row;
  const facts = [
    `reward ${decimal(row.rewardMean)}`,
    `accuracy ${percent(row.accuracy)}`,
    `entropy ${decimal(row.entropy)}`,
    ...(row.kl === null ? [] : [`KL ${decimal(row.kl)}`]),
    `length ${decimal(row.lengthMean)}`,
    `gradient ${decimal(row.gradNorm)}`,
    `${count(time.tokensPerSecond)} tokens/s`,
    `${duration(time.secondsLeft)} left`,
  ];
  return `step ${String(step).padStart(String(steps).length)}/${steps}  ${facts.join("  ")}`;
}
