/** Builds the tiny ONNX models of the self-test and of this folder's tests. */
import { create, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";
import { type Dimension, ELEMENT_TYPE } from "./signature.ts";
import type { DType } from "./tensor.ts";

/** One operator; attributes are integers. */
export interface Operator {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly integers?: Readonly<Record<string, number>>;
}

type Declared = Readonly<Record<string, readonly [DType, readonly Dimension[]]>>;

/** A model of opset 21. "" is a size that is not declared, another string a symbolic size. */
export function buildModel(
  operators: readonly Operator[],
  inputs: Declared,
  outputs: Declared,
): Uint8Array {
  const model = create(ModelProtoSchema, {
    irVersion: 10n,
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: "", version: 21n })],
    graph: create(GraphProtoSchema, {
      name: "graph",
      node: operators.map(node),
      input: valueInfos(inputs),
      output: valueInfos(outputs),
    }),
  });
  return toBinary(ModelProtoSchema, model);
}

function node({ type, inputs, outputs, integers = {} }: Operator): NodeProto {
  return create(NodeProtoSchema, {
    opType: type,
    input: [...inputs],
    output: [...outputs],
    attribute: Object.entries(integers).map(([name, value]) =>
      create(AttributeProtoSchema, {
        name,
        type: AttributeProto_AttributeType.INT,
        i: BigInt(value),
      }),
    ),
  });
}

function valueInfos(declared: Declared): ValueInfoProto[] {
  return Object.entries(declared).map(([name, [dtype, sizes]]) => {
    const shape = create(TensorShapeProtoSchema, { dim: sizes.map(dimension) });
    const value = create(TypeProto_TensorSchema, { elemType: ELEMENT_TYPE[dtype], shape });
    const type = create(TypeProtoSchema, { value: { case: "tensorType", value } });
    return create(ValueInfoProtoSchema, { name, type });
  });
}

function dimension(size: Dimension) {
  if (size === "") return create(TensorShapeProto_DimensionSchema);
  return create(TensorShapeProto_DimensionSchema, {
    value:
      typeof size === "number"
        ? { case: "dimValue", value: BigInt(size) }
        : { case: "dimParam", value: size },
  });
}
