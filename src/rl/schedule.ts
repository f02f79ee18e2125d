/** The learning rate of each optimiser update. */
import type { GrpoConfig } from "./config.ts";

/** Optimiser updates of a whole run. */
export function totalUpdates({
  steps,
  epochs,
  updates,
}: Pick<GrpoConfig, "steps" | "epochs" | "updates">): number {
  return steps * epochs * updates;
}

/**
 * Linear warm-up over the first share of all updates, then constant, or half a cosine down towards 0.
 *
 * @param update 0 … totalUpdates − 1, counted over the whole run
 */
export function scheduledRate(
  config: Pick<GrpoConfig, "learningRate" | "schedule" | "warmup" | "steps" | "epochs" | "updates">,
  update: number,
): number {
  const total = totalUpdates(config);
  const warm = Math.ceil(config.warmup * total);
  if (update < warm) return config.learningRate * ((update + 1) / warm);
  const shape: { readonly [S in GrpoConfig["schedule"]]: () => number } = {
    constant: () => 1,
    cosine: () => (1 + Math.cos((Math.PI * (update - warm)) / (total - warm))) / 2,
  };
  return config.learningRate * shape[config.schedule]();
}
