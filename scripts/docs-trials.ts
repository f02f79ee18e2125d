/**
 * Writes the reference of docs/trials.md, every key of a trial file, from the schemas that check trial files.
 *
 *     npx tsx scripts/docs-trials.ts
 *
 * Prints the keys whose schemas have no description. examples/docs.test.ts fails while the page is out of date.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { readText, writeFileAtomic } from "../src/io/index.ts";
import { organismSchema, PRESET_NAMES } from "../src/organisms/index.ts";
import { combinators, rewards, rewardSpecSchema } from "../src/rewards/index.ts";
import { tasks, taskSpecSchema, templates, templateSpecSchema } from "../src/tasks/index.ts";
import { trialSchema } from "../src/trial/index.ts";

export const PAGE = join(import.meta.dirname, "..", "docs", "trials.md");

const BEGIN = "<!-- written by scripts/docs-trials.ts: begin -->";
const END = "<!-- written by scripts/docs-trials.ts: end -->";

/** What JSON Schema knows of one key. */
type Schema = z.core.JSONSchema.BaseSchema;

/** Schemas that stand for a name, or a name with parameters; each has its own table. */
const SPECS = new Map<unknown, string>([
  [rewardSpecSchema, "[reward](#rewards)"],
  [taskSpecSchema, "[task](#tasks)"],
  [templateSpecSchema, "[template](#templates)"],
]);

/** Types that the schemas cannot tell. */
const TYPES: Readonly<Record<string, string>> = {
  "models.NAME.organism": "name or [map](#organisms)",
  "arms.NAME.grpo": "map of keys of [`grpo`](#grpo)",
};

function jsonSchemaOf(schema: z.ZodType): Schema {
  return z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      const type = SPECS.get(zodSchema);
      if (type !== undefined) jsonSchema.title = type;
      // JSON Schema leaves it out where a transform follows: it need not be input. Ours are.
      if (zodSchema instanceof z.ZodDefault) jsonSchema.default = zodSchema.def.defaultValue;
    },
  });
}

/** JSON Schema allows `true` in the place of a schema: anything. */
const asSchema = (schema: z.core.JSONSchema._JSONSchema): Schema =>
  typeof schema === "boolean" ? {} : schema;

const code = (text: string) => `\`${text}\``;

/** A value as YAML writes it in one line. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value === "number" && value > 0 && value < 1e-3) return value.toExponential();
  if (typeof value !== "object" || value === null) return String(value);
  const entries = Object.entries(value).map(([key, each]) => `${key}: ${flow(each)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

/** ` 1 … 64`, ` > 0`, ` ≥ 2`; empty where every number of the type will do. */
function rangeOf({ type, minimum, exclusiveMinimum: above, maximum }: Schema): string {
  const isWhole = type === "integer";
  // Whole numbers without a limit of their own end where numbers are no longer exact.
  const isLimit = (bound: number | undefined) =>
    bound !== undefined && !(isWhole && Math.abs(bound) === Number.MAX_SAFE_INTEGER);
  const least = isWhole && typeof above === "number" ? above + 1 : minimum;
  if (isLimit(least)) return isLimit(maximum) ? ` ${least} … ${maximum}` : ` ≥ ${least}`;
  const low = above === undefined || isWhole ? [] : [`> ${above}`];
  const bounds = [...low, ...(isLimit(maximum) ? [`≤ ${maximum}`] : [])];
  return bounds.length === 0 ? "" : ` ${bounds.join(", ")}`;
}

/** The type of a key in words. */
function typeOf(schema: Schema): string {
  const { title, anyOf, enum: values, const: literal, type, items, prefixItems, format } = schema;
  if (title !== undefined) return title;
  if (anyOf !== undefined) return [...new Set(anyOf.map(asSchema).map(typeOf))].join(" or ");
  if (values !== undefined) return values.map((value) => code(String(value))).join(", ");
  if (literal !== undefined) return code(String(literal));
  if (type === "null") return code("null");
  if (type === "boolean") return `${code("true")}, ${code("false")}`;
  if (type === "string") return format === "date" ? "day" : "text";
  if (type === "array" && prefixItems !== undefined) {
    return `[${prefixItems.map(asSchema).map(typeOf).join(", ")}]`;
  }
  if (type === "array")
    return `list of ${Array.isArray(items) ? "" : typeOf(asSchema(items ?? {}))}`;
  if (type === "object") return mapOf(schema);
  return typeof type === "string" ? type + rangeOf(schema) : "any";
}

function mapOf({ properties, propertyNames, additionalProperties }: Schema): string {
  if (properties !== undefined) return `{ ${Object.keys(properties).join(", ")} }`;
  const keys = asSchema(propertyNames ?? {}).enum;
  if (keys === undefined || additionalProperties === undefined) return "map";
  return `map of ${keys.map(String).join(", ")} to ${typeOf(asSchema(additionalProperties))}`;
}

function defaultOf({ default: value, items }: Schema, required: boolean): string {
  if (required) return "required";
  if (value === undefined) return "";
  const choices = asSchema(Array.isArray(items) ? {} : (items ?? {})).enum;
  return Array.isArray(value) && value.length === choices?.length ? "all" : code(flow(value));
}

interface Row {
  /** dotted, with NAME for a name of the user's and [] for an item of a list */
  readonly path: string;
  readonly schema: Schema;
  readonly required: boolean;
}

