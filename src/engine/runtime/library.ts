/** Finds and loads ONNX Runtime's shared library and decodes the few functions of its C API that we call. */
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import koffi, { type LibraryHandle } from "koffi";
import { EngineError } from "../../errors.ts";

/** The one version whose function table and behaviour were tested. */
export const PINNED_VERSION = "1.30.0";

/** Version of `OrtApi` that we ask for; the struct is append-only. */
const API_VERSION = 24;

/** koffi runs C on a stack of its own; its 128 KiB for asynchronous calls overflow inside ONNX Runtime. */
const STACK_BYTES = 8 * 1024 * 1024;

/** An address in this process. */
export type Pointer = bigint;
/** `null` is success; otherwise an `OrtStatus` that `check` reads and releases. */
export type Status = Pointer | null;
/** A pointer argument: an address, or memory that the call reads or fills before it returns. */
export type Memory = Pointer | NodeJS.ArrayBufferView | null;

export interface Ort {
  readonly CreateStatus: (code: number, message: string) => Status;
  readonly GetErrorCode: (status: Pointer) => number;
  readonly GetErrorMessage: (status: Pointer) => string;
  readonly ReleaseStatus: (status: Pointer) => void;

  readonly CreateThreadingOptions: (out: Memory) => Status;
  readonly SetGlobalIntraOpNumThreads: (options: Pointer, threads: number) => Status;
  readonly SetGlobalInterOpNumThreads: (options: Pointer, threads: number) => Status;
  readonly SetGlobalSpinControl: (options: Pointer, spin: number) => Status;
  readonly SetGlobalDenormalAsZero: (options: Pointer) => Status;
  readonly ReleaseThreadingOptions: (options: Pointer) => void;
  readonly CreateEnvWithGlobalThreadPools: (
    severity: number,
    id: string,
    options: Pointer,
    out: Memory,
  ) => Status;

  readonly CreateCpuMemoryInfo: (allocator: number, memory: number, out: Memory) => Status;
  readonly CreateArenaCfgV2: (keys: Memory, values: Memory, count: number, out: Memory) => Status;
  readonly ReleaseArenaCfg: (config: Pointer) => void;
  readonly CreateAndRegisterAllocator: (env: Pointer, info: Pointer, config: Pointer) => Status;
  readonly GetAllocatorWithDefaultOptions: (out: Memory) => Status;
  readonly AllocatorFree: (allocator: Pointer, memory: Pointer) => Status;

  readonly CreateSessionOptions: (out: Memory) => Status;
  readonly SetSessionGraphOptimizationLevel: (options: Pointer, level: number) => Status;
  readonly SetSessionLogSeverityLevel: (options: Pointer, severity: number) => Status;
  readonly DisableMemPattern: (options: Pointer) => Status;
  readonly DisablePerSessionThreads: (options: Pointer) => Status;
  readonly AddSessionConfigEntry: (options: Pointer, key: string, value: string) => Status;
  readonly ReleaseSessionOptions: (options: Pointer) => void;

  readonly CreateSessionFromArray: (
    env: Pointer,
    model: Memory,
    bytes: number,
    options: Pointer,
    out: Memory,
  ) => Status;
  readonly SessionGetInputCount: (session: Pointer, out: Memory) => Status;
  readonly SessionGetOutputCount: (session: Pointer, out: Memory) => Status;
  readonly SessionGetInputName: (
    session: Pointer,
    index: number,
    allocator: Pointer,
    out: Memory,
  ) => Status;
  readonly SessionGetOutputName: (
    session: Pointer,
    index: number,
    allocator: Pointer,
    out: Memory,
  ) => Status;
  readonly SessionGetInputTypeInfo: (session: Pointer, index: number, out: Memory) => Status;
  readonly SessionGetOutputTypeInfo: (session: Pointer, index: number, out: Memory) => Status;
  readonly ReleaseSession: (session: Pointer) => void;

  readonly CastTypeInfoToTensorInfo: (type: Pointer, out: Memory) => Status;
  readonly TensorTypeAndShape_HasShape: (info: Pointer) => boolean;
  readonly GetTensorElementType: (info: Pointer, out: Memory) => Status;
  readonly GetDimensionsCount: (info: Pointer, out: Memory) => Status;
  readonly GetDimensions: (info: Pointer, out: Memory, count: number) => Status;
  readonly GetSymbolicDimensions: (info: Pointer, out: Memory, count: number) => Status;
  readonly ReleaseTypeInfo: (type: Pointer) => void;

  readonly CreateTensorWithDataAsOrtValue: (
    info: Pointer,
    data: Memory,
    bytes: number,
    shape: Memory,
    rank: number,
    type: number,
    out: Memory,
  ) => Status;
  readonly ReleaseValue: (value: Pointer) => void;

