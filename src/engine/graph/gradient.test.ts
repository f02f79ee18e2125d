/** Every operation's gradient against central differences, on the runtime that trains. */
import { beforeAll, describe, expect, test } from "vitest";
import { stream } from "../../random.ts";
import { openRuntime, Session, tensor, type TensorOf } from "../runtime/index.ts";
import { emit, gradients, Graph, ops, type OpKind, type Ops, type Value } from "./index.ts";

type Floats = TensorOf<"float32">;

interface Case {
  /** shapes of the differentiated inputs */
  readonly shapes: readonly (readonly number[])[];
  readonly build: (o: Ops, inputs: readonly Value[], graph: Graph) => Value;
  /** keeps inputs away from poles */
  readonly positive?: boolean;
  /** values of integer inputs by name */
  readonly integers?: Readonly<Record<string, readonly number[]>>;
}

const at = (values: readonly Value[], i: number): Value => {
  const value = values[i];
  if (!value) throw new Error(`case lacks input ${i}`);
  return value;
};

const integerInput = (graph: Graph, name: string, shape: readonly number[]) =>
  graph.input(name, "int64", shape);

/** `null` where an operation has no gradient by design. */
const cases: { readonly [K in OpKind]: readonly Case[] | null } = {
  input: null,
  constant: null,
  linearFew: null,
  matmulAdd: null,
  max: null,
  cachedAttention: null,
  argmax: null,
  add: [
    {
      shapes: [
        [3, 4],
        [3, 4],
      ],
      build: (o, x) => o.add(at(x, 0), at(x, 1)),
    },
    {
      shapes: [
        [2, 3, 4],
        [3, 1],
      ],
      build: (o, x) => o.add(at(x, 0), at(x, 1)),
    },
  ],
  sub: [
    {
      shapes: [
        [3, 4],
        [1, 4],
      ],
      build: (o, x) => o.sub(at(x, 0), at(x, 1)),
    },
  ],
  mul: [
    { shapes: [[3, 4], [4]], build: (o, x) => o.mul(at(x, 0), at(x, 1)) },
    { shapes: [[3, 4]], build: (o, x) => o.mul(at(x, 0), at(x, 0)) },
  ],
  div: [
    {
      shapes: [
        [3, 4],
        [3, 1],
      ],
      positive: true,
      build: (o, x) => o.div(at(x, 0), at(x, 1)),
    },
  ],
  neg: [{ shapes: [[3]], build: (o, x) => o.neg(at(x, 0)) }],
  exp: [{ shapes: [[3, 2]], build: (o, x) => o.exp(at(x, 0)) }],
  log: [{ shapes: [[3, 2]], positive: true, build: (o, x) => o.log(at(x, 0)) }],
  sqrt: [{ shapes: [[3, 2]], positive: true, build: (o, x) => o.sqrt(at(x, 0)) }],
  sigmoid: [{ shapes: [[5]], build: (o, x) => o.sigmoid(at(x, 0)) }],
  silu: [{ shapes: [[5]], build: (o, x) => o.silu(at(x, 0)) }],
  matmul: [
    {
      shapes: [
        [3, 4],
        [4, 2],
      ],
      build: (o, x) => o.matmul(at(x, 0), at(x, 1)),
    },
    {
      shapes: [
        [2, 3, 4],
        [4, 2],
      ],
      build: (o, x) => o.matmul(at(x, 0), at(x, 1)),
    },
    {
      shapes: [
        [2, 3, 4],
        [2, 4, 2],
      ],
      build: (o, x) => o.matmul(at(x, 0), at(x, 1)),
    },
    {
      shapes: [
        [2, 3, 3, 4],
        [1, 3, 4, 2],
      ],
      build: (o, x) => o.matmul(at(x, 0), at(x, 1)),
    },
  ],
  linear: [
    {
      shapes: [
        [3, 4],
        [5, 4],
      ],
      build: (o, x) => o.linear(at(x, 0), at(x, 1)),
    },
    {
      shapes: [
        [2, 3, 4],
        [5, 4],
      ],
      build: (o, x) => o.linear(at(x, 0), at(x, 1)),
    },
  ],
  sum: [
    { shapes: [[2, 3, 4]], build: (o, x) => o.sum(at(x, 0), [1]) },
    { shapes: [[2, 3, 4]], build: (o, x) => o.sum(at(x, 0), [0, 2], false) },
  ],
  mean: [{ shapes: [[2, 3]], build: (o, x) => o.mean(at(x, 0), -1) }],
  softmax: [{ shapes: [[3, 5]], build: (o, x) => o.softmax(at(x, 0)) }],
  logSumExp: [{ shapes: [[3, 5]], build: (o, x) => o.logSumExp(at(x, 0)) }],
  softmaxMatmul: [
    {
      shapes: [
        [2, 3, 5],
        [2, 5, 4],
      ],
      build: (o, x) => o.softmaxMatmul(at(x, 0), at(x, 1)),
    },
  ],
  rmsNorm: [{ shapes: [[2, 3, 4], [4]], build: (o, x) => o.rmsNorm(at(x, 0), at(x, 1), 1e-5) }],
  transpose: [{ shapes: [[2, 3, 4]], build: (o, x) => o.transpose(at(x, 0), [2, 0, 1]) }],
  reshape: [{ shapes: [[2, 3, 4]], build: (o, x) => o.reshape(at(x, 0), [4, 6]) }],
  reshapeLike: [
    {
      shapes: [
        [2, 6],
        [3, 4],
      ],
      build: (o, x) => o.mul(o.reshapeLike(at(x, 0), at(x, 1)), at(x, 1)),
    },
  ],
  expandLike: [
    {
      shapes: [
        [1, 4],
        [3, 4],
      ],
      build: (o, x) => o.mul(o.expandLike(at(x, 0), at(x, 1)), at(x, 1)),
    },
  ],
  gather: [
    {
      shapes: [[5, 3]],
      integers: { places: [4, 0, 4, 4] },
      build: (o, x, graph) => o.gather(at(x, 0), integerInput(graph, "places", [4])),
    },
  ],
  gatherUnique: [
    {
      shapes: [[5, 3]],
      integers: { places: [4, 0, 2] },
      build: (o, x, graph) => o.gatherUnique(at(x, 0), integerInput(graph, "places", [3])),
    },
  ],
  scatterUnique: [
    {
      shapes: [
        [2, 3],
        [4, 3],
      ],
      integers: { places: [3, 1] },
      build: (o, x, graph) =>
        o.mul(o.scatterUnique(at(x, 0), integerInput(graph, "places", [2]), at(x, 1)), at(x, 1)),
    },
  ],
  rotary: [
    {
      shapes: [[2, 3, 4, 8]],
      integers: { place: [1] },
      build: (o, x, graph) => {
        const cos = graph.input("cos", "float32", [6, 4]);
        const sin = graph.input("sin", "float32", [6, 4]);
        return o.rotary(at(x, 0), integerInput(graph, "place", [1]), cos, sin);
      },
    },
  ],
};

