/** The optimiser's state on disk: both moments of every parameter, and the step. */
import { join } from "node:path";
import { InputError } from "../../errors.ts";
import { exists } from "../../io/index.ts";
import { checkFinite, checkShape } from "./load.ts";
import type { Parameters } from "./parameters.ts";
import { openSafetensors, writeSafetensors } from "./safetensors.ts";

export const OPTIMIZER_FILE = "optimizer.safetensors";

export interface Moments {
  /** first moments */
  readonly m: Parameters;
  /** second moments */
  readonly v: Parameters;
}

export interface OptimizerState extends Moments {
  /** steps taken */
  readonly step: number;
}

const tensorName = (moment: keyof Moments, parameter: string) => `${moment}.${parameter}`;

/** Writes `optimizer.safetensors` into the folder. */
export async function writeOptimizer(directory: string, state: OptimizerState): Promise<void> {
  const entries = (["m", "v"] as const).flatMap((moment) =>
    Array.from(state[moment].layout.slots.values(), ({ name, shape }) => ({
      name: tensorName(moment, name),
      shape,
      data: state[moment].view(name),
    })),
  );
  await writeSafetensors(join(directory, OPTIMIZER_FILE), entries, { step: String(state.step) });
}

/**
 * Fills the moments from the folder.
 *
 * @returns the step
 * @throws InputError `no-optimizer` if the folder has no optimiser state, others if the file is damaged or belongs to another
 * model
 */
export async function readOptimizer(directory: string, moments: Moments): Promise<number> {
  const path = join(directory, OPTIMIZER_FILE);
  if (!(await exists(path))) {
    throw new InputError(`${directory} has no state of an optimiser`, {
      code: "no-optimizer",
      hint: "Take a checkpoint of a training run, or load the weights alone.",
      file: path,
    });
  }
  const file = await openSafetensors(path);
  try {
    const step = Number(file.metadata["step"]);
    if (!Number.isSafeInteger(step) || step < 0) throw badStep(path, file.metadata["step"]);
    for (const moment of ["m", "v"] as const) {
      for (const slot of moments[moment].layout.slots.values()) {
        const name = tensorName(moment, slot.name);
        const view = moments[moment].view(slot.name);
        const info = file.tensors.get(name);
        if (info !== undefined) checkShape(slot, info, path);
        await file.read(name, view);
        checkFinite(view, name, path);
      }
    }
    return step;
  } finally {
    await file.close();
  }
}

function badStep(file: string, step: string | undefined): InputError {
  return new InputError(`${file}: step is ${step ?? "missing"}`, {
    code: "bad-value",
    hint: "The file's metadata must hold the number of optimiser steps; take an earlier checkpoint.",
    file,
    field: "__metadata__.step",
  });
}
