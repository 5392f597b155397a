// The default model as an ONNX graph: BERT (Devlin et al. 2018) with 6 layers, 12 heads and 384 dimensions, then the
// mean over a text's tokens and unit length (Reimers & Gurevych 2019), built from the published weights. Building it
// here gives the fused operators of ONNX Runtime without an exporter and its Python.

import { MiniLmParameters, minilmShape } from './minilm-parameters.ts';
import type { Precision } from './minilm-space.ts';
import {
  contribDomain,
  floatAttribute,
  intAttribute,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  onnxType,
} from './onnx-model.ts';
import { quantiseColumns } from './quantise-columns.ts';
import type { Safetensors } from './safetensors.ts';

const { layers, heads, hidden, intermediate, vocabulary, positions } = minilmShape;
/** As in the model's config.json. */
const epsilon = floatAttribute('epsilon', 1e-12);

/**
 * Inputs `input_ids` and `attention_mask`, int32 of shape [batch × sequence], padded on the right with zeros. Output
 * `embedding`, float of shape [batch × 384], rows of unit length. `int8` quantises each product with a weight matrix;
 * the attention itself, sums, norms and the activation stay float. Throws `data_loss` when a weight is missing.
 */
export function buildMiniLmGraph(weights: Safetensors, precision: Precision): OnnxGraph {
  return new MiniLmGraph(weights, precision).build();
}

interface Operator {
  readonly opType: string;
  readonly name: string;
  readonly input: readonly string[];
  readonly attribute?: readonly OnnxAttribute[];
  /** Outputs after the first one, which is called like the node. */
  readonly outputsMore?: readonly string[];
}

class MiniLmGraph {
  readonly #parameters: MiniLmParameters;
  readonly #precision: Precision;
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers: OnnxTensor[] = [];

  constructor(weights: Safetensors, precision: Precision) {
    this.#parameters = new MiniLmParameters(weights);
    this.#precision = precision;
  }

  build(): OnnxGraph {
    let state = this.#embeddings();
    for (let layer = 0; layer < layers; layer++) state = this.#layer(`encoder.layer.${layer}`, state);
    this.#pooling(state);
    const dims = ['batch', 'sequence'];
    return {
      name: `minilm-l6-v2-${this.#precision}`,
      nodes: this.#nodes,
      initializers: this.#initializers,
      inputs: [
        { name: 'input_ids', dataType: onnxType.int32, dims },
        { name: 'attention_mask', dataType: onnxType.int32, dims },
      ],
      outputs: [{ name: 'embedding', dataType: onnxType.float, dims: ['batch', hidden] }],
    };
  }

