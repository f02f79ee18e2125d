/** The folder of one evaluation: its record, and the samples that are there so far. */
import { join } from "node:path";
import { claimFolder, RowFile, writeJsonAtomic, type Release } from "../io/index.ts";
import {
  EVALUATION_FILES,
  evaluationRunSchema,
  sampleSchema,
  type EvaluationRunRecord,
  type EvaluationSummary,
  type SampleRow,
} from "../records/index.ts";

type SampleKey = Pick<SampleRow, "bench" | "problem" | "k">;

const CLAIM = { file: EVALUATION_FILES.run, schema: evaluationRunSchema, what: "evaluation" };

/** An evaluation's folder, held by one process from `open` to `close`; rows are on disk when `append` returns. */
export class EvaluationFolder {
  readonly directory: string;
  readonly #samples: RowFile<SampleKey, SampleRow>;
  readonly #release: Release;

  private constructor(directory: string, samples: RowFile<SampleKey, SampleRow>, release: Release) {
    this.directory = directory;
    this.#samples = samples;
    this.#release = release;
  }

  /**
   * Makes the folder, or goes on with it where it holds this very evaluation.
   *
   * @param results files of this folder that the caller works out from all samples; stale once there are more
   * @throws InputError `other-run` or `folder-taken` where it holds something else, `folder-busy` until who has it closes
   */
  static async open(
    directory: string,
    record: EvaluationRunRecord,
    results: readonly string[] = [],
  ): Promise<EvaluationFolder> {
    const sums = [EVALUATION_FILES.summary, ...results].map((name) => join(directory, name));
    const file = join(directory, EVALUATION_FILES.samples);
    const keyOf = ({ bench, problem, k }: SampleKey) => JSON.stringify([bench, problem, k]);
    return claimFolder(directory, record, CLAIM, async (release) => {
      const samples = await RowFile.open(file, sampleSchema, keyOf, sums);
      return new EvaluationFolder(directory, samples, release);
    });
  }

  has(bench: string, problem: string, k: number): boolean {
    return this.#samples.has({ bench, problem, k });
  }

  /** The samples of one benchmark so far. */
  rowsOf(bench: string): SampleRow[] {
    return this.#samples.rows.filter((row) => row.bench === bench);
  }

  append(rows: readonly SampleRow[]): Promise<void> {
    return this.#samples.append(rows);
  }

  async writeSummary(summary: EvaluationSummary): Promise<void> {
    await writeJsonAtomic(join(this.directory, EVALUATION_FILES.summary), summary);
  }

  /** Gives the folder back. */
  async close(): Promise<void> {
    try {
      await this.#samples.close();
    } finally {
      await this.#release();
    }
  }
}
