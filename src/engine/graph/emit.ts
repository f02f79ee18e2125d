/** Graph → ONNX model bytes. One row an operation in a table that the compiler completes. */
import { create, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "onnx-buf";
import { isKind, type Graph } from "./graph.ts";
import type { DType, Node, OpKind, Value } from "./ops.ts";
import { ShapeError, showShape, type Shape } from "./shape.ts";

const ELEMENT: { readonly [D in DType]: TensorProto_DataType } = {
  float32: TensorProto_DataType.FLOAT,
  int64: TensorProto_DataType.INT64,
  int32: TensorProto_DataType.INT32,
};

type Attribute = number | readonly number[] | { readonly float: number };

/** Collects ONNX nodes and constants under fresh names. */
class Emitter {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly #names = new Map<Value, string>();
  readonly #constants = new Map<string, string>();
  readonly #shapes = new Map<Value, string>();
  #fresh = 0;

  /** The ONNX name of a value; `rename` fixes it first for graph outputs. */
  name(value: Value): string {
    if (isKind(value.node, "input")) return value.node.attrs.name;
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const name = `v${value.node.id}_${value.index}`;
    this.#names.set(value, name);
    return name;
  }

  /** Gives the value this name, unless it already has one. @returns whether it took the name */
  rename(value: Value, name: string): boolean {
    if (isKind(value.node, "input") || this.#names.has(value)) return false;
    this.#names.set(value, name);
    return true;
  }

  fresh(): string {
    return `t${this.#fresh++}`;
  }

  node(
    opType: string,
    inputs: readonly string[],
    outputs: readonly string[] = [this.fresh()],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = "",
  ): string {
    this.nodes.push(
      create(NodeProtoSchema, {
        opType,
        domain,
        name: `${opType}_${this.nodes.length}`,
        input: [...inputs],
        output: [...outputs],
        attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      }),
    );
    const [first] = outputs;
    if (first === undefined) throw new ShapeError(`${opType} without an output`);
    return first;
  }

  constant(dtype: DType, shape: readonly number[], values: readonly number[]): string {
    const key = JSON.stringify([dtype, shape, values]);
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = `c${this.initializers.length}`;
    this.initializers.push(
      create(TensorProtoSchema, {
        name,
        dataType: ELEMENT[dtype],
        dims: shape.map(BigInt),
        ...(dtype === "float32" ? { floatData: [...values] } : {}),
        ...(dtype === "int64" ? { int64Data: values.map(BigInt) } : {}),
        ...(dtype === "int32" ? { int32Data: [...values] } : {}),
      }),
    );
    this.#constants.set(key, name);
    return name;
  }

  integers(values: readonly number[]): string {
    return this.constant("int64", [values.length], values);
  }

  /** A shape vector: constant where all is known, else read off the value at run time. */
  shapeOf(value: Value): string {
    if (isStatic(value.shape)) return this.integers(value.shape);
    const known = this.#shapes.get(value);
    if (known !== undefined) return known;
    const name = this.node("Shape", [this.name(value)]);
    this.#shapes.set(value, name);
    return name;
  }
}

function isStatic(shape: Shape): shape is readonly number[] {
  return shape.every((dim) => typeof dim === "number");
}

function attribute(name: string, value: Attribute): AttributeProto {
  if (typeof value === "number") {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.INT,
      i: BigInt(value),
    });
  }
  if ("float" in value) {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.FLOAT,
      f: value.float,
    });
  }
  return create(AttributeProtoSchema, {
    name,
    type: AttributeProto_AttributeType.INTS,
    ints: value.map(BigInt),
  });
}

/** The target of an ONNX Reshape: 0 copies the input's axis, one unknown is −1. */
function reshapeTarget(from: Shape, to: Shape): number[] {
  const target = to.map((dim, axis) =>
    typeof dim === "number" ? dim : dim === from[axis] ? 0 : -1,
  );
  if (target.filter((dim) => dim === -1).length > 1) {
    throw new ShapeError(`cannot tell ${showShape(to)} from ${showShape(from)} at run time`);
  }
  return target;
}

