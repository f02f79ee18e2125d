/** Cells and rows of the Markdown tables that the scripts beside this one print. */

/** A share in hundredths, `12.3`. */
export const hundredths = (share: number): string => decimal(100 * share, 1);

/** `12.3%` */
export const percent = (share: number): string => `${hundredths(share)}%`;

/** With a true minus, and no minus before nothing. */
export function decimal(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

/** `12.3` as `+12.3`. */
export const signed = (text: string): string => (text.startsWith("−") ? text : `+${text}`);

/** `[1.2, 3.4]` */
export const interval = (
  [low, high]: readonly [number, number],
  show: (value: number) => string = hundredths,
): string => `[${show(low)}, ${show(high)}]`;

/** `12.3 [1.2, 3.4]`, in hundredths unless told otherwise. */
export function withInterval(
  { estimate, ci }: { readonly estimate: number; readonly ci: readonly [number, number] },
  show: (value: number) => string = hundredths,
): string {
  return `${show(estimate)} ${interval(ci, show)}`;
}

/** Of a share: where Student's interval leaves [0, 1], it is cut. */
export const shareWithInterval = ({
  estimate,
  ci: [low, high],
}: Parameters<typeof withInterval>[0]): string =>
  withInterval({ estimate, ci: [Math.max(0, low), Math.min(1, high)] });

const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

/** Prints a table with an empty line before it. */
export function printTable(heads: readonly string[], rows: readonly (readonly string[])[]): void {
  console.log(["", row(heads), row(heads.map(() => "---")), ...rows.map(row)].join("\n"));
}
