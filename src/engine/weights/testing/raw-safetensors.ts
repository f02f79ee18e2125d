/** Safetensors files byte by byte, wrong ones included: independent of the writer under test. */

/** @param header JSON text, or what becomes it */
export function rawSafetensors(header: string | object, data: Uint8Array = new Uint8Array()) {
  const text = typeof header === "string" ? header : JSON.stringify(header);
  const json = new TextEncoder().encode(text);
  return withLength(json.byteLength, json, data);
}

/** As `rawSafetensors`, with a length that may lie. */
export function withLength(length: number | bigint, json: Uint8Array, data: Uint8Array) {
  const bytes = Buffer.alloc(8 + json.byteLength + data.byteLength);
  bytes.writeBigUInt64LE(BigInt(length));
  bytes.set(json, 8);
  bytes.set(data, 8 + json.byteLength);
  return bytes;
}
