/** Opens ONNX Runtime, once a process. */
import { EngineError } from "../../errors.ts";
import { createEnvironment } from "./environment.ts";
import { runtimeVersion } from "./library.ts";
import { selfTest } from "./selftest.ts";

export interface RuntimeOptions {
  /** threads inside an operator, this one included; best is the number of physical cores */
  readonly threads: number;
}

export interface Runtime {
  /** of the ONNX Runtime library */
  readonly version: string;
  readonly threads: number;
}

let opened: { readonly threads: number; readonly runtime: Promise<Runtime> } | undefined;

/**
 * Loads ONNX Runtime, starts its threads and tests it (about 0.1 s). Later calls with the same options return the
 * same runtime; it lives until the process ends.
 *
 * @throws EngineError `runtime-threads` if it is open with another number of threads, `runtime-platform`,
 *   `runtime-load`, `runtime-version`, `runtime-self-test`
 */
export function openRuntime({ threads }: RuntimeOptions): Promise<Runtime> {
  if (!Number.isSafeInteger(threads) || threads < 1) {
    return Promise.reject(
      new EngineError(`the runtime cannot have ${threads} threads`, {
        code: "runtime-threads",
        hint: "Pass a whole number, 1 or more.",
        field: "threads",
      }),
    );
  }
  opened ??= { threads, runtime: start(threads) };
  if (opened.threads === threads) return opened.runtime;
  return Promise.reject(
    new EngineError(
      `the runtime has ${opened.threads} threads already, ${threads} were asked for`,
      {
        code: "runtime-threads",
        hint: "All engines of a process share one thread pool: give them the same number of threads.",
        field: "threads",
      },
    ),
  );
}

async function start(threads: number): Promise<Runtime> {
  createEnvironment(threads);
  await selfTest();
  return { version: runtimeVersion(), threads };
}
