/** What an exploration says while it goes on: a bar with the time left, then a table of levels; or events in JSON. */
import type { ExplorationEvent, Mean } from "../../explore/index.ts";
import type { CliContext } from "../context.ts";
import { count, duration, intervalPoints, percent } from "../ui/format.ts";
import { table } from "../ui/table.ts";
import type { Terminal } from "../ui/terminal.ts";
import { jsonView, liveView, missingTeller, type View } from "../ui/view.ts";

type Level = Extract<ExplorationEvent, { event: "level" }>;

export function explorationView(
  context: Pick<CliContext, "out" | "err" | "signal">,
  json: boolean,
): View<ExplorationEvent> {
  const { out, err } = context;
  if (json) return jsonView(out);
  const levels: Level[] = [];
  const tellMissing = missingTeller(err);
  return liveView(context, (event, screen) => {
    const { print, progress } = screen;
    switch (event.event) {
      case "start":
        if (event.done > 0) print(`Going on: ${event.done} of ${event.total} traces are there.`);
        break;
      case "progress": {
        const { done, total, secondsLeft } = event;
        const left = secondsLeft === null ? "" : `  ${duration(secondsLeft)} left`;
        const facts = `${Math.floor(done)}/${total} traces${left}`;
        progress({ what: "exploring", share: done / total, facts });
        break;
      }
      case "missing": {
        const { level, index, k, reason } = event;
        tellMissing(screen, `level ${level}, problem ${index}, k = ${k}: ${reason}`);
        break;
      }
      case "level":
        levels.push(event);
        break;
      case "summary":
        // Of nothing there is nothing to tell but where it is.
        if (levels.length > 0) for (const line of summaryLines(levels, out)) print(line);
        print(out.paint("dim", `${event.directory}: explore.json, traces.jsonl, summary.json`));
        break;
    }
  });
}

function withInterval(mean: Mean | null): string {
  if (mean === null) return "–";
  return `${percent(mean.estimate)}${mean.ci === null ? "" : ` ${intervalPoints(mean.ci)}`}`;
}

const counts = (of: Readonly<Record<string, number>>) =>
  Object.entries(of)
    .filter(([, n]) => n > 0)
    .map(([name, n]) => `${name} ${count(n)}`)
    .join(", ");

function summaryLines(levels: readonly Level[], { paint }: Pick<Terminal, "paint">): string[] {
  const right = [
    "problems",
    "traces",
    "right",
    "coverage",
    "completeness",
    "valid steps",
    "tokens",
  ];
  const columns = [
    { title: "level", align: "right" },
    ...right.map((title) => ({ title, align: "right" }) as const),
    { title: "ended by" },
  ] as const;
  const rows = levels.map((level) => [
    String(level.level),
    String(level.problems),
    String(level.traces),
    withInterval(level.correct),
    withInterval(level.coverage),
    withInterval(level.completeness),
    withInterval(level.validity),
    level.tokens === null ? "–" : count(level.tokens),
    counts(level.stops),
  ]);
  const title = `${levels[0]?.family ?? ""}  95% intervals over problems`;
  const efforts = levels.flatMap(({ level, effort }) =>
    effort === null ? [] : [`  level ${level}: ${counts({ ...effort })}`],
  );
  return [
    paint("bold", title),
    ...table(columns, rows).map((line) => `  ${line}`),
    ...(efforts.length === 0 ? [] : ["The controller's moves, and tokens for the model's say:"]),
    ...efforts,
  ];
}
