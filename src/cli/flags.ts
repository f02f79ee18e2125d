/**
 * Flags from a zod schema: every field is one flag with the field's description, default and limits, so that the
 * command line says nothing that the schema does not say. A field of a nested object is named by its path:
 * `clip.low` is `--clip-low`.
 */
import { z } from "zod";
import { InputError } from "../errors.ts";
import { parseInput } from "../io/index.ts";

/** The part of JSON Schema that option schemas come out as. */
interface Property {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Property[];
  readonly items?: Property;
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
}

/** One scalar field of a schema, as a flag. */
interface Field {
  /** where the value goes, for example `["clip", "low"]` */
  readonly path: readonly string[];
  /** name as commands see it, for example `clipLow` */
  readonly name: string;
  /** name on the command line without the dashes, for example `clip-low` */
  readonly flag: string;
  readonly property: Property;
  /** `off` stands for null */
  readonly nullable: boolean;
  readonly required: boolean;
}

/** Schema of a command's options. */
export type OptionsSchema<Options> = z.ZodObject & z.ZodType<Options>;

/** A stricli flag whose kind is known only when the program runs. */
interface Flag {
  readonly kind: "parsed" | "boolean" | "enum";
  readonly brief: string;
  readonly optional: boolean;
  readonly placeholder?: string;
  readonly values?: readonly string[];
  readonly variadic?: true;
  readonly withNegated?: boolean;
  readonly parse?: (text: string) => unknown;
}

function camel(path: readonly string[]): string {
  return path.map((part, i) => (i === 0 ? part : part[0]?.toUpperCase() + part.slice(1))).join("");
}

export function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The scalar fields of an object schema, nested ones flattened. */
export function fieldsOf(schema: z.ZodObject): Field[] {
  // What z.toJSONSchema returns is JSON Schema; Property names the keywords that option schemas use of it.
  return walk(z.toJSONSchema(schema, { io: "input" }) as Property, []);
}

function walk(object: Property, base: readonly string[]): Field[] {
  return Object.entries(object.properties ?? {}).flatMap(([key, property]) => {
    const path = [...base, key];
    if (property.properties) return walk(property, path);
    const name = camel(path);
    const scalar = property.anyOf?.find((branch) => branch.type !== "null") ?? property;
    const nullable = property.anyOf?.some((branch) => branch.type === "null") === true;
    const required = base.length === 0 && object.required?.includes(key) === true;
    return [
      { path, name, flag: kebab(name), property: { ...property, ...scalar }, nullable, required },
    ];
  });
}

const NULL_WORD = "off";

/** The default as one would type it; empty where it goes without saying. */
function shownDefault({ property: { default: given } }: Field): string {
  if (given === null) return NULL_WORD;
  if (typeof given === "string" || typeof given === "number") return String(given);
  return given === true ? "on" : "";
}

function briefOf(field: Field): string {
  const fallback = shownDefault(field);
  const notes = [
    ...(field.nullable ? [`number or ${NULL_WORD}`] : []),
    ...(fallback === "" ? [] : [`default ${fallback}`]),
  ];
  const about = (field.property.description ?? "").replace("null: off", `${NULL_WORD}: no limit`);
  return [about, notes.length > 0 ? `(${notes.join("; ")})` : ""].filter(Boolean).join(" ");
}

function parseNumber(field: Field, text: string): number | null {
  if (field.nullable && text === NULL_WORD) return null;
  const value = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(value)) {
    throw new Error(`must be a number${field.nullable ? ` or ${NULL_WORD}` : ""}`);
  }
  return value;
}

/** One flag. Defaults are left to the schema, so that only what the user gave is passed on. */
function flagOf(field: Field): Flag {
  const { property } = field;
  const base = { brief: briefOf(field), optional: !field.required };
  if (property.enum) return { ...base, kind: "enum", values: property.enum };
  if (property.type === "boolean")
    return { ...base, kind: "boolean", withNegated: property.default === true };
  if (property.type === "number" || property.type === "integer") {
    const placeholder = property.type === "integer" ? "N" : "X";
    return { ...base, kind: "parsed", placeholder, parse: (text) => parseNumber(field, text) };
  }
  const text: Flag = {
    ...base,
    kind: "parsed",
    placeholder: field.flag.toUpperCase(),
    parse: (input) => input,
  };
  return property.type === "array" ? { ...text, variadic: true } : text;
}

/** Flags of all fields but those that are given by position. */
export function flagsOf(schema: z.ZodObject, positional?: string): Record<string, Flag> {
  const fields = fieldsOf(schema).filter((field) => field.name !== positional);
  return Object.fromEntries(fields.map((field) => [field.name, flagOf(field)]));
}

/** What a field is called on the command line: `--clip-low`, or `FILE` where it is given by position. */
function labelOf({ name, flag }: Field, positional: string | undefined): string {
  return name === positional ? flag.toUpperCase() : `--${flag}`;
}

/**
 * Builds the schema's value from what was given on the command line and checks it.
 *
 * @param given values by name, undefined where the flag was not given
 * @throws InputError that names the flag
 */
export function parseFlags<Options>(
  schema: OptionsSchema<Options>,
  given: Readonly<Record<string, unknown>>,
  positional?: string,
): Options {
  const fields = fieldsOf(schema);
  const value: Record<string, unknown> = {};
  for (const { path, name } of fields) {
    if (given[name] !== undefined) assign(value, path, given[name]);
  }
  try {
    return parseInput(schema, value);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const field = fields.find(({ path }) => path.join(".") === error.field);
    if (!field) throw error;
    const label = labelOf(field, positional);
    throw new InputError(error.message.replace(field.path.join("."), label), {
      code: "bad-flag",
      hint: error.hint,
      field: label,
      cause: error,
    });
  }
}

function assign(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const inner = target[key];
  // A nested object is one that an earlier call made, never one of the user's.
  const nested = (typeof inner === "object" && inner !== null ? inner : {}) as Record<
    string,
    unknown
  >;
  target[key] = nested;
  assign(nested, rest, value);
}

/**
 * Rewrites what stricli's patterns do not take: one-letter names with two dashes, and empty values or values of
 * several lines after `=`.
 */
export function normaliseArguments(argv: readonly string[]): string[] {
  return argv.flatMap((argument) => {
    const [, name, value] = /^--([a-z][\w.-]*)(?:=([^]*))?$/i.exec(argument) ?? [];
    if (name === undefined) return [argument];
    const flag = name.length === 1 ? `-${name}` : `--${name}`;
    if (value === undefined) return [flag];
    return value === "" || value.includes("\n") ? [flag, value] : [`${flag}=${value}`];
  });
}
