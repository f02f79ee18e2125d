/** Aligned columns of text. */
import { visibleWidth } from "./terminal.ts";

export interface Column {
  readonly title: string;
  /** numbers go right */
  readonly align?: "left" | "right";
}

const GAP = "  ";

/**
 * Lines of a table, the header first; cells may hold colours. Columns are as wide as their widest cell.
 *
 * @param rows [row][column]
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((column, c) =>
    Math.max(visibleWidth(column.title), ...rows.map((row) => visibleWidth(row[c] ?? ""))),
  );
  const render = (cells: readonly string[]) =>
    columns
      .map((column, c) => {
        const cell = cells[c] ?? "";
        const padding = " ".repeat((widths[c] ?? 0) - visibleWidth(cell));
        return column.align === "right" ? padding + cell : cell + padding;
      })
      .join(GAP)
      .trimEnd();
  return [columns.map((column) => column.title), ...rows].map(render);
}
