/** Finding the boxed answer in a text. */

const BOX = "\\boxed{";

/**
 * The trimmed content of the last `\boxed{…}`, braces matched; null where there is none or where the last one is never
 * closed, as in a truncated completion. An empty box gives an empty string: the caller decides what that means.
 */
export function lastBoxed(text: string): string | null {
  const at = text.lastIndexOf(BOX);
  if (at < 0) return null;
  const start = at + BOX.length;
  let depth = 1;
  for (let i = start; i < text.length; i++) {
    if (text[i] === "{") depth++;
    if (text[i] === "}") depth--;
    if (depth === 0) return text.slice(start, i).trim();
  }
  return null;
}