/** The maps inside: the schema itself, items of a list, values under the user's names, branches of a union. */
function mapsIn(schema: Schema, path: string): readonly (readonly [string, Schema])[] {
  const { title, properties, items, additionalProperties: values, anyOf } = schema;
  if (title !== undefined) return [];
  if (properties !== undefined) return [[path, schema]];
  if (anyOf !== undefined) return anyOf.flatMap((each) => mapsIn(asSchema(each), path));
  if (items !== undefined && !Array.isArray(items)) return mapsIn(asSchema(items), `${path}[]`);
  return values === undefined ? [] : mapsIn(asSchema(values), `${path}.NAME`);
}

/** Every key, in the order of the schemas. A map without a description is told by its keys. */
function rowsOf(schema: Schema, path = ""): Row[] {
  const rows = mapsIn(schema, path).flatMap(([at, map]) =>
    Object.entries(map.properties ?? {}).flatMap(([key, value]): Row[] => {
      const inner = asSchema(value);
      const row = {
        path: at === "" ? key : `${at}.${key}`,
        schema: inner,
        required: map.required?.includes(key) === true,
      };
      const isOpen = inner.properties !== undefined && inner.description === undefined;
      return [...(isOpen ? [] : [row]), ...rowsOf(inner, row.path)];
    }),
  );
  return [...new Map(rows.map((row) => [row.path, row])).values()];
}

/** A Markdown table as the formatter leaves it. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [heads, ...rows].map((row) =>
    row.map((cell) => cell.replaceAll("|", "\\|").replaceAll("<", "\\<")),
  );
  const widths = heads.map((_, i) => Math.max(3, ...cells.map((row) => (row[i] ?? "").length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const [first = [], ...rest] = cells;
  return [line(first), line(widths.map((width) => "-".repeat(width))), ...rest.map(line)].join(
    "\n",
  );
}

/** @param prefix what all keys begin with; the table leaves it out */
function keyTable(rows: readonly Row[], prefix = ""): string {
  return table(
    ["key", "type or values", "default", "meaning"],
    rows.map(({ path, schema, required }) => [
      code(path.slice(prefix.length)),
      TYPES[path] ?? typeOf(schema),
      defaultOf(schema, required),
      schema.description ?? "",
    ]),
  );
}

interface Named {
  readonly name: string;
  readonly description: string;
  readonly params: z.ZodType;
}

/** A row for each name, and below it one for each of its parameters. */
function namedRows({ name, description, params }: Named): Row[] {
  const schema = jsonSchemaOf(params);
  // What is behind a name is told by its keys; where it is no map, its type stands beside the name.
  const title = schema.properties === undefined ? typeOf(schema) : "";
  const own = { path: name, schema: { title, description }, required: false };
  return [own, ...rowsOf(schema, name)];
}

const nameTable = (all: readonly Named[]) => keyTable(all.flatMap(namedRows));

const trialRows = rowsOf(jsonSchemaOf(trialSchema));
const organismRows = rowsOf(jsonSchemaOf(organismSchema));
const readyCombinators: readonly Named[] = combinators.map((combinator) => ({
  ...combinator,
  params: combinator.params(rewardSpecSchema),
}));

/** Parts of a trial that have a table of their own, by how their keys begin. */
const PARTS = ["models.NAME.", "arms.NAME.", "hypotheses[].", "grpo.", "evaluation."];

function reference(): string {
  const top = trialRows.filter(({ path }) => !PARTS.some((part) => path.startsWith(part)));
  const parts = PARTS.flatMap((part) => [
    `### ${code(part.slice(0, -1))}`,
    keyTable(
      trialRows.filter(({ path }) => path.startsWith(part)),
      part,
    ),
  ]);
  const presets = PRESET_NAMES.map(code).join(", ");
  return [
    "### The trial",
    keyTable(top),
    ...parts,
    "### Organisms",
    `Presets: ${presets}; \`placebo list organisms\` describes them.`,
    keyTable(organismRows),
    "### Tasks",
    "`task: NAME`, or `task: { NAME: { … } }` with parameters.",
    nameTable(tasks),
    "### Templates",
    "`template: NAME`, `template: { NAME: { … } }`, a text with `{question}`, or `{ file: PATH }` with such a text.",
    nameTable(templates),
    "### Rewards",
    "`reward: NAME`, `reward: { NAME: { … } }`, or [your own](rewards.md#your-own-reward).",
    nameTable(rewards),
    "Combinators make a reward of others, `{ and: [truth, { not: python }] }`:",
    nameTable(readyCombinators),
  ].join("\n\n");
}

/** The page with its reference as the schemas have it now. @throws RangeError for a page without the two marks */
export function withReference(page: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new RangeError(`the page has no "${BEGIN}" … "${END}"`);
  return `${page.slice(0, begin)}${BEGIN}\n\n${reference()}\n\n${page.slice(end)}`;
}

/** Keys that the reference can say nothing of. */
function undescribed(): string[] {
  const named = { task: tasks, template: templates, reward: [...rewards, ...readyCombinators] };
  const inNamed = Object.entries(named).flatMap(([part, all]) =>
    all.flatMap(namedRows).map((row) => ({ ...row, path: `${part} ${row.path}` })),
  );
  const inOrganisms = organismRows.map((row) => ({ ...row, path: `organism ${row.path}` }));
  const silent = [...trialRows, ...inOrganisms, ...inNamed].filter(
    ({ schema }) => !schema.description,
  );
  return silent.map(({ path }) => path);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFileAtomic(PAGE, withReference(await readText(PAGE, "page")));
  const silent = undescribed();
  if (silent.length > 0) console.log(`without a description: ${silent.join(", ")}`);
}
