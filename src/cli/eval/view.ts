/** What an evaluation says while it goes on: a bar with the time left, then a table a benchmark; or events in JSON. */
import type { EvaluationEvent } from "../../eval/index.ts";
import type { BenchResult, MeanOverProblems } from "../../records/index.ts";
import type { CliContext } from "../context.ts";
import { count, decimal, duration, intervalPoints, percent, plural } from "../ui/format.ts";
import { table } from "../ui/table.ts";
import type { Terminal } from "../ui/terminal.ts";
import { jsonView, liveView, missingTeller, type View } from "../ui/view.ts";

export function evaluationView(
  context: Pick<CliContext, "out" | "err" | "signal">,
  json: boolean,
): View<EvaluationEvent> {
  const { out, err } = context;
  if (json) return jsonView(out);
  const tellMissing = missingTeller(err);
  return liveView(context, (event, screen) => {
    const { print, progress } = screen;
    switch (event.event) {
      case "start":
        for (const line of startLines(event, out)) print(line);
        break;
      case "progress": {
        const { bench, done, total, secondsLeft } = event;
        const left = secondsLeft === null ? "" : `  ${duration(secondsLeft)} left`;
        const facts = `${count(done)}/${count(total)} samples${left}`;
        progress({ what: bench, share: total === 0 ? 1 : done / total, facts });
        break;
      }
      case "missing":
        tellMissing(screen, `${event.problem}, k = ${event.k}: ${event.reason}`);
        break;
      case "result":
        print("");
        for (const line of resultLines(event.result, out)) print(line);
        break;
      case "summary":
        print("");
        print(out.paint("dim", `Samples and summary: ${event.directory}`));
        break;
    }
  });
}

function startLines(
  { model, benches, samples, done, total }: Extract<EvaluationEvent, { event: "start" }>,
  { paint }: Terminal,
): string[] {
  const names = benches.map(({ name, problems }) => `${name} (${plural(problems, "problem")})`);
  return [
    `${paint("bold", model)}  ${names.join(", ")}, ${plural(samples, "sample")} a problem`,
    ...(done === 0 ? [] : [`Going on: ${done} of ${total} samples are there.`]),
  ];
}

function withInterval(mean: MeanOverProblems | undefined): string {
  if (mean === undefined) return "–";
  return `${percent(mean.estimate)}${mean.ci === null ? "" : ` ${intervalPoints(mean.ci)}`}`;
}

/** Lines of one benchmark: the metrics with their intervals, and what stands behind them. */
export function resultLines(result: BenchResult, { paint }: Pick<Terminal, "paint">): string[] {
  const { bench, problems, samples, avg, pass, maj, parts } = result;
  const title = `${plural(problems, "problem")}, ${plural(samples, "sample")} each`;
  const lines = [paint("bold", bench) + paint("dim", `  ${title}, 95% intervals over problems`)];
  lines.push(`  avg@${samples}  ${withInterval(avg ?? undefined)}`);
  for (const [name, mean] of Object.entries(parts)) {
    lines.push(`  ${name}, avg@${samples}  ${withInterval(mean)}`);
  }
  if (samples > 1) {
    const rows = pass.map((at) => [
      String(at.k),
      withInterval(at),
      withInterval(maj.find(({ k }) => k === at.k)),
    ]);
    const columns = [
      { title: "k", align: "right" },
      { title: "pass@k", align: "right" },
      { title: "maj@k", align: "right" },
    ] as const;
    lines.push(...table(columns, rows).map((line) => `  ${line}`));
  }
  return [...lines, `  ${behind(result).join(" · ")}`];
}

function behind(result: BenchResult): string[] {
  const { extractionFailures, truncated, ungraded, missing, tokens, lengthMean, time } = result;
  const speed = time.tokensPerSecond;
  return [
    `no answer ${percent(extractionFailures)}`,
    `cut at the limit ${percent(truncated)}`,
    ...(ungraded === 0 ? [] : [`${ungraded} ungraded`]),
    ...(missing === 0 ? [] : [`${missing} missing`]),
    ...(tokens === null ? [] : [`${count(tokens)} tokens, ${decimal(lengthMean)} a sample`]),
    `${duration(time.seconds)}${speed === null ? "" : `, ${count(speed)} tokens/s`}`,
  ];
}
