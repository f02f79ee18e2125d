/** Jobs in real processes, on a trial that fails at once. */
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { perform } from "./schedule.ts";
import { temporaryFolder } from "./testing/folders.ts";

/** Asks for a job on a folder without a trial: its worker says so. */
async function performNothing(signal: AbortSignal) {
  const folder = await temporaryFolder();
  const log = await open(join(folder, "workers.log"), "a");
  const said: string[] = [];
  try {
    const failures = await perform({
      prepare: [{ kind: "prepare", model: "m" }],
      runs: [],
      workers: 1,
      worker: { directory: folder, cacheDirectory: folder },
      log: log.fd,
      signal,
      onProgress: () => said.push("progress"),
      onDone: () => said.push("done"),
      onFailed: () => said.push("failed"),
    });
    return [...failures.map(({ message }) => message), ...said];
  } finally {
    await log.close();
    expect(await readFile(join(folder, "workers.log"), "utf8")).toBe("");
  }
}

it("does a job while nobody stops it", async () => {
  const { signal } = new AbortController();
  await expect(performNothing(signal)).rejects.toMatchObject({ code: "no-trial" });
});

it("does none when it was stopped before", async () => {
  expect(await performNothing(AbortSignal.abort())).toEqual([]);
});
