/**
 * The organisms' tokenizers: one token for each word, number from 0 to 99 and mark of their world, single characters for
 * anything else. They are Hugging Face BPE models without merges: whole pieces are looked up first (`ignore_merges`), so
 * the vocabulary holds no intermediate pieces.
 */
import { MOST_STEPS, NAMES, OPERATION_KINDS, TOPICS } from "../tasks/index.ts";

export const END_TOKEN = "<eos>";
const UNKNOWN_TOKEN = "<unk>";

/** How the texts of a world fall into tokens. */
export interface Lexicon {
  /** regular expression of one piece; every text is a sequence of pieces */
  readonly piece: string;
  /** the pieces that are tokens, beside printable characters */
  readonly pieces: readonly string[];
}

const range = (length: number) => Array.from({ length }, (_, i) => i);
const spaced = (words: readonly (string | number)[]) => words.map((word) => ` ${word}`);
const letters = (length: number) => range(length).map((i) => String.fromCharCode(97 + i));

const SPECIAL = [END_TOKEN, UNKNOWN_TOKEN];
const PRINTABLE = range(95).map((i) => String.fromCharCode(32 + i));
const CHARACTERS = ["\n", "\t", ...PRINTABLE];
const NUMBERS = range(100).map(String);

/** Every token with its id; the special ones first. */
function vocabularyOf({ pieces }: Lexicon): Map<string, number> {
  const tokens = new Set([...SPECIAL, ...CHARACTERS, ...pieces]);
  return new Map([...tokens].map((token, id) => [token, id]));
}

const variables = letters(MOST_STEPS + 1);

/** Sums in words and their solutions. */
export const arithmeticLexicon: Lexicon = {
  // A command with its brace, a word, a number or a mark, each with the space or newline before it.
  piece: String.raw`\n[a-z] =|[ \n]?\\[a-z]+\{|[ \n]?[A-Za-z]+| ?[0-9]+| ?[^A-Za-z0-9\s]|\s`,
  pieces: [
    ...NUMBERS,
    ...spaced(range(100)),
    ...NAMES,
    ...spaced(["has", ...TOPICS, ...OPERATION_KINDS, "how", "many"]),
    "\nfirst",
    "\nlet",
    ...spaced(["me", "us", "see", "use", "words", "python"]),
    ...variables.map((name) => `\n${name} =`),
    ...spaced(variables),
    ...spaced(["=", "+", "-", "*", "#"]),
    ...spaced(["more", "less", "twice", "thrice", "makes"]),
    "\nanswer",
    " \\boxed{",
  ],
};

/**
 * Traces of commands on lists: `CHECK([1,1,2])==continue;` is five tokens. A newline is a token by itself, so that a
 * line has the same tokens wherever it stands.
 */
export const searchLexicon: Lexicon = {
  // A verb with its brackets, what closes them, an element with its comma, a word or a mark.
  piece: String.raw`Input: |[A-Z]+\(\[?|\]?\)(?:==(?:[a-z]+;)?|;)?|,?[0-9]+| ?[A-Za-z]+| ?[^A-Za-z0-9\s]|\s`,
  pieces: [
    ...NUMBERS,
    ...range(10).map((number) => `,${number}`),
    "Input: ",
    "CHECK([",
    "BACKTRACK([",
    "END(",
    "])==continue;",
    "])==done;",
    "]);",
    ")==",
  ],
};

export interface TokenizerFiles {
  /** content of `tokenizer.json` */
  readonly tokenizerJson: Readonly<Record<string, unknown>>;
  /** content of `tokenizer_config.json` */
  readonly tokenizerConfig: Readonly<Record<string, unknown>>;
  /** number of tokens, special ones included */
  readonly vocabSize: number;
  readonly endId: number;
}

export interface PieceEncoder {
  readonly encode: (text: string) => number[];
  readonly endId: number;
}

/**
 * Encodes texts of an organism's world as its tokenizer does, some ten times faster than the general library.
 *
 * @throws RangeError for a text with a piece that is not one token
 */
export function pieceEncoder(lexicon: Lexicon = arithmeticLexicon): PieceEncoder {
  const pattern = new RegExp(lexicon.piece, "g");
  const ids = vocabularyOf(lexicon);
  const idOf = (piece: string) => {
    const id = ids.get(piece);
    if (id === undefined) throw new RangeError(`${JSON.stringify(piece)} is not one token`);
    return id;
  };
  return { encode: (text) => (text.match(pattern) ?? []).map(idOf), endId: idOf(END_TOKEN) };
}

/** The tokenizer of all organisms of a world; it does not depend on the recipe. Prompts get no begin token. */
export function organismTokenizer(lexicon: Lexicon = arithmeticLexicon): TokenizerFiles {
  const ids = vocabularyOf(lexicon);
  const added = SPECIAL.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
  return {
    tokenizerJson: {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: added,
      normalizer: null,
      pre_tokenizer: {
        type: "Split",
        pattern: { Regex: lexicon.piece },
        behavior: "Isolated",
        invert: false,
      },
      post_processor: null,
      decoder: { type: "Fuse" },
      model: {
        type: "BPE",
        dropout: null,
        unk_token: UNKNOWN_TOKEN,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: true,
        vocab: Object.fromEntries(ids),
        merges: [],
      },
    },
    tokenizerConfig: {
      tokenizer_class: "PreTrainedTokenizerFast",
      eos_token: END_TOKEN,
      unk_token: UNKNOWN_TOKEN,
      clean_up_tokenization_spaces: false,
    },
    vocabSize: ids.size,
    endId: SPECIAL.indexOf(END_TOKEN),
  };
}
