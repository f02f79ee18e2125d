/** How an arm looks in every chart: a colour that survives colour-blindness, and a dash and a marker that need none. */

import type { ArmRole, Role } from "./roles.ts";

export type MarkerSymbol =
  | "circle"
  | "square"
  | "triangle"
  | "diamond"
  | "star"
  | "wye"
  | "cross"
  | "hexagon";

export interface Series {
  readonly arm: string;
  readonly role: Role;
  /** position among the trial's arms; the class `s-INDEX` of its marks */
  readonly index: number;
  /** a CSS colour that follows the theme */
  readonly color: string;
  /** stroke-dasharray; null: solid */
  readonly dash: string | null;
  readonly symbol: MarkerSymbol;
}

/**
 * Theme colours `--c0` … `--c6`: truth, placebo, then the others. Chosen by search so that any two keep an OKLab
 * distance of at least 0.089 (light) or 0.115 (dark) in normal sight, protan-, deuter- and tritanopia (Machado et al.
 * 2009), each with a contrast of at least 3.5 to the page.
 */
export const PALETTE = {
  light: ["#2b59c8", "#c8650f", "#3a8f80", "#610c85", "#5c5b20", "#953a83", "#13333b"],
  dark: ["#6e9bfb", "#f4741e", "#a9f0d4", "#8c5ad3", "#e8e564", "#c2428d", "#aab8d2"],
} as const;

const OTHERS = PALETTE.light.length - 2;
const DASHES = ["2 2.5", "9 3 2 3", "12 4", "1 3", "6 2 2 2 2 2"];
const SYMBOLS: readonly MarkerSymbol[] = ["triangle", "diamond", "star", "wye", "cross", "hexagon"];

/** One look an arm, in the trial's order; the same in all charts of a report. */
export function seriesOf(arms: readonly ArmRole[]): Series[] {
  let others = 0;
  return arms.map(({ arm, role }, index) => {
    if (role === "truth") {
      return { arm, role, index, color: "var(--c0)", dash: null, symbol: "circle" };
    }
    if (role === "placebo") {
      return { arm, role, index, color: "var(--c1)", dash: "6 3", symbol: "square" };
    }
    const k = others++;
    return {
      arm,
      role,
      index,
      color: `var(--c${2 + (k % OTHERS)})`,
      // 5 colours and 5 dashes, shifted after each round, so that 25 arms differ in the pair.
      dash: DASHES[(k + Math.floor(k / OTHERS)) % DASHES.length] ?? null,
      symbol: SYMBOLS[k % SYMBOLS.length] ?? "circle",
    };
  });
}
