/** The process-wide state of ONNX Runtime: one environment, one thread pool and one memory arena for all sessions. */
import { EngineError } from "../../errors.ts";
import { addressOf, check, ort, type Pointer, receive } from "./library.ts";

/** 4 is fatal: failures reach the user as errors, not as lines on stderr. */
const LOG_SEVERITY = 4;
const OPTIMIZE_ALL = 99;
const DEVICE_ALLOCATOR = 0;
const ARENA_ALLOCATOR = 1;
const DEFAULT_MEMORY = 0;

export interface Environment {
  readonly threads: number;
  readonly env: Pointer;
  /** of memory that we own and ONNX Runtime only uses */
  readonly memoryInfo: Pointer;
}

let current: Environment | undefined;

/** @throws EngineError `runtime-closed` before `openRuntime` */
export function environment(): Environment {
  if (current !== undefined) return current;
  throw new EngineError("the runtime is not open", {
    code: "runtime-closed",
    hint: "Call `await openRuntime({ threads })` first.",
  });
}

/** Creates the environment. It lives until the process ends: ONNX Runtime allows one a process. */
export function createEnvironment(threads: number): Environment {
  const api = ort();
  const options = receive("creating thread options", (out) => api.CreateThreadingOptions(out));
  check(api.SetGlobalIntraOpNumThreads(options, threads), "setting threads");
  check(api.SetGlobalInterOpNumThreads(options, 1), "setting threads");
  check(api.SetGlobalSpinControl(options, 1), "setting spinning");
  check(api.SetGlobalDenormalAsZero(options), "setting denormals");
  const env = receive("creating the environment", (out) =>
    api.CreateEnvWithGlobalThreadPools(LOG_SEVERITY, "placebo", options, out),
  );
  api.ReleaseThreadingOptions(options);
  registerArena(env);
  const memoryInfo = receive("describing memory", (out) =>
    api.CreateCpuMemoryInfo(DEVICE_ALLOCATOR, DEFAULT_MEMORY, out),
  );
  current = { threads, env, memoryInfo };
  return current;
}

/** One arena that all sessions share, and that grows by what is asked for instead of doubling. */
function registerArena(env: Pointer): void {
  const api = ort();
  const key = Buffer.from("arena_extend_strategy\0");
  const keys = new BigUint64Array([addressOf(key)]);
  const config = receive("configuring the arena", (out) =>
    api.CreateArenaCfgV2(keys, new BigUint64Array([1n]), keys.length, out),
  );
  const info = receive("describing the arena", (out) =>
    api.CreateCpuMemoryInfo(ARENA_ALLOCATOR, DEFAULT_MEMORY, out),
  );
  check(api.CreateAndRegisterAllocator(env, info, config), "registering the arena");
  api.ReleaseArenaCfg(config);
}

const CONFIG: Readonly<Record<string, string>> = {
  "session.use_env_allocators": "1",
  // It would fuse the explicit transposes back that make weight gradients plain, faster products.
  "optimization.disable_specified_optimizers": "MatmulTransposeFusion",
};

/** Session options with our defaults; `config` adds or replaces entries. The caller releases them. */
export function createSessionOptions(config: Readonly<Record<string, string>>): Pointer {
  const api = ort();
  const options = receive("creating session options", (out) => api.CreateSessionOptions(out));
  check(api.DisablePerSessionThreads(options), "sharing threads");
  check(api.SetSessionGraphOptimizationLevel(options, OPTIMIZE_ALL), "setting optimisations");
  check(api.SetSessionLogSeverityLevel(options, LOG_SEVERITY), "setting the log level");
  // Patterns are kept per shape: 8.4 instead of 5.9 GB in training, at the same speed.
  check(api.DisableMemPattern(options), "disabling memory patterns");
  for (const [key, value] of Object.entries({ ...CONFIG, ...config })) {
    check(api.AddSessionConfigEntry(options, key, value), `setting ${key}`);
  }
  return options;
}
