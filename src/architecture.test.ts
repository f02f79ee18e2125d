/** The rules of the layout (CONTRIBUTING.md): data flows one way, and a folder is entered by its door. */
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const SRC = dirname(fileURLToPath(import.meta.url));

/** Schemas of flags stand in files that do not load the engine, since `placebo --help` must not. */
const LIGHT: ReadonlySet<string> = new Set([
  "engine/model/lora.ts",
  "eval/metrics.ts",
  "explore/problems.ts",
  "explore/records.ts",
  "models/name.ts",
  "remote/target.ts",
  "rl/config.ts",
]);

interface Import {
  /** both relative to `src`, with `/` */
  readonly from: string;
  readonly to: string;
}

async function imports(): Promise<Import[]> {
  const names = await readdir(SRC, { recursive: true });
  const product = names
    .map((name) => name.split(sep).join("/"))
    .filter((name) => name.endsWith(".ts") && !/\.test\.ts$|(^|\/)testing\//.test(name));
  const found = await Promise.all(
    product.map(async (from) => {
      const text = await readFile(join(SRC, from), "utf8");
      const statements = text.matchAll(
        /^(?:import|export)\b[^;]*?\bfrom "(\.[^"]+)";|\bimport\("(\.[^"]+)"\)/gms,
      );
      return Array.from(statements, ([, named, lazy]) => ({
        from,
        to: relative(SRC, join(SRC, dirname(from), named ?? lazy ?? ""))
          .split(sep)
          .join("/"),
      }));
    }),
  );
  return found.flat().filter(({ to }) => !to.startsWith(".."));
}

/** `rl/grpo.ts` → `rl`; a file of `src` itself is its own. */
const folderOf = (file: string) => file.split("/")[0] ?? file;

test("folders are entered by their doors", async () => {
  const all = await imports();
  expect(all.length).toBeGreaterThan(1000);
  const inner = all.filter(({ from, to }) => {
    const isOutside = folderOf(from) !== folderOf(to) && to.includes("/");
    const isLight = folderOf(from) === "cli" && LIGHT.has(to);
    return isOutside && basename(to) !== "index.ts" && !isLight;
  });
  expect(inner).toEqual([]);
});

test("data flows one way: no folder is reached from what it imports", async () => {
  const uses = new Map<string, Set<string>>();
  for (const { from, to } of await imports()) {
    const [user, used] = [folderOf(from), folderOf(to)];
    if (user === used) continue;
    uses.set(user, (uses.get(user) ?? new Set()).add(used));
  }
  const reachedFrom = (folder: string, seen = new Set<string>()): Set<string> => {
    for (const next of uses.get(folder) ?? []) {
      if (!seen.has(next)) reachedFrom(next, seen.add(next));
    }
    return seen;
  };
  for (const folder of uses.keys()) expect([...reachedFrom(folder)]).not.toContain(folder);
  const allowed = new Set(["errors.ts", "io", "records", "suggest.ts"]);
  expect([...reachedFrom("report")].filter((used) => !allowed.has(used))).toEqual([]);
});