  readonly CreateRunOptions: (out: Memory) => Status;
  readonly RunOptionsSetTerminate: (options: Pointer) => Status;
  readonly RunOptionsUnsetTerminate: (options: Pointer) => Status;
  readonly ReleaseRunOptions: (options: Pointer) => void;
  readonly Run: RunFunction;
}

type RunArguments = [
  session: Pointer,
  options: Pointer,
  inputNames: Pointer,
  inputs: Pointer,
  inputCount: number,
  outputNames: Pointer,
  outputCount: number,
  outputs: Pointer,
];

interface RunFunction {
  (...args: RunArguments): Status;
  /** The same on a libuv thread. Nothing that the addresses point to may be freed before the callback. */
  async(...args: [...RunArguments, (error: Error | null, status: Status) => void]): void;
}

type Signature = readonly [index: number, result: string, args: string];

/** Index of each function in `OrtApi`, its result and its arguments: p pointer, s string, i int, z size_t. */
const TABLE: { readonly [K in keyof Ort]: Signature } = {
  CreateStatus: [0, "p", "is"],
  GetErrorCode: [1, "i", "p"],
  GetErrorMessage: [2, "s", "p"],
  CreateSessionFromArray: [8, "p", "ppzpp"],
  Run: [9, "p", "ppppzpzp"],
  CreateSessionOptions: [10, "p", "p"],
  DisableMemPattern: [17, "p", "p"],
  SetSessionLogSeverityLevel: [22, "p", "pi"],
  SetSessionGraphOptimizationLevel: [23, "p", "pi"],
  SessionGetInputCount: [30, "p", "pp"],
  SessionGetOutputCount: [31, "p", "pp"],
  SessionGetInputTypeInfo: [33, "p", "pzp"],
  SessionGetOutputTypeInfo: [34, "p", "pzp"],
  SessionGetInputName: [36, "p", "pzpp"],
  SessionGetOutputName: [37, "p", "pzpp"],
  CreateRunOptions: [39, "p", "p"],
  RunOptionsSetTerminate: [46, "p", "p"],
  RunOptionsUnsetTerminate: [47, "p", "p"],
  CreateTensorWithDataAsOrtValue: [49, "p", "ppzpzip"],
  CastTypeInfoToTensorInfo: [55, "p", "pp"],
  GetTensorElementType: [60, "p", "pp"],
  GetDimensionsCount: [61, "p", "pp"],
  GetDimensions: [62, "p", "ppz"],
  GetSymbolicDimensions: [63, "p", "ppz"],
  CreateCpuMemoryInfo: [69, "p", "iip"],
  AllocatorFree: [76, "p", "pp"],
  GetAllocatorWithDefaultOptions: [78, "p", "p"],
  ReleaseStatus: [93, "v", "p"],
  ReleaseSession: [95, "v", "p"],
  ReleaseValue: [96, "v", "p"],
  ReleaseRunOptions: [97, "v", "p"],
  ReleaseTypeInfo: [98, "v", "p"],
  ReleaseSessionOptions: [100, "v", "p"],
  CreateEnvWithGlobalThreadPools: [119, "p", "ispp"],
  DisablePerSessionThreads: [120, "p", "p"],
  CreateThreadingOptions: [121, "p", "p"],
  ReleaseThreadingOptions: [122, "v", "p"],
  AddSessionConfigEntry: [130, "p", "pss"],
  CreateAndRegisterAllocator: [144, "p", "ppp"],
  SetGlobalIntraOpNumThreads: [147, "p", "pi"],
  SetGlobalInterOpNumThreads: [148, "p", "pi"],
  SetGlobalSpinControl: [149, "p", "pi"],
  SetGlobalDenormalAsZero: [155, "p", "p"],
  ReleaseArenaCfg: [157, "v", "p"],
  CreateArenaCfgV2: [164, "p", "ppzp"],
  TensorTypeAndShape_HasShape: [390, "b", "p"],
};

const C_TYPES: Readonly<Record<string, string>> = {
  p: "void *",
  s: "const char *",
  i: "int",
  z: "size_t",
  b: "bool",
  v: "void",
};

function cType(letter: string): string {
  const name = C_TYPES[letter];
  if (name === undefined) throw new TypeError(`no C type for ${letter}`);
  return name;
}

/** Linux, macOS and Windows; the folders hold one such file, or names of the same one. */
const LIBRARY_NAME = /^(libonnxruntime\.so\.1|libonnxruntime\.[\d.]+\.dylib|onnxruntime\.dll)$/;

