// The int8 model as one flat file for our own inference (native/minilm-model.h reads it in this order): matrices quantised
// as for ONNX Runtime, everything else as it is published. 35 MB, two thirds of it words.

import { MiniLmParameters, minilmShape } from './minilm-parameters.ts';
import { quantiseColumns } from './quantise-columns.ts';
import type { Safetensors } from './safetensors.ts';

const { layers, hidden, intermediate } = minilmShape;

/**
 * Little-endian, nothing between the parts: word embeddings as halves, positions, a norm; then for each layer the matrix of
 * query, key and value, the projection, a norm, expansion, contraction, a norm. A matrix is its signed bytes row by row, the
 * scales of its columns, its bias; a norm is gamma and beta. Throws `data_loss` when a weight is missing.
 */
export function encodeMiniLmWeights(weights: Safetensors): Uint8Array {
  const parameters = new MiniLmParameters(weights);
  const parts: ArrayBufferView[] = [parameters.wordHalves(), parameters.places()];
  const addNorm = (name: string) => {
    parts.push(parameters.vector(`${name}.weight`, hidden), parameters.vector(`${name}.bias`, hidden));
  };
  const addMatrix = (matrix: Float32Array, bias: Float32Array) => {
    const { values, scales, zeroPoint } = quantiseColumns(matrix, bias.length);
    parts.push(
      Int8Array.from(values, (value) => value - zeroPoint),
      scales,
      bias,
    );
  };
  const addDense = (name: string, rows: number, columns: number) => {
    const bias = parameters.vector(`${name}.bias`, columns);
    addMatrix(parameters.transposed(`${name}.weight`, rows, columns), bias);
  };
  addNorm('embeddings.LayerNorm');
  for (let layer = 0; layer < layers; layer++) {
    const name = `encoder.layer.${layer}`;
    const { matrix, bias } = parameters.queryKeyValue(`${name}.attention.self`);
    addMatrix(matrix, bias);
    addDense(`${name}.attention.output.dense`, hidden, hidden);
    addNorm(`${name}.attention.output.LayerNorm`);
    addDense(`${name}.intermediate.dense`, hidden, intermediate);
    addDense(`${name}.output.dense`, intermediate, hidden);
    addNorm(`${name}.output.LayerNorm`);
  }
  return Buffer.concat(parts.map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength)));
}
