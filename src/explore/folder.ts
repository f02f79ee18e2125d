/** The folder of one exploration: its record, and the traces that are there so far. */
import { join } from "node:path";
import { claimFolder, RowFile, writeJsonAtomic, type Release } from "../io/index.ts";
import {
  EXPLORATION_FILES,
  explorationSchema,
  traceRowSchema,
  type ExplorationRecord,
  type TraceRow,
} from "./records.ts";

type TraceKey = Pick<TraceRow, "level" | "index" | "k">;

const CLAIM = { file: EXPLORATION_FILES.run, schema: explorationSchema, what: "exploration" };

/** An exploration's folder, held by one process from `open` to `close`; rows are on disk when `append` returns. */
export class ExplorationFolder {
  readonly directory: string;
  readonly #traces: RowFile<TraceKey, TraceRow>;
  readonly #release: Release;

  private constructor(directory: string, traces: RowFile<TraceKey, TraceRow>, release: Release) {
    this.directory = directory;
    this.#traces = traces;
    this.#release = release;
  }

  /**
   * Makes the folder, or goes on with it where it holds this very exploration.
   *
   * @throws InputError `other-run` or `folder-taken` where it holds something else, `folder-busy` until who has it closes
   */
  static async open(directory: string, record: ExplorationRecord): Promise<ExplorationFolder> {
    const file = join(directory, EXPLORATION_FILES.traces);
    const keyOf = ({ level, index, k }: TraceKey) => `${level}/${index}/${k}`;
    return claimFolder(directory, record, CLAIM, async (release) => {
      const sums = [join(directory, EXPLORATION_FILES.summary)];
      const traces = await RowFile.open(file, traceRowSchema, keyOf, sums);
      return new ExplorationFolder(directory, traces, release);
    });
  }

  has(trace: TraceKey): boolean {
    return this.#traces.has(trace);
  }

  /** traces that are there */
  get size(): number {
    return this.#traces.size;
  }

  /** In the order of levels, problems and samples, whatever the order in which they ended. */
  get rows(): TraceRow[] {
    return this.#traces.rows.sort((a, b) => a.level - b.level || a.index - b.index || a.k - b.k);
  }

  append(rows: readonly TraceRow[]): Promise<void> {
    return this.#traces.append(rows);
  }

  async writeSummary(summary: unknown): Promise<void> {
    await writeJsonAtomic(join(this.directory, EXPLORATION_FILES.summary), summary);
  }

  /** Gives the folder back. */
  async close(): Promise<void> {
    try {
      await this.#traces.close();
    } finally {
      await this.#release();
    }
  }
}
