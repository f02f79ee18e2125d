/** This package's version. */
import { readFileSync } from "node:fs";
import { z } from "zod";

export function packageVersion(): string {
  // The same place from `src/cli` and from `dist/cli`.
  const path = new URL("../../package.json", import.meta.url);
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(path, "utf8"))).version;
}
