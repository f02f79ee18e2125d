/** Text to token ids and back, whole or token by token. */
export { type IncrementalDecoder, incrementalDecoder } from "./incremental.ts";
export { openTokenizer, parseTokenizer } from "./tokenizer.ts";