/** Path of the shared library that onnxruntime-node ships for this platform. */
function libraryPath(): string {
  const require = createRequire(import.meta.url);
  const home = dirname(require.resolve("onnxruntime-node/package.json"));
  const { platform, arch } = process;
  const folder = join(home, "bin", "napi-v6", platform, arch);
  const file = existsSync(folder)
    ? readdirSync(folder).find((name) => LIBRARY_NAME.test(name))
    : undefined;
  if (file !== undefined) return join(folder, file);
  throw new EngineError(`ONNX Runtime has no library for ${platform}-${arch}`, {
    code: "runtime-platform",
    hint: "Use Linux x64 or arm64 with glibc 2.28 or newer, macOS arm64, or Windows x64 or arm64.",
  });
}

interface Loaded {
  readonly version: string;
  readonly ort: Ort;
  /** koffi unloads a library whose handle is collected, and the next call would crash: this keeps it. */
  readonly handle: LibraryHandle;
}

function load(): Loaded {
  const path = libraryPath();
  try {
    koffi.config({
      ...koffi.config(),
      sync_stack_size: STACK_BYTES,
      async_stack_size: STACK_BYTES,
    });
    const handle = koffi.load(path);
    const base: unknown = handle.func("OrtGetApiBase", "void *", [])();
    const getApi: unknown = koffi.decode(base, 0, "void *");
    const getVersion: unknown = koffi.decode(base, koffi.sizeof("void *"), "void *");
    const version = String(koffi.call(getVersion, koffi.proto("const char *", [])));
    if (version !== PINNED_VERSION) {
      throw new EngineError(`ONNX Runtime is ${version}, expected ${PINNED_VERSION}`, {
        code: "runtime-version",
        hint: `Install onnxruntime-node@${PINNED_VERSION}; other versions are untested.`,
      });
    }
    const api: unknown = koffi.call(getApi, koffi.proto("void *", ["uint32_t"]), API_VERSION);
    return { version, ort: decodeTable(api), handle };
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError(`ONNX Runtime could not be loaded: ${reason}`, {
      code: "runtime-load",
      hint: "Install again without omitting optional dependencies; no other code may use koffi first.",
      file: path,
      cause,
    });
  }
}

/** koffi's functions are untyped: TABLE has every key of `Ort`, and the self-test calls through it. */
function decodeTable(api: unknown): Ort {
  const entries = Object.entries(TABLE).map(([name, [index, result, args]]) => {
    const address: unknown = koffi.decode(api, index * koffi.sizeof("void *"), "void *");
    return [name, koffi.decode(address, koffi.proto(cType(result), Array.from(args, cType)))];
  });
  return Object.fromEntries(entries);
}

let loaded: Loaded | undefined;

function library(): Loaded {
  loaded ??= load();
  return loaded;
}

/** The C API. Loads the library on the first call. @throws EngineError */
export function ort(): Ort {
  return library().ort;
}

/** Version of the loaded ONNX Runtime library, for manifests. @throws EngineError where it cannot be loaded */
export function runtimeVersion(): string {
  return library().version;
}

/** Throws an `EngineError` with ONNX Runtime's message if the status is a failure, and releases it. */
export function check(status: Status, doing: string, code = "runtime"): void {
  if (status === null) return;
  const api = ort();
  const message = api.GetErrorMessage(status);
  api.ReleaseStatus(status);
  const line = message.split(/\s*\n\s*/).join(" ");
  throw new EngineError(`${doing} failed: ${line}`, { code, ...explain(message) });
}

/** A hint, and a code where the message tells more than the call that failed. */
function explain(message: string): { code?: string; hint: string } {
  if (/failed to allocate|bad_alloc/i.test(message)) {
    return {
      code: "runtime-memory",
      hint: "Use smaller micro-batches, fewer rollouts at once, or a shorter limit of tokens.",
    };
  }
  if (/CreateEnvWithGlobalThreadPools/.test(message)) {
    return {
      code: "runtime-taken",
      hint: "Something in this process used onnxruntime-node before: open the engine first, or in its own process.",
    };
  }
  return {
    hint: "This is ONNX Runtime's message; please report it with the command that led to it.",
  };
}

/** Calls `fn` with memory for one pointer-sized result and returns what it wrote. */
export function receive(doing: string, fn: (out: Memory) => Status): bigint {
  const out = new BigUint64Array(1);
  check(fn(out), doing);
  return out[0] ?? 0n;
}

/** The address of a view's first byte. The caller keeps the view alive as long as the address is used. */
export function addressOf(view: NodeJS.ArrayBufferView): Pointer {
  return koffi.address(view);
}

/** Reads a zero-terminated UTF-8 string. */
export function readString(address: Pointer): string {
  return koffi.decode.string(address);
}