beforeAll(() => openRuntime({ threads: 2 }));

/** Fixed inputs that some cases declare beside the differentiated ones. */
function extraFeeds(spec: Case, inputNames: readonly string[]) {
  const feeds: Record<string, ReturnType<typeof tensor>> = {};
  for (const [name, values] of Object.entries(spec.integers ?? {})) {
    const t = tensor("int64", [values.length]);
    values.forEach((value, i) => (t.data[i] = BigInt(value)));
    feeds[name] = t;
  }
  for (const [name, turn] of [
    ["cos", Math.cos],
    ["sin", Math.sin],
  ] as const) {
    if (!inputNames.includes(name)) continue;
    const t = tensor("float32", [6, 4]);
    t.data.forEach((_, i) => (t.data[i] = turn(0.3 * i)));
    feeds[name] = t;
  }
  return feeds;
}

async function check(spec: Case, label: string): Promise<void> {
  const random = stream(7, "test");
  const graph = new Graph();
  const o = ops(graph);
  const inputs = spec.shapes.map((shape, i) => graph.input(`x${i}`, "float32", shape));
  const y = spec.build(o, inputs, graph);
  const seed = graph.input("seed", "float32", y.shape);
  const found = gradients(graph, [[y, seed]], inputs);

  const outputs: Record<string, Value> = { y };
  found.forEach(({ dense, rows }, i) => {
    if (dense) outputs[`d${i}`] = dense;
    rows.forEach(({ values }, r) => (outputs[`r${i}_${r}`] = values));
  });
  const session = Session.create(emit(graph, outputs), { name: label });
  const float = (shape: readonly (number | string)[]): Floats =>
    tensor("float32", shape.map(Number));
  const drawn = (shape: readonly (number | string)[]): Floats => {
    const t = float(shape);
    t.data.forEach(
      (_, i) => (t.data[i] = spec.positive ? 0.5 + random.uniform() : random.normal()),
    );
    return t;
  };
  const values = inputs.map((value) => drawn(value.shape));
  const seedValue = drawn(y.shape);
  const all = {
    ...Object.fromEntries(values.map((value, i) => [`x${i}`, value])),
    seed: seedValue,
    ...extraFeeds(spec, session.inputNames),
  };
  const feeds = Object.fromEntries(
    Object.entries(all).filter(([name]) => session.inputNames.includes(name)),
  );
  const fetches = Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [name, float(value.shape)]),
  );
  const evaluate = async (): Promise<number> => {
    await session.run(feeds, fetches);
    return (
      fetches["y"]?.data.reduce((sum, value, i) => sum + value * (seedValue.data[i] ?? 0), 0) ??
      Number.NaN
    );
  };
  await evaluate();
  const analytic = values.map((value, i) => {
    const total = Float64Array.from(fetches[`d${i}`]?.data ?? new Float32Array(value.data.length));
    found[i]?.rows.forEach((_, r) => {
      const rowValues = fetches[`r${i}_${r}`]?.data ?? new Float32Array();
      const width = value.shape.slice(1).reduce((a, b) => a * b, 1);
      spec.integers?.["places"]?.forEach((place, m) => {
        for (let h = 0; h < width; h++) {
          total[place * width + h] =
            (total[place * width + h] ?? 0) + (rowValues[m * width + h] ?? 0);
        }
      });
    });
    return total;
  });
  const h = 1e-2;
  for (const [i, value] of values.entries()) {
    for (let k = 0; k < value.data.length; k++) {
      const x = value.data[k] ?? 0;
      const difference = async (step: number) => {
        value.data[k] = x + step;
        const above = await evaluate();
        value.data[k] = x - step;
        const below = await evaluate();
        value.data[k] = x;
        return (above - below) / (2 * step);
      };
      // Richardson: the h² term cancels, so single precision suffices for a tight bound.
      const numeric = (4 * (await difference(h)) - (await difference(2 * h))) / 3;
      expect(
        Math.abs((analytic[i]?.[k] ?? Number.NaN) - numeric),
        `${label} x${i}[${k}]`,
      ).toBeLessThan(2e-3 * Math.max(1, Math.abs(numeric)));
    }
  }
  session.release();
}

describe("gradients agree with finite differences", () => {
  for (const [kind, list] of Object.entries(cases)) {
    list?.forEach((spec, i) => test(`${kind} ${i}`, () => check(spec, `${kind} ${i}`)));
  }
});

test("an operation without a gradient says so", () => {
  const graph = new Graph();
  const o = ops(graph);
  const x = graph.input("x", "float32", [2, 3]);
  const y = o.max(x, -1);
  expect(() => gradients(graph, [[y, y]], [x])).toThrow("max has no gradient");
});

test("equal nodes are made once", () => {
  const graph = new Graph();
  const o = ops(graph);
  const x = graph.input("x", "float32", [2, 3]);
  expect(o.softmax(x)).toBe(o.softmax(x));
  expect(o.add(x, 1)).not.toBe(o.add(x, 2));
});