  /** Word + position + segment, normalised. Also leaves `lengths`, the tokens of each row, for the attention. */
  #embeddings(): string {
    const words = this.#parameters.words();
    const places = this.#parameters.places();
    return this.#contrib({
      opType: 'EmbedLayerNormalization',
      name: 'embeddings',
      input: [
        'input_ids',
        '',
        this.#floats('words', [vocabulary, hidden], words),
        this.#floats('positions', [positions, hidden], places),
        '',
        this.#vector('embeddings.LayerNorm.weight', hidden),
        this.#vector('embeddings.LayerNorm.bias', hidden),
        'attention_mask',
      ],
      attribute: [epsilon, intAttribute('mask_index_type', 1)],
      outputsMore: ['lengths'],
    });
  }

  #layer(name: string, input: string): string {
    const attended = this.#attention(`${name}.attention.self`, input);
    const projected = this.#product(`${name}.attention.output.dense`, attended, hidden, hidden);
    const middle = this.#skipNorm(`${name}.attention.output`, projected, input);
    const expanded = this.#product(`${name}.intermediate.dense`, middle, hidden, intermediate);
    const activated = this.#contrib({
      opType: 'BiasGelu',
      name: `${name}.gelu`,
      input: [expanded, this.#vector(`${name}.intermediate.dense.bias`, intermediate)],
    });
    const contracted = this.#product(`${name}.output.dense`, activated, intermediate, hidden);
    return this.#skipNorm(`${name}.output`, contracted, middle);
  }

  /** Query, key and value side by side in one matrix of shape [384 × 1152], as the fused operators want them. */
  #attention(name: string, input: string): string {
    const columns = 3 * hidden;
    const { matrix, bias } = this.#parameters.queryKeyValue(name);
    const biasName = this.#floats(`${name}.bias`, [columns], bias);
    const attribute = [intAttribute('num_heads', heads)];
    if (this.#precision === 'fp32') {
      const weight = this.#floats(`${name}.weight`, [hidden, columns], matrix);
      return this.#contrib({
        opType: 'Attention',
        name,
        input: [input, weight, biasName, 'lengths'],
        attribute,
      });
    }
    const { values, scales, zeros } = this.#quantised(name, matrix, columns);
    const [bytes, scale, zero] = [`${name}.bytes`, `${name}.scale`, `${name}.zero`];
    this.#standard({
      opType: 'DynamicQuantizeLinear',
      name: bytes,
      input: [input],
      outputsMore: [scale, zero],
    });
    return this.#contrib({
      opType: 'QAttention',
      name,
      input: [bytes, values, biasName, scale, scales, 'lengths', zero, zeros],
      attribute,
    });
  }

  /** input × weight, without the bias: the operator that follows adds it in passing. */
  #product(name: string, input: string, rows: number, columns: number): string {
    const matrix = this.#parameters.transposed(`${name}.weight`, rows, columns);
    if (this.#precision === 'fp32') {
      const weight = this.#floats(`${name}.weight`, [rows, columns], matrix);
      return this.#standard({ opType: 'MatMul', name, input: [input, weight] });
    }
    const { values, scales, zeros } = this.#quantised(name, matrix, columns);
    return this.#contrib({ opType: 'DynamicQuantizeMatMul', name, input: [input, values, scales, zeros] });
  }

  /** norm(input + bias + skip). */
  #skipNorm(name: string, input: string, skip: string): string {
    const gamma = this.#vector(`${name}.LayerNorm.weight`, hidden);
    const beta = this.#vector(`${name}.LayerNorm.bias`, hidden);
    const bias = this.#vector(`${name}.dense.bias`, hidden);
    return this.#contrib({
      opType: 'SkipLayerNormalization',
      name: `${name}.norm`,
      input: [input, skip, gamma, beta, bias],
      attribute: [epsilon],
    });
  }

  /** The sum over a text's own tokens at unit length: dividing it by their number first would change nothing. */
  #pooling(state: string): void {
    const one = new Uint8Array(BigInt64Array.of(1n).buffer);
    const axis = this.#initializer({ name: 'axis', dims: [1], dataType: onnxType.int64, rawData: one });
    const mask = this.#standard({
      opType: 'Cast',
      name: 'pooling.mask',
      input: ['attention_mask'],
      attribute: [intAttribute('to', onnxType.float)],
    });
    const row = this.#standard({ opType: 'Unsqueeze', name: 'pooling.row', input: [mask, axis] });
    const sum = this.#standard({ opType: 'MatMul', name: 'pooling.sum', input: [row, state] });
    const flat = this.#standard({ opType: 'Squeeze', name: 'pooling.flat', input: [sum, axis] });
    this.#standard({
      opType: 'LpNormalization',
      name: 'embedding',
      input: [flat],
      attribute: [intAttribute('axis', -1), intAttribute('p', 2)],
    });
  }

  #contrib(operator: Operator): string {
    return this.#node(contribDomain, operator);
  }

  #standard(operator: Operator): string {
    return this.#node('', operator);
  }

  /** Adds the node; returns the name of its first output. */
  #node(domain: string, { opType, name, input, attribute = [], outputsMore = [] }: Operator): string {
    this.#nodes.push({ name, opType, domain, input, output: [name, ...outputsMore], attribute });
    return name;
  }

  #quantised(name: string, matrix: Float32Array, columns: number) {
    const { values, scales, zeroPoint } = quantiseColumns(matrix, columns);
    const dims = [matrix.length / columns, columns];
    const zeros = new Uint8Array(columns).fill(zeroPoint);
    const dataType = onnxType.uint8;
    return {
      values: this.#initializer({ name: `${name}.weight`, dims, dataType, rawData: values }),
      scales: this.#floats(`${name}.weight.scales`, [columns], scales),
      zeros: this.#initializer({ name: `${name}.weight.zeros`, dims: [columns], dataType, rawData: zeros }),
    };
  }

  #vector(name: string, length: number): string {
    return this.#floats(name, [length], this.#parameters.vector(name, length));
  }

  #floats(name: string, dims: readonly number[], values: Float32Array): string {
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return this.#initializer({ name, dims, dataType: onnxType.float, rawData });
  }

  #initializer(tensor: OnnxTensor): string {
    this.#initializers.push(tensor);
    return tensor.name;
  }
}
