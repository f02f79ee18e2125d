/** The folder of one exploration: its record, and the traces that are there so far. */
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../errors.ts";
import {
  exists,
  JsonlWriter,
  readJson,
  readJsonl,
  readText,
  writeJsonAtomic,
} from "../io/index.ts";
import {
  EXPLORATION_FILES,
  explorationSchema,
  traceRowSchema,
  type ExplorationRecord,
  type TraceRow,
} from "./records.ts";

const keyOf = ({ level, index, k }: Pick<TraceRow, "level" | "index" | "k">) =>
  `${level}/${index}/${k}`;

export class ExplorationFolder {
  readonly directory: string;
  readonly #rows: Map<string, TraceRow>;
  readonly #writer: JsonlWriter;

  private constructor(directory: string, rows: readonly TraceRow[], writer: JsonlWriter) {
    this.directory = directory;
    this.#rows = new Map(rows.map((row) => [keyOf(row), row]));
    this.#writer = writer;
  }

  /**
   * Makes the folder, or goes on with it where it holds this very exploration. A line that a kill cut is dropped.
   *
   * @throws InputError `other-run` or `folder-taken` where it holds something else
   */
  static async open(directory: string, record: ExplorationRecord): Promise<ExplorationFolder> {
    await claim(directory, record);
    const file = join(directory, EXPLORATION_FILES.traces);
    const isThere = await exists(file);
    const rows = isThere ? await readJsonl(file, traceRowSchema) : [];
    const text = isThere ? await readText(file) : "";
    const whole = Buffer.byteLength(text.slice(0, text.lastIndexOf("\n") + 1));
    return new ExplorationFolder(directory, rows, await JsonlWriter.open(file, whole));
  }

  has(trace: Pick<TraceRow, "level" | "index" | "k">): boolean {
    return this.#rows.has(keyOf(trace));
  }

  /** traces that are there */
  get size(): number {
    return this.#rows.size;
  }

  /** In the order of levels, problems and samples, whatever the order in which they ended. */
  get rows(): TraceRow[] {
    return [...this.#rows.values()].toSorted(
      (a, b) => a.level - b.level || a.index - b.index || a.k - b.k,
    );
  }

  /** On disk when it returns: a kill does not lose it. */
  async append(rows: readonly TraceRow[]): Promise<void> {
    await this.#writer.append(rows);
    await this.#writer.sync();
    for (const row of rows) this.#rows.set(keyOf(row), row);
  }

  async writeSummary(summary: unknown): Promise<void> {
    await writeJsonAtomic(join(this.directory, EXPLORATION_FILES.summary), summary);
  }

  async close(): Promise<void> {
    await this.#writer.close();
  }
}

async function claim(directory: string, record: ExplorationRecord): Promise<void> {
  const file = join(directory, EXPLORATION_FILES.run);
  if (await exists(file)) {
    const { hash } = await readJson(file, explorationSchema);
    if (hash === record.hash) return;
    throw new InputError(
      `${directory} holds another exploration (${hash}; this one is ${record.hash})`,
      {
        code: "other-run",
        hint: "Choose another folder with --out, or delete that one.",
        file,
        field: "--out",
      },
    );
  }
  await mkdir(directory, { recursive: true });
  const [foreign] = await readdir(directory);
  if (foreign !== undefined) {
    throw new InputError(`${directory} is not empty and holds no exploration (${foreign})`, {
      code: "folder-taken",
      hint: "Choose an empty or new folder with --out.",
      file: directory,
      field: "--out",
    });
  }
  await writeJsonAtomic(file, record);
}
