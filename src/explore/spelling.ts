/**
 * How a tokenizer spells a trace line by line.
 *
 * Ids that were written are never encoded again, so the ids of a trace are those of its lines, one after another. Some
 * tokenizers join the newline to what stands before it (`;⏎`), others to what follows (`⏎CHECK`): the line's border is put
 * on the side where nothing is joined across it, so that the ids are those of the whole text. A tokenizer that joins on
 * both sides gives another spelling of the same text than it would give the whole; `exact` is false then.
 */
import type { Tokenizer } from "../engine/index.ts";

export interface Spelling {
  /** ids of a prompt, which ends in a newline */
  prompt(text: string): readonly number[];
  /** @param isFirst it stands right behind the prompt */
  line(text: string, isFirst: boolean): readonly number[];
}

/** How a tokenizer spells lines. */
export interface LineSpelling extends Spelling {
  /** the sample's lines, spelled one by one, have the ids of their whole text */
  readonly exact: boolean;
}

type Encode = (text: string) => readonly number[];

/** Ids of a text as it stands behind `before`; by itself it might get the marks of a beginning, such as a space. */
function behind(encode: Encode, before: string, text: string): readonly number[] {
  const [anchor, both] = [encode(before), encode(before + text)];
  return anchor.every((id, i) => both[i] === id) ? both.slice(anchor.length) : encode(text);
}

/** One way to cut a text into lines; both keep a newline between any two. */
type Cut = (encode: Encode, text: string, isFirst: boolean) => readonly number[];

const newlineBehind: Cut = (encode, text) => behind(encode, "\n", `${text}\n`);
const newlineBefore: Cut = (encode, text, isFirst) =>
  isFirst ? behind(encode, "\n", text) : behind(encode, ";", `\n${text}`);

/**
 * @param sample lines of the language that will be written, by which the border is found
 */
export function spellingOf(tokenizer: Tokenizer, sample: readonly string[]): LineSpelling {
  const encode: Encode = (text) => tokenizer.encode(text, { addSpecialTokens: false });
  const whole = behind(encode, "\n", sample.join("\n"));
  const parts = sample.flatMap((text, i) => newlineBefore(encode, text, i === 0));
  const isBehind = endsAlike(encode, sample);
  const isBefore = !isBehind && whole.join() === parts.join();
  const cut = isBefore ? newlineBefore : newlineBehind;
  const known = new Map<string, readonly number[]>();
  return {
    exact: isBehind || isBefore,
    prompt: (text) => tokenizer.encode(text),
    line: (text, isFirst) => {
      const name = `${isFirst && isBefore ? "^" : ""}${text}`;
      let ids = known.get(name);
      if (!ids) known.set(name, (ids = cut(encode, text, isFirst)));
      return ids;
    },
  };
}

/** Whether lines with the newline behind them give the ids of the whole. */
function endsAlike(encode: Encode, sample: readonly string[]): boolean {
  const whole = behind(encode, "\n", sample.map((text) => `${text}\n`).join(""));
  const parts = sample.flatMap((text) => newlineBehind(encode, text, false));
  return whole.join() === parts.join();
}

/** UTF-8, for proposers without a tokenizer: a token is a byte. */
export const bytes: Spelling = {
  prompt: (text) => [...Buffer.from(text)],
  line: (text) => [...Buffer.from(`${text}\n`)],
};

/** For models whose tokenizer is not to be had: what they generate is counted instead. */
export const unknown: Spelling = { prompt: () => [], line: () => [] };
