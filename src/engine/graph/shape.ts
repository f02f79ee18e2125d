/** Shapes with symbolic dimensions: a number is known now, a string names a size that each run brings. */
import { EngineError } from "../../errors.ts";

export type Dim = number | string;
export type Shape = readonly Dim[];

export class ShapeError extends EngineError {
  constructor(message: string) {
    super(message, {
      code: "shape-mismatch",
      hint: "The graph was built with tensors that do not fit; this is a fault of the model definition.",
    });
  }
}

export function showShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

/** Numpy's broadcasting; two symbols fit if they have the same name. */
export function broadcast(a: Shape, b: Shape): Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw new ShapeError(`${showShape(a)} and ${showShape(b)} do not broadcast`);
  });
}

/** The axes of `from` over which a gradient is summed to get the shape `to` that was broadcast to it. */
export function broadcastAxes(from: Shape, to: Shape): number[] {
  const lead = from.length - to.length;
  return from.flatMap((dim, axis) =>
    axis < lead || (to[axis - lead] === 1 && dim !== 1) ? [axis] : [],
  );
}

/** A non-negative axis inside the rank. */
export function axisOf(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (positive < 0 || positive >= rank)
    throw new ShapeError(`axis ${axis} of a rank-${rank} tensor`);
  return positive;
}

export function dimOf(shape: Shape, axis: number): Dim {
  const dim = shape[axisOf(axis, shape.length)];
  if (dim === undefined) throw new ShapeError(`no axis ${axis} in ${showShape(shape)}`);
  return dim;
}