const CONTRIB = "com.microsoft";

/** Writes one node. `x` are the names of its inputs, `y` of its outputs. */
type Emit<K extends OpKind> = (
  e: Emitter,
  node: Node<K>,
  x: readonly string[],
  y: readonly string[],
) => void;

const plain =
  (opType: string): Emit<OpKind> =>
  (e, _node, x, y) =>
    void e.node(opType, x, y);
const first = (names: readonly string[]): string => names[0] ?? "";
const second = (names: readonly string[]): string => names[1] ?? "";

const emitters: { readonly [K in OpKind]: Emit<K> } = {
  input: () => {},
  constant: (e, { attrs }, _x, y) =>
    void e.node("Identity", [e.constant(attrs.dtype, attrs.shape, attrs.values)], y),
  add: plain("Add"),
  sub: plain("Sub"),
  mul: plain("Mul"),
  div: plain("Div"),
  neg: plain("Neg"),
  exp: plain("Exp"),
  log: plain("Log"),
  sqrt: plain("Sqrt"),
  sigmoid: plain("Sigmoid"),
  silu: (e, _n, x, y) => void e.node("QuickGelu", x, y, { alpha: { float: 1 } }, CONTRIB),
  matmul: plain("MatMul"),
  linear: (e, _n, x, y) => void e.node("FusedMatMul", x, y, { transA: 0, transB: 1 }, CONTRIB),
  linearFew: (e, _n, x, y) => {
    const columns = e.node("Transpose", [first(x)], undefined, { perm: [1, 0] });
    const product = e.node("MatMul", [second(x), columns]);
    e.node("Transpose", [product], y, { perm: [1, 0] });
  },
  matmulAdd: plain("Gemm"),
  sum: (e, { attrs }, x, y) =>
    void e.node("ReduceSum", [first(x), e.integers(attrs.axes)], y, {
      keepdims: attrs.keep ? 1 : 0,
    }),
  mean: (e, { attrs }, x, y) =>
    void e.node("ReduceMean", [first(x), e.integers([attrs.axis])], y, { keepdims: 1 }),
  max: (e, { attrs }, x, y) =>
    void e.node("ReduceMax", [first(x), e.integers([attrs.axis])], y, { keepdims: 1 }),
  softmax: (e, _n, x, y) => void e.node("Softmax", x, y, { axis: -1 }),
  softmaxMatmul: (e, _n, x, y) => void e.node("MatMul", x.slice(1), y),
  // max p = exp(max z − lse), so lse = max z − log max p: two maxima instead of a pass of exponentials.
  logSumExp: (e, _n, x, y) => {
    const top = e.node("ReduceMax", [first(x), e.integers([-1])], undefined, { keepdims: 1 });
    const mass = e.node("ReduceMax", [second(x), e.integers([-1])], undefined, { keepdims: 1 });
    e.node("Sub", [top, e.node("Log", [mass])], y);
  },
  rmsNorm: (e, { attrs }, x, y) =>
    void e.node("SimplifiedLayerNormalization", x, y, {
      axis: -1,
      epsilon: { float: attrs.epsilon },
      stash_type: 1,
    }),
  transpose: (e, { attrs }, x, y) => void e.node("Transpose", x, y, { perm: attrs.permutation }),
  reshape: (e, node, x, y) => {
    const target = reshapeTarget(node.inputs[0]?.shape ?? [], node.attrs.shape);
    e.node("Reshape", [first(x), e.integers(target)], y);
  },
  reshapeLike: (e, node, x, y) => void e.node("Reshape", [first(x), likeShape(e, node)], y),
  expandLike: (e, node, x, y) => void e.node("Expand", [first(x), likeShape(e, node)], y),
  gather: (e, _n, x, y) => void e.node("Gather", x, y, { axis: 0 }),
  gatherUnique: (e, _n, x, y) => void e.node("Gather", x, y, { axis: 0 }),
  // No reduction: with repeats ScatterND would race, which is why the indices must be unique.
  scatterUnique: (e, node, x, y) => {
    const like = node.inputs[2];
    if (!like) throw new ShapeError("scatterUnique without its third input");
    const zeros = e.node("ConstantOfShape", [e.shapeOf(like)]);
    const indices = e.node("Unsqueeze", [second(x), e.integers([-1])]);
    e.node("ScatterND", [zeros, indices, first(x)], y);
  },
  rotary: (e, _n, x, y) => void e.node("RotaryEmbedding", x, y, { interleaved: 0 }, CONTRIB),
  cachedAttention: (e, { attrs }, x, y) =>
    void e.node(
      "GroupQueryAttention",
      x,
      y,
      { num_heads: attrs.heads, kv_num_heads: attrs.kvHeads },
      CONTRIB,
    ),
  argmax: (e, _n, x, y) => void e.node("ArgMax", x, y, { axis: -1, keepdims: 1 }),
};

