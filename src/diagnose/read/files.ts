/** Which files of a folder are logs, and which of them belong to one run. */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { InputError } from "../../errors.ts";
import { systemCode } from "../../io/index.ts";
import { LOG_FILES } from "./rows.ts";

export interface RunFiles {
  /** folder of the run relative to what was given; `.` for the folder or file itself */
  readonly name: string;
  readonly files: readonly string[];
}

/** A folder that holds one of these is a run. */
const RUN_MARKS = ["run.json", "metrics.jsonl", "trainer_state.json"];

/** Folders of weights, packages and version control: nothing in them is a log. */
const NO_LOGS = new Set(["checkpoint", "node_modules", ".git"]);

interface Found {
  readonly logs: readonly string[];
  /** folders of runs, by the files that mark one */
  readonly runs: ReadonlySet<string>;
}

/**
 * The runs of a file or folder.
 *
 * @throws InputError where there is no log file
 */
export async function findRuns(path: string): Promise<RunFiles[]> {
  const information = await stat(path).catch((error: unknown) => {
    throw new InputError(`${path}: cannot be read (${systemCode(error) ?? "unknown"})`, {
      code: "file-missing",
      hint: "Give a log file, or the folder that a run wrote.",
      file: path,
      cause: error,
    });
  });
  if (information.isFile()) return [{ name: ".", files: [path] }];
  const { logs, runs } = await walk(path);
  const files = latestStates(logs);
  if (files.length === 0) {
    throw new InputError(`${path} holds no log file`, {
      code: "no-logs",
      hint: `Logs end in ${LOG_FILES.join(", ")}.`,
      file: path,
    });
  }
  return groupByRun(path, files, runs);
}

async function walk(directory: string): Promise<Found> {
  const logs: string[] = [];
  const runs = new Set<string>();
  const entries = await readdir(directory, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => naturally(a.name, b.name))) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      if (NO_LOGS.has(entry.name)) continue;
      const inner = await walk(path);
      logs.push(...inner.logs);
      for (const run of inner.runs) runs.add(run);
      continue;
    }
    if (RUN_MARKS.includes(entry.name)) runs.add(runFolderOf(path));
    if (LOG_FILES.some((ending) => entry.name.endsWith(ending))) logs.push(path);
  }
  return { logs, runs };
}

const order = new Intl.Collator("en", { numeric: true });

/** `10.jsonl` after `9.jsonl`. */
const naturally = (a: string, b: string) => order.compare(a, b);

/** Each checkpoint holds the whole history up to it: only the last one of a folder is read. */
function latestStates(files: readonly string[]): string[] {
  const last = new Map<string, string>();
  for (const file of files) {
    if (basename(file) === "trainer_state.json") last.set(runFolderOf(file), file);
  }
  return files.filter(
    (file) => basename(file) !== "trainer_state.json" || last.get(runFolderOf(file)) === file,
  );
}

/** The run of `RUN/checkpoint-40/trainer_state.json` is `RUN`. */
function runFolderOf(file: string): string {
  const folder = dirname(file);
  return /^checkpoint-\d+$/.test(basename(folder)) ? dirname(folder) : folder;
}

/** Files go to the nearest folder above them that looks like a run; where fewer than two do, all is one run. */
function groupByRun(
  root: string,
  files: readonly string[],
  marked: ReadonlySet<string>,
): RunFiles[] {
  if (marked.size < 2) return [{ name: ".", files }];
  const groups = new Map<string, string[]>();
  for (const file of files) {
    let folder = dirname(file);
    while (!marked.has(folder) && folder !== root && folder !== dirname(folder)) {
      folder = dirname(folder);
    }
    // What no run owns, such as the evaluation of the untrained model, is no run's log.
    if (marked.has(folder)) groups.set(folder, [...(groups.get(folder) ?? []), file]);
  }
  // Runs that have begun and written nothing: the logs beside them are somebody else's.
  if (groups.size === 0) return [{ name: ".", files }];
  return [...groups].map(([folder, own]) => ({ name: relative(root, folder) || ".", files: own }));
}

/** The step in `completions_00040.parquet`, `40.jsonl` or `eval_samples_step_40.jsonl`. */
export function stepInName(path: string): number | null {
  const found = /(?:^|step_?|completions_|iteration_|train_)(\d+)\.\w+(?:\.gz)?$/.exec(
    basename(path),
  );
  return found === null ? null : Number(found[1]);
}
