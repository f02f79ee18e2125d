/** The header of a safetensors file: 8 bytes of length, JSON, then the tensors' bytes without gaps. */
import { z } from "zod";
import { InputError } from "../../errors.ts";
import { parseInput } from "../../io/index.ts";

/** Bytes of the length before the header. */
export const PREFIX_BYTES = 8;

/** The reference implementation's limit. */
const MAX_HEADER_BYTES = 100_000_000;

const DTYPES_BY_BYTES: Readonly<Record<number, readonly string[]>> = {
  1: ["BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2"],
  2: ["U16", "I16", "F16", "BF16"],
  4: ["U32", "I32", "F32"],
  8: ["U64", "I64", "F64"],
};

/** dtype → bytes an element */
const DTYPE_BYTES = new Map(
  Object.entries(DTYPES_BY_BYTES).flatMap(([bytes, names]) =>
    names.map((name) => [name, Number(bytes)] as const),
  ),
);

export interface TensorInfo {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** elements */
  readonly length: number;
  /** bytes from the beginning of the file */
  readonly start: number;
  readonly end: number;
}

export interface Header {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
}

const metadataSchema = z.record(z.string(), z.string());

const entrySchema = z.object({
  dtype: z.enum([...DTYPE_BYTES.keys()]).describe("number format of the elements"),
  shape: z.array(z.int().nonnegative()).describe("sizes from the slowest to the fastest axis"),
  data_offsets: z
    .tuple([z.int().nonnegative(), z.int().nonnegative()])
    .describe("first byte and end, from the end of the header"),
});

/**
 * Bytes of the header by the file's first 8 bytes.
 *
 * @throws InputError `bad-safetensors`
 */
export function headerLength(prefix: Uint8Array, fileBytes: number, file: string): number {
  if (prefix.byteLength < PREFIX_BYTES) {
    throw badSafetensors(file, `it has ${fileBytes} bytes, fewer than the header's length takes`);
  }
  const { buffer, byteOffset, byteLength } = prefix;
  // Exact up to 2⁵³; above that any value exceeds the limits anyway.
  const length = Number(new DataView(buffer, byteOffset, byteLength).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES || length > fileBytes - PREFIX_BYTES) {
    throw badSafetensors(file, `its header says ${length} bytes, the file has ${fileBytes}`);
  }
  return length;
}

/** @throws InputError `bad-safetensors` or `bad-value`, naming file and tensor */
export function parseHeader(header: Uint8Array, fileBytes: number, file: string): Header {
  const dataStart = PREFIX_BYTES + header.byteLength;
  let metadata: Record<string, string> = {};
  const tensors: TensorInfo[] = [];
  for (const [name, value] of Object.entries(parseJson(header, file))) {
    if (name === "__metadata__") {
      metadata = parseInput(metadataSchema, value, { file, field: [name] });
    } else {
      tensors.push(parseTensor(name, value, dataStart, file));
    }
  }
  checkCoverage(tensors, dataStart, fileBytes, file);
  return { metadata, tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])) };
}

function parseJson(header: Uint8Array, file: string): object {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(header));
  } catch (cause) {
    throw badSafetensors(file, "its header is not JSON in UTF-8", { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw badSafetensors(file, "its header is not a JSON object");
}

function parseTensor(name: string, value: unknown, dataStart: number, file: string): TensorInfo {
  const entry = parseInput(entrySchema, value, { file, field: [name] });
  const { dtype, shape, data_offsets: offsets } = entry;
  const length = shape.reduce((a, b) => a * b, 1);
  const bytes = length * (DTYPE_BYTES.get(dtype) ?? NaN);
  const [begin, end] = offsets;
  if (end - begin !== bytes) {
    const what = `${dtype} [${shape.join(", ")}] takes ${bytes} bytes, its offsets span ${end - begin}`;
    throw badSafetensors(file, what, { tensor: name });
  }
  return { name, dtype, shape, length, start: dataStart + begin, end: dataStart + end };
}

/** The tensors must cover the rest of the file once: no overlap, no gap, nothing beyond the end. */
function checkCoverage(tensors: TensorInfo[], start: number, fileBytes: number, file: string) {
  let covered = start;
  for (const tensor of tensors.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    const { name, start: begin, end } = tensor;
    if (begin < covered) throw badSafetensors(file, "overlaps the one before", { tensor: name });
    if (begin > covered) {
      throw badSafetensors(file, `leaves ${begin - covered} bytes before it`, { tensor: name });
    }
    if (end > fileBytes) {
      const what = `ends at byte ${end}, the file at ${fileBytes}`;
      throw badSafetensors(file, what, { tensor: name });
    }
    covered = end;
  }
  if (covered !== fileBytes) {
    throw badSafetensors(file, `${fileBytes - covered} bytes at its end belong to no tensor`);
  }
}

export function badSafetensors(
  file: string,
  what: string,
  { tensor, cause }: { readonly tensor?: string; readonly cause?: unknown } = {},
): InputError {
  return new InputError(`${file}: ${tensor === undefined ? "" : `tensor ${tensor}: `}${what}`, {
    code: "bad-safetensors",
    hint: "The file is damaged or cut short: copy or download it again.",
    file,
    field: tensor,
    cause,
  });
}