function likeShape(e: Emitter, node: Node): string {
  const like = node.inputs[1];
  if (!like) throw new ShapeError(`${node.kind} without its second input`);
  return e.shapeOf(like);
}

function emitNode<K extends OpKind>(e: Emitter, node: Node<K>): void {
  emitters[node.kind](
    e,
    node,
    node.inputs.map((v) => e.name(v)),
    node.outputs.map((v) => e.name(v)),
  );
}

function valueInfo(name: string, value: Value): ValueInfoProto {
  const dim = value.shape.map((size) =>
    create(TensorShapeProto_DimensionSchema, {
      value:
        typeof size === "number"
          ? { case: "dimValue", value: BigInt(size) }
          : { case: "dimParam", value: size },
    }),
  );
  const tensor = create(TypeProto_TensorSchema, {
    elemType: ELEMENT[value.dtype],
    shape: create(TensorShapeProtoSchema, { dim }),
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: "tensorType", value: tensor } }),
  });
}

/** Nodes on which the outputs depend, in order. */
function live(graph: Graph, outputs: readonly Value[]): Node[] {
  const reached = new Set<Node>(outputs.map((value) => value.node));
  for (let id = graph.nodes.length - 1; id >= 0; id--) {
    const node = graph.nodes[id];
    if (node && reached.has(node)) for (const input of node.inputs) reached.add(input.node);
  }
  return graph.nodes.filter((node) => reached.has(node));
}

/**
 * ONNX bytes of the part of the graph that the outputs need.
 *
 * @param outputs value of each named output; inputs that no output needs are left out of the model
 */
export function emit(graph: Graph, outputs: Readonly<Record<string, Value>>): Uint8Array {
  const e = new Emitter();
  const copies: [string, Value][] = [];
  for (const [name, value] of Object.entries(outputs)) {
    if (!e.rename(value, name)) copies.push([name, value]);
  }
  const nodes = live(graph, Object.values(outputs));
  for (const node of nodes) emitNode(e, node);
  for (const [name, value] of copies) e.node("Identity", [e.name(value)], [name]);

  const inputs = nodes.filter((node): node is Node<"input"> => isKind(node, "input"));
  const model = create(ModelProtoSchema, {
    irVersion: 10n,
    producerName: "placebo",
    opsetImport: [
      create(OperatorSetIdProtoSchema, { domain: "", version: 21n }),
      create(OperatorSetIdProtoSchema, { domain: CONTRIB, version: 1n }),
    ],
    graph: create(GraphProtoSchema, {
      name: "placebo",
      node: e.nodes,
      initializer: e.initializers,
      input: inputs.flatMap((node) =>
        node.outputs.map((value) => valueInfo(node.attrs.name, value)),
      ),
      output: Object.entries(outputs).map(([name, value]) => valueInfo(name, value)),
    }),
  });
  return toBinary(ModelProtoSchema, model);
}
