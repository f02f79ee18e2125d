/** What an exploration says while it goes on: a bar with the time left, then a table of levels; or events in JSON. */
import type { ExplorationEvent, Mean } from "../../explore/index.ts";
import type { CliContext } from "../context.ts";
import { count, duration, intervalPoints, percent } from "../ui/format.ts";
import { bar, LiveArea, STOPPING } from "../ui/progress.ts";
import { table } from "../ui/table.ts";
import type { Terminal } from "../ui/terminal.ts";

export interface ExplorationView {
  readonly show: (event: ExplorationEvent) => void;
  /** Takes down what was drawn live. */
  readonly close: () => void;
}

type Level = Extract<ExplorationEvent, { event: "level" }>;

/** Milliseconds between two progress events for machines. */
const PROGRESS_MS = 1000;
/** Missing traces that are told one by one; the summary counts them all. */
const MISSING_SHOWN = 5;

export function explorationView(
  { out, err, signal }: Pick<CliContext, "out" | "err" | "signal">,
  json: boolean,
): ExplorationView {
  if (json) return { show: jsonEvents(out), close: () => undefined };
  const area = new LiveArea(out);
  const levels: Level[] = [];
  let missing = 0;
  const print = (line: string) => {
    area.clear();
    out.line(line);
  };
  const show = (event: ExplorationEvent) => {
    switch (event.event) {
      case "start":
        if (event.done > 0) print(`Going on: ${event.done} of ${event.total} traces are there.`);
        break;
      case "progress": {
        const { done, total, secondsLeft } = event;
        const left = secondsLeft === null ? "" : `  ${duration(secondsLeft)} left`;
        area.draw(() => [`${bar(done / total)} ${Math.floor(done)}/${total} traces${left}`]);
        break;
      }
      case "missing":
        missing += 1;
        if (missing > MISSING_SHOWN) break;
        area.clear();
        err.line(
          `${err.paint("yellow", "missing")} level ${event.level}, problem ${event.index}, k = ${event.k}: ${event.reason}`,
        );
        break;
      case "level":
        levels.push(event);
        break;
      case "summary":
        for (const line of summaryLines(levels, out)) print(line);
        print(out.paint("dim", `${event.directory}: explore.json, traces.jsonl, summary.json`));
        break;
    }
  };
  const onStop = () => print(STOPPING);
  signal.addEventListener("abort", onStop, { once: true });
  return {
    show,
    close: () => {
      signal.removeEventListener("abort", onStop);
      area.clear();
    },
  };
}

/** Every event as it is, but progress only now and then. */
function jsonEvents(out: Terminal): (event: ExplorationEvent) => void {
  let last = -Infinity;
  return (event) => {
    if (event.event === "progress") {
      if (performance.now() - last < PROGRESS_MS) return;
      last = performance.now();
    }
    out.json(event);
  };
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
