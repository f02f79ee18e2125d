/** Where in a text the steps stand: the long thinking, or the answer block behind it. */
import type { Family, Statement } from "../search/index.ts";

const OPEN = /<answer>/gi;
const CLOSE = /<\/answer>/gi;

export interface Surfaces {
  /** the steps to audit */
  readonly steps: readonly Statement[];
  /** steps of the thinking that an answer block with steps of its own must not go beyond */
  readonly thinking: readonly Statement[];
}

const concludes = ({ verb }: Statement) => verb === "END" || verb === "ANSWER" || verb === "NONE";

/**
 * An answer block that repeats the search is audited by itself, against the thinking; one that only concludes is the
 * end of the thinking's trace.
 */
export function surfacesOf(family: Family, text: string): Surfaces {
  const open = lastMatch(OPEN, text);
  if (!open) return { steps: family.statements(text), thinking: [] };
  const from = (open.index ?? 0) + open[0].length;
  CLOSE.lastIndex = from;
  const to = CLOSE.exec(text)?.index ?? text.length;
  const shifted = ({ start, end, ...rest }: Statement): Statement => ({
    ...rest,
    start: start + from,
    end: end + from,
  });
  const thinking = family.statements(text.slice(0, open.index));
  const answer = family.statements(text.slice(from, to)).map(shifted);
  const answers = answer.some((statement) => statement.verb !== "" && !concludes(statement));
  return answers
    ? { steps: answer, thinking }
    : { steps: [...thinking.filter((each) => !concludes(each)), ...answer], thinking: [] };
}

function lastMatch(pattern: RegExp, text: string): RegExpMatchArray | undefined {
  let last: RegExpMatchArray | undefined;
  for (const match of text.matchAll(pattern)) last = match;
  return last;
}
