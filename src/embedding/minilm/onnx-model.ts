// Writes ONNX model files. ONNX publishes its file format as a protobuf schema (onnx.proto3, opset 17, IR version 8);
// the part of it that a graph of named tensors and nodes needs is stated here, by field number, and nothing else.

import protobuf from 'protobufjs';

/** TensorProto.DataType. */
export const onnxType = { float: 1, uint8: 2, int8: 3, int32: 6, int64: 7 } as const;

export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dataType: number;
  /** Little-endian, row-major. */
  readonly rawData: Uint8Array;
}

export interface OnnxAttribute {
  readonly name: string;
  readonly type: number;
  readonly f?: number;
  readonly i?: number;
}

export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  /** An empty name stands for an optional input or output that is left out. */
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly OnnxAttribute[];
}

/** A graph's input or output; a dimension that is a string may have any length. */
export interface OnnxPort {
  readonly name: string;
  readonly dataType: number;
  readonly dims: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
}

export function floatAttribute(name: string, f: number): OnnxAttribute {
  return { name, type: 1, f };
}

export function intAttribute(name: string, i: number): OnnxAttribute {
  return { name, type: 2, i };
}

const irVersion = 8;
const opsetVersion = 17;
/** The operators that ONNX Runtime adds to the standard. */
export const contribDomain = 'com.microsoft';

/** The bytes of a model file with this graph. */
export function encodeOnnxModel(graph: OnnxGraph): Uint8Array {
  const model = {
    irVersion,
    opsetImport: [
      { domain: '', version: opsetVersion },
      { domain: contribDomain, version: 1 },
    ],
    graph: {
      name: graph.name,
      node: graph.nodes,
      initializer: graph.initializers,
      input: graph.inputs.map(portMessage),
      output: graph.outputs.map(portMessage),
    },
  };
  return modelProto.encode(model).finish();
}

function portMessage({ name, dataType, dims }: OnnxPort): object {
  const dim = dims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: dataType, shape: { dim } } } };
}

/** One message of the schema: field name → [number, type], repeated ones marked by `[]`. */
function message(name: string, fields: Readonly<Record<string, readonly [number, string]>>): protobuf.Type {
  const type = new protobuf.Type(name);
  for (const [field, [id, fieldType]] of Object.entries(fields)) {
    const isRepeated = fieldType.endsWith('[]');
    const elementType = isRepeated ? fieldType.slice(0, -2) : fieldType;
    type.add(new protobuf.Field(field, id, elementType, isRepeated ? 'repeated' : 'optional'));
  }
  return type;
}

/** The messages by name, after onnx.proto3. */
const schema: Readonly<Record<string, Readonly<Record<string, readonly [number, string]>>>> = {
  ModelProto: { irVersion: [1, 'int64'], graph: [7, 'GraphProto'], opsetImport: [8, 'OperatorSetIdProto[]'] },
  OperatorSetIdProto: { domain: [1, 'string'], version: [2, 'int64'] },
  GraphProto: {
    node: [1, 'NodeProto[]'],
    name: [2, 'string'],
    initializer: [5, 'TensorProto[]'],
    input: [11, 'ValueInfoProto[]'],
    output: [12, 'ValueInfoProto[]'],
  },
  NodeProto: {
    input: [1, 'string[]'],
    output: [2, 'string[]'],
    name: [3, 'string'],
    opType: [4, 'string'],
    attribute: [5, 'AttributeProto[]'],
    domain: [7, 'string'],
  },
  AttributeProto: { name: [1, 'string'], f: [2, 'float'], i: [3, 'int64'], type: [20, 'int32'] },
  TensorProto: {
    dims: [1, 'int64[]'],
    dataType: [2, 'int32'],
    name: [8, 'string'],
    rawData: [9, 'bytes'],
  },
  ValueInfoProto: { name: [1, 'string'], type: [2, 'TypeProto'] },
  TypeProto: { tensorType: [1, 'TensorTypeProto'] },
  TensorTypeProto: { elemType: [1, 'int32'], shape: [2, 'TensorShapeProto'] },
  TensorShapeProto: { dim: [1, 'DimensionProto[]'] },
  DimensionProto: { dimValue: [1, 'int64'], dimParam: [2, 'string'] },
};

const root = new protobuf.Root();
for (const [name, fields] of Object.entries(schema)) root.add(message(name, fields));
const modelProto = root.lookupType('ModelProto');
