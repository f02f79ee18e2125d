/** Looking into a zod schema: what stands at a path, and which keys an object there may have. For error messages. */
import { z } from "zod";

type Schema = z.core.$ZodType;
type Path = readonly PropertyKey[];

/** The schema inside optional, default and the like. */
function unwrap(schema: Schema): Schema {
  const wraps =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodLazy;
  if (wraps) return unwrap(schema.unwrap());
  return schema instanceof z.ZodPipe ? unwrap(schema.in) : schema;
}

function children(schema: Schema, key: PropertyKey): readonly Schema[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) {
    const child = inner.shape[String(key)];
    return child === undefined ? [] : [child];
  }
  if (inner instanceof z.ZodRecord) return [inner.valueType];
  if (inner instanceof z.ZodArray) return [inner.element];
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => children(option, key));
  return [];
}

/** All schemas that a path may mean: more than one where it crosses a union. */
function schemasAt(schema: Schema, path: Path): readonly Schema[] {
  let level: readonly Schema[] = [schema];
  for (const key of path) level = level.flatMap((each) => children(each, key));
  return level;
}

/** `.describe()` of the schema at a path. */
export function describedAt(schema: z.ZodType, path: Path): string | undefined {
  for (const each of schemasAt(schema, path)) {
    const text = each instanceof z.ZodType ? each.description : undefined;
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Keys that the object at a path may have; of a union, those of the branches whose literals fit the value. */
export function keysAt(schema: z.ZodType, path: Path, value: unknown): string[] {
  let at = value;
  for (const key of path) at = isRecord(at) ? at[String(key)] : undefined;
  return [...new Set(schemasAt(schema, path).flatMap((each) => ownKeys(each, at)))];
}

function ownKeys(schema: Schema, value: unknown): string[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) return fits(inner, value) ? Object.keys(inner.shape) : [];
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => ownKeys(option, value));
  return [];
}

/** False where a literal field of the shape has another value: a branch that was not meant. */
function fits(schema: z.ZodObject, value: unknown): boolean {
  if (!isRecord(value)) return true;
  return Object.entries(schema.shape).every(
    ([key, field]) =>
      !(field instanceof z.ZodLiteral) || new Set<unknown>(field.values).has(value[key]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
