/** A tokenizer of the 256 bytes and four special tokens, for models that tests and benchmarks make. */

import type { TokenizerFiles } from "../weights/index.ts";

/** GPT-2's byte-to-character table: printable bytes stand for themselves, the others for characters from 256 on. */
function byteCharacters(): string[] {
  const printable = (byte: number) =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCharCode(printable(byte) ? byte : next++),
  );
}

/** Contents of `tokenizer.json` and `tokenizer_config.json`; ids 0 … 255 are bytes, 256 `<s>`, 257 `</s>`. */
export function byteTokenizer(): TokenizerFiles {
  const special = (id: number, content: string) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  const byteLevel = {
    type: "ByteLevel",
    add_prefix_space: false,
    trim_offsets: true,
    use_regex: false,
  };
  return {
    tokenizerJson: {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: ["<s>", "</s>", "<pad>", "<unk>"].map((content, i) =>
        special(256 + i, content),
      ),
      normalizer: null,
      pre_tokenizer: byteLevel,
      post_processor: null,
      decoder: byteLevel,
      model: {
        type: "BPE",
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        vocab: Object.fromEntries(byteCharacters().map((character, byte) => [character, byte])),
        merges: [],
      },
    },
    tokenizerConfig: {
      bos_token: "<s>",
      eos_token: "</s>",
      tokenizer_class: "PreTrainedTokenizerFast",
    },
  };
}
