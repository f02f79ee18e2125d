/** Opening the runtime, and what only a process of its own can show. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { openRuntime, runtimeVersion, Session } from "./index.ts";

/** Runs a script of `testing/` in a process; a crash rejects. */
async function script(name: string): Promise<string> {
  const path = fileURLToPath(new URL(`testing/${name}`, import.meta.url));
  const args = ["--expose-gc", "--import", "tsx", path];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  expect(stderr).toBe("");
  return stdout.trim();
}

test("opens once a process, with one number of threads", async () => {
  expect(() => Session.create(new Uint8Array(), { name: "early" })).toThrow(
    expect.objectContaining({ code: "runtime-closed" }),
  );
  await expect(openRuntime({ threads: 0 })).rejects.toMatchObject({ code: "runtime-threads" });
  const [first, second] = await Promise.all([
    openRuntime({ threads: 2 }),
    openRuntime({ threads: 2 }),
  ]);
  expect(second).toBe(first);
  expect(first).toEqual({ version: runtimeVersion(), threads: 2 });
  await expect(openRuntime({ threads: 1 })).rejects.toMatchObject({
    code: "runtime-threads",
    message: "the runtime has 2 threads already, 1 were asked for",
  });
});

test("survives the collection of sessions and tensors, also of those in use", async () => {
  expect(await script("collect.ts")).toBe("collected");
});

test("says so when the JavaScript binding was used first", async () => {
  expect(await script("taken.ts")).toBe("runtime-taken");
});
