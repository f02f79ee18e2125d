/** Which of two reasoning strategies a completion follows. */

export type Strategy = "code" | "language";

/**
 * `code` if the text contains `python` in any case, else `language`: the detector of arXiv 2506.10947, §4.1, and the
 * predicate of its Python reward (`contain_python_wo_backticks` in the released code).
 */
export function strategyOf(text: string): Strategy {
  return text.toLowerCase().includes("python") ? "code" : "language";
}
