/** A process that claims folders when it is told to, for tests of the lock. */
import { lockFolder } from "../lock.ts";

/** What its parent sends: claim `directory` at the time `at`, or give back what it has. */
export type Order = { readonly directory: string; readonly at: number } | "release";

/** What it answers. */
export type Answer = "ready" | "claimed" | "busy" | "released";

let release: (() => Promise<void>) | undefined;

async function obey(order: Order): Promise<Answer> {
  if (order === "release") {
    await release?.();
    return "released";
  }
  // Several processes look at the clock, so that they begin together.
  while (Date.now() < order.at);
  const claimed = await lockFolder(order.directory);
  release = "release" in claimed ? claimed.release : undefined;
  return "release" in claimed ? "claimed" : "busy";
}

const answer = (text: Answer) => process.send?.(text);
// The parent is a test that sends nothing else.
process.on("message", (order: Order) => void obey(order).then(answer));
process.once("disconnect", () => process.exit());
answer("ready");
