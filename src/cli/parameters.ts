/** The parameters of a reward or task as its schema has them, for `placebo list`. */
import { z } from "zod";

export interface Parameter {
  /** null: the value itself is the parameter, as in `not: truth` */
  readonly name: string | null;
  /** in words, with choices and limits: `number from 0 to 1` */
  readonly type: string;
  readonly required: boolean;
  /** absent: none */
  readonly default?: unknown;
  readonly description: string | null;
}

/** The part of JSON Schema that parameters come out as. */
interface Property {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Property[];
  readonly items?: Property | false;
  readonly prefixItems?: readonly Property[];
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly default?: unknown;
  readonly description?: string;
}

/** Stands for a reward inside another one's parameters: a name, or a name with parameters of its own. */
export const INNER_REWARD = "reward";

/** Limits that only say that a number is one. */
const ANY = Number.MAX_SAFE_INTEGER;

export function parametersOf(schema: z.ZodType): Parameter[] {
  // What z.toJSONSchema returns is JSON Schema; Property names the keywords that parameters use of it.
  const whole = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Property;
  if (whole.type !== "object") return [parameterOf(null, whole, true)];
  return Object.entries(whole.properties ?? {}).map(([name, property]) =>
    parameterOf(name, property, whole.required?.includes(name) === true),
  );
}

function parameterOf(name: string | null, property: Property, required: boolean): Parameter {
  const { description = null } = property;
  const type = typeOf(property);
  const said = description === type ? null : description;
  const given = "default" in property ? { default: property.default } : {};
  return { name, type, required, ...given, description: said };
}

function typeOf(property: Property): string {
  const { type, anyOf, items, prefixItems, properties, format } = property;
  if (property.enum) return property.enum.join(" | ");
  if (anyOf) return anyOf.map(typeOf).join(" or ");
  if (prefixItems) return `[${prefixItems.map(typeOf).join(", ")}]`;
  if (type === "array") return `list of ${items ? typeOf(items) : "values"}`;
  if (properties) return `{ ${Object.entries(properties).map(fieldOf).join(", ")} }`;
  if (type === "number" || type === "integer") return type + limitsOf(property);
  if (format !== undefined) return format;
  return type ?? (property.description === INNER_REWARD ? INNER_REWARD : "value");
}

function fieldOf([name, property]: readonly [string, Property]): string {
  const fallback = "default" in property ? ` = ${JSON.stringify(property.default)}` : "";
  return `${name}: ${typeOf(property)}${fallback}`;
}

function limitsOf({ minimum, maximum, exclusiveMinimum }: Property): string {
  const most = maximum === undefined || maximum >= ANY ? undefined : maximum;
  if (minimum !== undefined && most !== undefined) return ` from ${minimum} to ${most}`;
  const limits = [
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(exclusiveMinimum === undefined ? [] : [`above ${exclusiveMinimum}`]),
    ...(most === undefined ? [] : [`at most ${most}`]),
  ];
  return limits.length === 0 ? "" : ` ${limits.join(", ")}`;
}

/** `gamma  number from 0 to 1, default 0.5: γ, the probability of a reward` */
export function parameterLine({ name, type, required, description, ...rest }: Parameter): string {
  const fallback = "default" in rest ? `, default ${JSON.stringify(rest.default)}` : "";
  const must = required && name !== null ? ", required" : "";
  const about = description === null ? "" : `: ${description}`;
  return `${name ?? "takes a"} ${name === null ? "" : " "}${type}${fallback}${must}${about}`;
}
