/** What long work shows: lines that stay above an area that is drawn over, or its events in JSON. */
import type { CliContext } from "../context.ts";
import { LiveArea, STOPPING } from "./progress.ts";
import { ProgressLine, type Progress } from "./progress-line.ts";
import type { Terminal } from "./terminal.ts";

export interface View<Event> {
  readonly show: (event: Event) => void;
  /** Takes down what was drawn live. */
  readonly close: () => void;
}

export interface Screen {
  readonly area: LiveArea;
  /** Prints a line that stays. */
  readonly print: (line: string) => void;
  /** Says how far the work is: a bar on a terminal, a line now and then in a log. */
  readonly progress: (progress: Progress) => void;
}

/** @param show draws one event */
export function liveView<Event>(
  { out, signal }: Pick<CliContext, "out" | "signal">,
  show: (event: Event, screen: Screen) => void,
): View<Event> {
  const area = new LiveArea(out);
  const line = new ProgressLine(out, area);
  const progress = (so: Progress) => line.show(so);
  const print = (text: string) => {
    area.clear();
    out.line(text);
  };
  const onStop = () => print(STOPPING);
  signal.addEventListener("abort", onStop, { once: true });
  return {
    show: (event) => show(event, { area, print, progress }),
    close: () => {
      signal.removeEventListener("abort", onStop);
      area.clear();
    },
  };
}

/** Milliseconds between two progress events for machines. */
const PROGRESS_MS = 1000;

/** Events that say how far something is. */
const PROGRESS: ReadonlySet<string> = new Set(["progress", "prepare"]);

/** Every event as it is, but progress only now and then, and at its end. */
export function jsonView<
  Event extends { readonly event: string; readonly done?: unknown; readonly total?: unknown },
>(out: Terminal): View<Event> {
  let last = -Infinity;
  return {
    show: (event) => {
      if (PROGRESS.has(event.event) && event.done !== event.total) {
        if (performance.now() - last < PROGRESS_MS) return;
        last = performance.now();
      }
      out.json(event);
    },
    close: () => undefined,
  };
}

/** What a server did not give is told one by one up to here; summaries count it all. */
const MISSING_SHOWN = 5;

/** Tells of what is missing, the first few times. */
export function missingTeller(err: Terminal): (screen: Screen, what: string) => void {
  let told = 0;
  return ({ area }, what) => {
    told += 1;
    if (told > MISSING_SHOWN) return;
    area.clear();
    err.line(`${err.paint("yellow", "missing")} ${what}`);
  };
}
