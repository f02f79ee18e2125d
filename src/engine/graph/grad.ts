/** Reverse-mode differentiation: one walk back over the nodes, adding up what each rule gives. */
import { EngineError } from "../../errors.ts";
import { ops, type Graph } from "./graph.ts";
import type { Node, OpKind, Value } from "./ops.ts";
import { vjps, type RowGradient, type VjpContext } from "./vjp.ts";

/** Gradient of one target: a dense part, and parts that touch only some rows. */
export interface TargetGradient {
  readonly dense: Value | null;
  readonly rows: readonly RowGradient[];
}

function isRows(gradient: Value | RowGradient): gradient is RowGradient {
  return "indices" in gradient;
}

/**
 * Gradients of Σ_i ⟨seeds_i, outputs_i⟩ with respect to the targets.
 *
 * @param seeds pairs of an output and the gradient that enters there, of the same shape
 * @param targets graph inputs
 * @returns one gradient a target, in their order
 */
export function gradients(
  graph: Graph,
  seeds: readonly (readonly [output: Value, seed: Value])[],
  targets: readonly Value[],
): TargetGradient[] {
  const o = ops(graph);
  const dense = new Map<Node, Value>();
  const rows = new Map<Node, RowGradient[]>();
  const needed = reaching(graph, targets);

  const add = (value: Value, gradient: Value | RowGradient | null | undefined): void => {
    if (!gradient || !needed.has(value.node)) return;
    if (isRows(gradient)) {
      if (value.node.kind !== "input") {
        throw new EngineError("row gradients are for tables that are graph inputs", {
          code: "row-gradient",
          hint: "Gather from a parameter, or use gatherUnique.",
        });
      }
      rows.set(value.node, [...(rows.get(value.node) ?? []), gradient]);
      return;
    }
    const before = dense.get(value.node);
    dense.set(value.node, before === undefined ? gradient : o.add(before, gradient));
  };

  for (const [output, seed] of seeds) add(output, seed);
  // Rules add nodes behind the ones walked here; the forward part of the list does not change.
  for (let id = graph.nodes.length - 1; id >= 0; id--) {
    const node = graph.nodes[id];
    const dy = node && dense.get(node);
    if (!node || !dy || !needed.has(node)) continue;
    const inputGradients = applyRule(node, dy, o);
    node.inputs.forEach((input, i) => add(input, inputGradients[i]));
  }
  return targets.map((target) => ({
    dense: dense.get(target.node) ?? null,
    rows: rows.get(target.node) ?? [],
  }));
}

function applyRule<K extends OpKind>(node: Node<K>, dy: Value, o: ReturnType<typeof ops>) {
  const [y] = node.outputs;
  const [a, b, c, d] = node.inputs;
  // Each rule reads only the inputs that its operation has; `infer` has checked that they are there.
  const context = { node, y, dy, o, a, b, c, d } as VjpContext<K>;
  return vjps[node.kind](context);
}

/** Nodes from which a target can be reached: the only ones whose gradients matter. */
function reaching(graph: Graph, targets: readonly Value[]): Set<Node> {
  const reached = new Set<Node>(targets.map((target) => target.node));
  for (const node of graph.nodes) {
    if (node.inputs.some((input) => reached.has(input.node))) reached.add(node);
  }
  return reached;
}
