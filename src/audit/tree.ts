/** The walk of a trace as a tree: each visit hangs below the state that it was made from. */
import type { AuditedStep } from "./types.ts";
import type { Node } from "../search/index.ts";

export interface TreeNode {
  /** the state's place in pictures */
  readonly key: string;
  readonly goal: boolean;
  /** the step that entered it first; −1 for the start */
  readonly step: number;
  /** position of the parent in the list; −1 for the start */
  readonly parent: number;
  readonly depth: number;
}

/** What one step does to the walk. */
export interface Passage {
  readonly step: number;
  readonly kind: AuditedStep["kind"];
  readonly path: readonly Node[];
}

export interface WalkTree {
  readonly nodes: readonly TreeNode[];
  /** the states in order: the node, and the step that led there; s₀ first */
  readonly visits: readonly { readonly node: number; readonly step: number }[];
}

/**
 * States on the way to an earlier one (a return, stated or implied) go back up the tree; the last state of a visit is
 * a new node.
 */
export function walkTree(start: Node, passages: readonly Passage[]): WalkTree {
  const nodes: TreeNode[] = [
    { key: placeOf(start), goal: start.goal, step: -1, parent: -1, depth: 0 },
  ];
  const visits = [{ node: 0, step: -1 }];
  let at = 0;
  for (const { step, kind, path } of passages) {
    path.forEach((state, i) => {
      const { goal } = state;
      const key = placeOf(state);
      const up = kind === "return" || i < path.length - 1 ? ancestor(nodes, at, key) : -1;
      if (up >= 0) at = up;
      else {
        nodes.push({ key, goal, step, parent: at, depth: (nodes[at]?.depth ?? 0) + 1 });
        at = nodes.length - 1;
      }
      visits.push({ node: at, step });
    });
  }
  return { nodes, visits };
}

const placeOf = ({ key, place }: Node): string => place ?? key;

/** No search returns so far up at once; a hostile text may ask for it with every step. */
const FURTHEST_UP = 2000;

/** The nearest node with this key above, or −1. */
function ancestor(nodes: readonly TreeNode[], from: number, key: string): number {
  let at = nodes[from]?.parent ?? -1;
  for (let up = 0; at >= 0 && up < FURTHEST_UP; up++) {
    if (nodes[at]?.key === key) return at;
    at = nodes[at]?.parent ?? -1;
  }
  return -1;
}

/** Share of visits in branches that were left and hold no goal; null without visits. */
export function failedSteps({ nodes, visits }: WalkTree): number | null {
  if (nodes.length < 2) return null;
  const alive = new Uint8Array(nodes.length);
  for (let at = visits.at(-1)?.node ?? 0; at >= 0; at = nodes[at]?.parent ?? -1) alive[at] = 1;
  // Children stand behind their parents in the list.
  for (let i = nodes.length - 1; i > 0; i--) {
    const { goal, parent } = nodes[i] ?? { goal: false, parent: 0 };
    if (goal) alive[i] = 2;
    if (alive[i] === 2) alive[parent] = 2;
  }
  const failed = nodes.filter((_, i) => i > 0 && alive[i] === 0).length;
  return failed / (nodes.length - 1);
}
