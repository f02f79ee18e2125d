/** "Did you mean …": the nearest known name to one that nobody knows, and readable messages for zod's issues. */
import { z } from "zod";

/** Levenshtein distance: insertions, deletions and substitutions that turn one text into the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/**
 * The known name nearest to `name`, if it is near enough to be what was meant: at most a third of its letters differ,
 * or one is the beginning of the other.
 */
export function suggest(name: string, known: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of known) {
    const other = candidate.toLowerCase();
    const prefix = wanted.length >= 3 && (other.startsWith(wanted) || wanted.startsWith(other));
    const distance = prefix ? 1 : editDistance(wanted, other);
    if (distance <= Math.max(1, Math.floor(other.length / 3)) && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
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

type Issue = z.core.$ZodIssue;

/** Unwraps defaults, optionals and the like down to the schema that holds the value. */
function unwrap(schema: unknown): unknown {
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly
  ) {
    return unwrap(schema.unwrap());
  }
  return schema;
}

/** Keys that the object schema at `path` inside `schema` accepts; none where that is not an object. */
function keysAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  let here = unwrap(schema);
  for (const step of path) {
    if (here instanceof z.ZodObject) here = unwrap(here.shape[String(step)]);
    else if (here instanceof z.ZodArray) here = unwrap(here.element);
    else if (here instanceof z.ZodRecord) here = unwrap(here.valueType);
    else return [];
  }
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}

/**
 * One zod issue as a field and a message; an unknown key becomes the field, with a suggestion.
 *
 * @example
 * ```ts
 * explainIssue(schema, { code: "unrecognized_keys", keys: ["lrr"], path: ["grpo"], … });
 * // { field: "grpo.lrr", message: 'unknown key "lrr"', hint: 'Did you mean "lr"?' }
 * ```
 */
export function explainIssue(
  schema: z.ZodType,
  issue: Issue,
): { readonly field: string; readonly message: string; readonly hint: string | undefined } {
  if (issue.code === "unrecognized_keys" && issue.keys[0] !== undefined) {
    const key = issue.keys[0];
    return {
      field: [...issue.path, key].join("."),
      message: `unknown key "${key}"`,
      hint: didYouMean(key, keysAt(schema, issue.path)),
    };
  }
  return { field: issue.path.join("."), message: issue.message, hint: undefined };
}
