/** Run with --expose-gc: drops sessions and tensors, also during runs that use them, and collects garbage meanwhile. */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { openRuntime, type Tensor, tensor } from "../index.ts";
import { addition, chain } from "./graphs.ts";

await openRuntime({ threads: 2 });

/** Nothing but the run itself holds what it uses. */
function startAndForget(): { readonly y: Tensor; readonly running: Promise<void> } {
  const size = 256;
  const [x, w, y] = [0, 1, 2].map(() => tensor("float32", [size, size]));
  assert(x && w && y);
  for (let i = 0; i < size; i++) {
    x.data[i * size + i] = 3;
    w.data[i * size + i] = 1;
  }
  return { y, running: chain(50).run({ x, w }, { y }) };
}

async function collect(): Promise<void> {
  globalThis.gc?.();
  await setImmediate();
}

assert(globalThis.gc !== undefined);
for (let round = 0; round < 5; round++) {
  const state = { done: false };
  const { y, running } = startAndForget();
  const landed = running.finally(() => (state.done = true));
  while (!state.done) await collect();
  await landed;
  assert.equal(y.data[257], 3);

  const add = addition();
  for (let i = 0; i < 50; i++) {
    const [a, b, sum] = [tensor("float32", [8]), tensor("float32", [8]), tensor("float32", [8])];
    a.data.fill(i);
    b.data.fill(1);
    add.runSync({ a, b }, { sum });
    if (i % 10 === 0) await collect();
    assert.equal(sum.data[7], i + 1);
  }
}
await collect();
console.log("collected");
