/** Numbers as people read them. Fractions come in, percentages and percentage points come out. */

const MINUS = "−";

/** A number with a real minus sign and no "−0". */
export function decimal(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** 0.494 → "49.4%" */
export const percent = (fraction: number, digits = 1) => `${decimal(100 * fraction, digits)}%`;

/** A difference of fractions in percentage points: 0.214 → "+21.4" */
export function points(difference: number): string {
  const text = decimal(100 * difference, 1);
  return difference > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** "[+8.3, +14.0]" */
export const interval = (ci: readonly [number, number]) => `[${points(ci[0])}, ${points(ci[1])}]`;

/** Which of the two readings an interval leaves open. */
export function reading(ci: readonly [number, number]): "above" | "below" | "open" {
  if (ci[0] > 0) return "above";
  return ci[1] < 0 ? "below" : "open";
}

/** A statistic of any scale in at most four digits; small whole numbers as they are. */
export function compact(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e5) return decimal(value, 0);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(1).replace("-", MINUS);
  return decimal(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

export const plural = (n: number, noun: string, many = `${noun}s`) =>
  `${n} ${n === 1 ? noun : many}`;

/** "a, b and c" */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
