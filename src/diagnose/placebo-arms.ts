/** Whether a folder of runs holds a placebo: without one nobody knows what any reward would have done. */
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { rewardName } from "../records/index.ts";

const RANDOM = /random|placebo|control|bernoulli|noise|shuffled|coin/i;

const configSchema = z.object({
  arm: z.string().optional(),
  config: z.looseObject({ reward: z.unknown() }).optional(),
});

/** Rewards of ours that look at no answer. */
const PLACEBOS = new Set(["random", "bernoulli-matched", "shuffled", "constant"]);

/** A run of ours says so in its `run.json`; of other runs the folder's name must. */
export async function isPlacebo(root: string, run: string): Promise<boolean> {
  const folder = join(root, run);
  const record = await readFile(join(folder, "run.json"), "utf8").catch(() => null);
  if (record !== null) {
    const parsed = configSchema.safeParse(parseOrNull(record));
    const reward = parsed.success ? parsed.data.config?.reward : undefined;
    if (reward !== undefined) return PLACEBOS.has(rewardName(reward));
  }
  return RANDOM.test(run === "." ? basename(root) : run);
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A run.json that is no JSON says nothing about its reward; its folder's name may.
    return null;
  }
}
