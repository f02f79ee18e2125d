/** Problems of which only the first part is shown, as the partial-prompt probe asks them (arXiv 2507.10532). */
import type { Problem } from "../../tasks/index.ts";

/** Shares of a problem's characters that are shown. */
export const SHOWN = [0.4, 0.6, 0.8] as const;

/** Its prompt is the part that is shown. */
export interface PartialProblem extends Problem {
  /** share of the characters that was asked for */
  readonly shown: number;
  /** the rest, which the model is not given */
  readonly hidden: string;
}

const isWordCharacter = (character = "") => /[\p{L}\p{N}]/u.test(character);
const isOpen = (character = "") => /[\s\\]/u.test(character);

/** Could a writer have stopped here: not inside a word or number, nor after a space or backslash? */
function isBoundary(characters: readonly string[], cut: number): boolean {
  const [before, after] = [characters[cut - 1], characters[cut]];
  return !isOpen(before) && !(isWordCharacter(before) && isWordCharacter(after));
}

/**
 * The first part of a text, at most the share that is asked for, and the rest. The cut moves back out of words: a
 * tokenizer reads half a word as other tokens than the whole, and a model that knows the text would not know it again.
 * A text without words is cut where the share ends.
 */
export function splitProblem(text: string, shown: number): readonly [shown: string, rest: string] {
  const characters = Array.from(text);
  const end = Math.floor(characters.length * shown);
  let cut = end;
  while (cut > 0 && !isBoundary(characters, cut)) cut--;
  if (cut === 0) cut = end;
  return [characters.slice(0, cut).join(""), characters.slice(cut).join("")];
}

/** What a benchmark always says, which is no part of any problem. */
export interface Frame {
  /** whole lines that all texts begin with: an instruction */
  readonly start: string;
  /** what all texts end with, such as `?` */
  readonly end: string;
}

/** The frame of one benchmark's texts; a single text has none. */
export function frameOf(texts: readonly string[]): Frame {
  if (texts.length < 2) return { start: "", end: "" };
  const characters = texts.map((text) => Array.from(text));
  const common = commonStart(characters).join("");
  const start = common.slice(0, common.lastIndexOf("\n") + 1);
  const rests = texts.map((text) => Array.from(text.slice(start.length)).toReversed());
  return { start, end: commonStart(rests).toReversed().join("") };
}

/** The characters that all texts begin with; whole ones, so that no surrogate pair is cut. */
function commonStart([first = [], ...others]: readonly (readonly string[])[]): readonly string[] {
  let length = first.length;
  for (const other of others) {
    let same = 0;
    while (same < length && first[same] === other[same]) same++;
    length = same;
  }
  return first.slice(0, length);
}

/**
 * The first parts of problems, without any template around them: the question as data sets hold it. A share is one of
 * the characters inside the benchmark's frame; the frame's start is always shown and its end always hidden.
 *
 * @param shown in (0, 1)
 */
export function partialProblems(problems: readonly Problem[], shown: number): PartialProblem[] {
  const texts = problems.map(({ question, prompt }) => question ?? prompt);
  const { start, end } = frameOf(texts);
  return problems.map((problem, p) => {
    const text = texts[p] ?? "";
    const [first, rest] = splitProblem(text.slice(start.length, text.length - end.length), shown);
    return {
      ...problem,
      prompt: start + first,
      question: undefined,
      namesSpecialTokens: undefined,
      shown,
      hidden: rest + end,
    };
  });
}
