/** Graphs that several tests run. */
import { buildModel, type Operator } from "../model.ts";
import { Session } from "../session.ts";

const vector = ["float32", ["N"]] as const;
const matrix = ["float32", ["N", "N"]] as const;

/** sum = a + b over vectors of one length N */
export function addition(name = "addition"): Session {
  const add: Operator = { type: "Add", inputs: ["a", "b"], outputs: ["sum"] };
  return Session.create(buildModel([add], { a: vector, b: vector }, { sum: vector }), { name });
}

/** y = x·w·w·… with `length` products of N × N matrices: many nodes, so that it can be cancelled */
export function chain(length: number, name = "chain"): Session {
  const products = Array.from({ length }, (_, index): Operator => {
    const from = index === 0 ? "x" : `h${index}`;
    const to = index === length - 1 ? "y" : `h${index + 1}`;
    return { type: "MatMul", inputs: [from, "w"], outputs: [to] };
  });
  return Session.create(buildModel(products, { x: matrix, w: matrix }, { y: matrix }), { name });
}

/** y = a·b + c */
export function gemm(): Session {
  const product: Operator = { type: "Gemm", inputs: ["a", "b", "c"], outputs: ["y"] };
  const [a, b, c] = [
    ["float32", ["M", "K"]],
    ["float32", ["K", "N"]],
    ["float32", ["M", "N"]],
  ] as const;
  return Session.create(buildModel([product], { a, b, c }, { y: c }), { name: "gemm" });
}
