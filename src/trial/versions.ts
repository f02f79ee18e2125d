/** Versions of what made a run. */
import { readFileSync } from "node:fs";
import { z } from "zod";

const packageSchema = z.object({ name: z.string(), version: z.string() });

/** This package's and Node's version. */
export function versions(): Record<string, string> {
  // The same place from `src/trial` and from `dist/trial`.
  const path = new URL("../../package.json", import.meta.url);
  const { name, version } = packageSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  return { [name]: version, node: process.version };
}
