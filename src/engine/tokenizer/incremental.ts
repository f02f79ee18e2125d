/** Decoding while tokens arrive: text comes out as soon as it is certain. */
import type { Tokenizer } from "../port.ts";

export interface IncrementalDecoder {
  /** Takes the next token. @returns the text that it completed; empty in the midst of a character */
  push(id: number): string;
  /** the text so far, without a character whose bytes have not all come */
  readonly text: string;
  /** No more tokens come. @returns what was held back; an incomplete character is U+FFFD, as in `decode` */
  finish(): string;
}

/** Stands for bytes that are not UTF-8: at the end of the text, bytes that may become a character. */
const REPLACEMENT = "\uFFFD";

/**
 * The pieces' concatenation, with `finish()`, equals `tokenizer.decode` of all ids. A token's text may depend on those
 * before it (a leading space is stripped only at the beginning), so a window from the last certain place is decoded
 * with and without the new tokens, as vLLM and text-generation-inference do: the cost of a token does not grow with
 * the text.
 */
export function incrementalDecoder(tokenizer: Pick<Tokenizer, "decode">): IncrementalDecoder {
  /** tokens before the last certain place, which give context, and tokens after it */
  let context: number[] = [];
  let pending: number[] = [];
  /** decode(context) */
  let contextText = "";
  let text = "";

  const take = (whole: string): string => {
    const piece = whole.slice(contextText.length);
    context = pending;
    contextText = tokenizer.decode(context);
    pending = [];
    text += piece;
    return piece;
  };

  return {
    push: (id) => {
      pending.push(id);
      const whole = tokenizer.decode([...context, ...pending]);
      // A token without text of its own (a special one) is no context for the next: keep the window open.
      if (whole.length <= contextText.length || whole.endsWith(REPLACEMENT)) return "";
      return take(whole);
    },
    get text() {
      return text;
    },
    finish: () => take(tokenizer.decode([...context, ...pending])),
  };
}
