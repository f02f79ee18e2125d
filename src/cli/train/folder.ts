/**
 * The folder of one training run: `run.json`, the append-only records, one checkpoint while it goes on, and the trained
 * model at the end. Killed at any moment and opened again, it goes on from the last checkpoint.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Engine } from "../../engine/index.ts";
import {
  claimFolder,
  exists,
  JsonlWriter,
  readJson,
  writeJsonAtomic,
  type Release,
} from "../../io/index.ts";
import { RUN_FILES, runSchema, type RunRecord } from "../../records/index.ts";
import type { TrainEvent } from "../../rl/index.ts";

/** The trained model, beside the records. */
export const MODEL_FOLDER = "model";

/** Names the checkpoint that counts, and the bytes of each record that belong to its steps. */
const STATE_FILE = "state.json";

const bytes = z.number().int().nonnegative();
const stateSchema = z.strictObject({
  step: z.number().int().nonnegative(),
  offsets: z.strictObject({ metrics: bytes, rollouts: bytes, evals: bytes }),
});
type State = z.infer<typeof stateSchema>;
type Files = Readonly<Record<keyof State["offsets"], JsonlWriter>>;

const CLAIM = { file: RUN_FILES.run, schema: runSchema, what: "run" };

const checkpointName = (step: number) => `${RUN_FILES.checkpoint}-${step}`;

export class RunFolder {
  readonly directory: string;
  /** where an earlier start of this run got to; absent: nowhere */
  readonly resume: { readonly step: number; readonly directory: string } | undefined;
  readonly #files: Files;
  readonly #release: Release;

  private constructor(directory: string, state: State | undefined, files: Files, release: Release) {
    this.directory = directory;
    this.#files = files;
    this.#release = release;
    this.resume = state && {
      step: state.step,
      directory: join(directory, checkpointName(state.step)),
    };
  }

  /**
   * Makes the folder, or goes on with it where it holds this very run.
   *
   * @throws InputError `folder-taken` or `other-run` where it holds something else, `folder-busy` until who has it closes
   */
  static open(directory: string, record: RunRecord): Promise<RunFolder> {
    return claimFolder(directory, record, CLAIM, (release) => RunFolder.#open(directory, release));
  }

  static async #open(directory: string, release: Release): Promise<RunFolder> {
    const file = join(directory, STATE_FILE);
    const state = (await exists(file)) ? await readJson(file, stateSchema) : undefined;
    await removeCheckpoints(directory, state?.step);
    const open = (name: keyof State["offsets"]) =>
      JsonlWriter.open(join(directory, RUN_FILES[name]), state?.offsets[name] ?? 0);
    const files = {
      metrics: await open("metrics"),
      rollouts: await open("rollouts"),
      evals: await open("evals"),
    };
    return new RunFolder(directory, state, files, release);
  }

  async append(event: TrainEvent): Promise<void> {
    if (event.kind === "evaluation") {
      await this.#files.evals.append([event.row]);
      return;
    }
    await this.#files.metrics.append([event.metrics]);
    await this.#files.rollouts.append(event.rollouts);
  }

  /** Everything up to this step can be gone on from when it returns. */
  async checkpoint(engine: Engine, step: number): Promise<void> {
    await engine.save(join(this.directory, checkpointName(step)), { optimizer: true });
    await this.#commit(step);
    await removeCheckpoints(this.directory, step);
  }

  /** Writes the trained model and drops the checkpoint. @returns the model's folder */
  async finish(engine: Engine, step: number): Promise<string> {
    const model = join(this.directory, MODEL_FOLDER);
    await engine.save(model);
    await this.#commit(step);
    await removeCheckpoints(this.directory, undefined);
    return model;
  }

  /** From here on the records up to now and the weights of this step count. */
  async #commit(step: number): Promise<void> {
    const { metrics, rollouts, evals } = this.#files;
    for (const file of [metrics, rollouts, evals]) await file.sync();
    const offsets = { metrics: metrics.offset, rollouts: rollouts.offset, evals: evals.offset };
    await writeJsonAtomic(join(this.directory, STATE_FILE), { step, offsets } satisfies State);
  }

  /** Gives the folder back. */
  async close(): Promise<void> {
    try {
      for (const file of Object.values(this.#files)) await file.close();
    } finally {
      await this.#release();
    }
  }
}

/** The trained model of a finished run, or its adapter; undefined where there is none. */
export async function trainedModel(directory: string): Promise<string | undefined> {
  const model = join(directory, MODEL_FOLDER);
  for (const file of ["config.json", "adapter_config.json"]) {
    if (await exists(join(model, file))) return model;
  }
  return undefined;
}

async function removeCheckpoints(directory: string, keep: number | undefined): Promise<void> {
  for (const name of await readdir(directory)) {
    const isOther = keep === undefined || name !== checkpointName(keep);
    if (name.startsWith(`${RUN_FILES.checkpoint}-`) && isOther) {
      await rm(join(directory, name), { recursive: true, force: true });
    }
  }
}
