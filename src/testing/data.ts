/** Where tests find the shared data, models and traces. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root =
  process.env["PLACEBO_DATA"] ?? fileURLToPath(new URL("../../../shared", import.meta.url));

/**
 * The path of something under PLACEBO_DATA (or `../shared` beside the repository), for example
 * `sharedPath("data/gsm8k-test.jsonl")`; undefined where it is absent: the test then skips and says so.
 */
export function sharedPath(path: string): string | undefined {
  const full = join(root, path);
  return existsSync(full) ? full : undefined;
}
