/** The families that the engine knows. A new one is a file here and a line in this list. */
import type { Family } from "./define.ts";
import { llama } from "./llama.ts";

export type { Dimensions, Family, Features, ParameterSpec } from "./define.ts";

export const families: readonly Family[] = [llama];

/** The family of the first architecture that is known; undefined if none is. */
export function findFamily(architectures: readonly string[]): Family | undefined {
  return families.find((family) =>
    family.architectures.some((architecture) => architectures.includes(architecture)),
  );
}
