/** "Did you mean …": the nearest known name to one that nobody knows, and the checks that need it inside other checks. */
import { z } from "zod";

/**
 * Fewest insertions, deletions, substitutions and swaps of neighbours that turn one text into the other (Damerau's
 * distance with optimal string alignment). Swapped letters are the commonest slip of the hand.
 */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const edit = Math.min(substitution, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(isSwap ? Math.min(edit, (beforeLast[j - 2] ?? 0) + 1) : edit);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}

/**
 * The known name nearest to `name`, if it is near enough to be what was meant: at most a third of its letters differ,
 * or `name` is its beginning.
 */
export function suggest(name: string, known: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of known) {
    const other = candidate.toLowerCase();
    const limit = Math.max(1, Math.floor(other.length / 3));
    const isStart = wanted.length >= 3 && other.startsWith(wanted);
    const distance = editDistance(wanted, other);
    const rank = isStart ? Math.min(distance, limit) : distance;
    if (rank <= limit && rank < bestDistance) [best, bestDistance] = [candidate, rank];
  }
  return best;
}

/** What to do about an unknown name: the likely one, else all that exist. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const names = [...known];
  const near = suggest(name, names);
  if (near !== undefined) return `Did you mean "${near}"?`;
  return names.length === 0
    ? "There is nothing to choose from here."
    : `Known: ${names.join(", ")}.`;
}

/** Keys that the object at `path` inside a schema of objects and arrays accepts; none where there is no object. */
function keysAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  let here = schema;
  for (const step of path) {
    if (here instanceof z.ZodObject) here = here.shape[String(step)];
    else here = here instanceof z.ZodArray ? here.element : undefined;
  }
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}

/**
 * Checks a value by a schema that was found while another one was being checked, such as the parameters of a name.
 * Its issues become the outer check's, below `path`; an unknown key gets its suggestion here, since the outer schema
 * does not know this one.
 *
 * @returns the parsed value, or `z.NEVER` after adding issues
 */
export function parseInside(
  schema: z.ZodType,
  value: unknown,
  path: readonly PropertyKey[],
  context: z.RefinementCtx,
): unknown {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  // Unknown keys first: a missing key is mostly the same mistake seen from the other side.
  const unknown = parsed.error.issues.filter((issue) => issue.code === "unrecognized_keys");
  for (const { keys, path: at } of unknown) {
    for (const key of keys) {
      const message = `unknown key "${key}". ${didYouMean(key, keysAt(schema, at))}`;
      context.addIssue({ code: "custom", message, path: [...path, ...at, key] });
    }
  }
  for (const issue of parsed.error.issues) {
    if (issue.code === "unrecognized_keys") continue;
    context.addIssue({ ...issue, path: [...path, ...issue.path] });
  }
  return z.NEVER;
}
