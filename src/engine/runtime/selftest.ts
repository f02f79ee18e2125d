/**
 * A wrong entry in the function table or a changed library corrupts memory silently, so every process first runs
 * an addition both ways and looks where the result landed.
 */
import { EngineError } from "../../errors.ts";
import { ort } from "./library.ts";
import { buildModel } from "./model.ts";
import { Session } from "./session.ts";
import { tensor } from "./tensor.ts";

/** @throws EngineError `runtime-self-test`, or whatever failed */
export async function selfTest(): Promise<void> {
  statusRoundTrip();
  const session = Session.create(additionModel(), { name: "self-test" });
  try {
    const a = tensor("float32", [2]);
    const b = tensor("float32", [2]);
    const sum = tensor("float32", [2]);
    a.data.set([1, 2]);
    b.data.set([10, 20]);
    session.runSync({ a, b }, { sum });
    expect(sum.data[0] === 11 && sum.data[1] === 22, "a sum did not land in its buffer");
    b.data.set([100, 200]);
    await session.run({ a, b }, { sum });
    expect(sum.data[0] === 101 && sum.data[1] === 202, "an asynchronous sum went astray");
    expect(refuses(session), "an output of the wrong shape was accepted");
  } finally {
    session.release();
  }
}

function expect(condition: boolean, what: string): void {
  if (condition) return;
  throw new EngineError(`the runtime's self-test failed: ${what}`, {
    code: "runtime-self-test",
    hint: "Reinstall with `npm ci`; if it persists, this platform is not supported, please report it.",
  });
}

function statusRoundTrip(): void {
  const api = ort();
  const status = api.CreateStatus(2, "grüße");
  expect(status !== null, "a status was not created");
  if (status === null) return;
  expect(api.GetErrorCode(status) === 2, "an error code was lost");
  expect(api.GetErrorMessage(status) === "grüße", "a message was lost");
  api.ReleaseStatus(status);
}

/** ONNX Runtime itself has to refuse here: the graph declares no length, so our own checks pass. */
function refuses(session: Session): boolean {
  const [a, b, sum] = [tensor("float32", [2]), tensor("float32", [2]), tensor("float32", [3])];
  try {
    session.runSync({ a, b }, { sum });
    return false;
  } catch (error) {
    return error instanceof EngineError && error.code === "session-run";
  }
}

/** sum = a + b over vectors of undeclared length */
function additionModel(): Uint8Array {
  const vector = ["float32", [""]] as const;
  return buildModel(
    [{ type: "Add", inputs: ["a", "b"], outputs: ["sum"] }],
    { a: vector, b: vector },
    { sum: vector },
  );
}
