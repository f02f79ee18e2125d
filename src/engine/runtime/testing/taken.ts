/** Uses the JavaScript binding first, which creates an environment without a shared thread pool. */
import { InferenceSession } from "onnxruntime-node";
import { EngineError } from "../../../errors.ts";
import { openRuntime } from "../index.ts";
import { buildModel } from "../model.ts";

const scalar = ["float32", []] as const;
await InferenceSession.create(
  buildModel([{ type: "Neg", inputs: ["a"], outputs: ["b"] }], { a: scalar }, { b: scalar }),
);
const error: unknown = await openRuntime({ threads: 2 }).catch((reason: unknown) => reason);
console.log(error instanceof EngineError ? error.code : error);
