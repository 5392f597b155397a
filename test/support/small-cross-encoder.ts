// A cross-encoder export that fits into a test: its logit is a sum over tokens, half of a word's worth in the query and
// all of it in the text, so that the right score can be worked out by hand.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeOnnxModel, type OnnxNode, onnxType } from '../../src/embedding/minilm/onnx-model.ts';
import { node, smallModelWords, smallTokenizer, tensor } from './small-onnx-model.ts';

/** Tokens that the model reads. */
export const crossEncoderTokensMax = 32;

export interface SmallCrossEncoderOptions {
  /** Default 1. The second label's logit is the sum, the first's is 0, and so is the third's. */
  readonly labels?: 1 | 2 | 3;
  /** Default int64. */
  readonly idType?: 'int64' | 'int32';
  /** Default true. Without them there is no half: both sides count whole. */
  readonly withTypeIds?: boolean;
  /** Default true. */
  readonly withPairTemplate?: boolean;
  /** What a word is worth besides `worthOf`; NaN: the model gives no number for a text with it. */
  readonly worths?: Readonly<Record<string, number>>;
}

/** A quarter, a half, … in the order of the vocabulary, signs in turn; an unknown word is worth what [UNK] is. */
export function worthOf(word: string): number {
  const id = Math.max(0, smallModelWords.indexOf(word));
  return ((id + 1) / 4) * (id % 2 === 0 ? 1 : -1);
}

/** Of tokens as the tokenizer makes them, special ones included. */
export function expectedScore(query: readonly string[], text: readonly string[]): number {
  const sum = (words: readonly string[]) => words.reduce((total, word) => total + worthOf(word), 0);
  const logit = sum(['[CLS]', ...query, '[SEP]']) / 2 + sum([...text, '[SEP]']);
  return 1 / (1 + Math.exp(-logit));
}

export function writeSmallCrossEncoder(folder: string, options: SmallCrossEncoderOptions = {}): void {
  const { labels = 1, withPairTemplate = true } = options;
  mkdirSync(folder, { recursive: true });
  const write = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value));
  writeFileSync(join(folder, 'model.onnx'), encodeOnnxModel(graph(options)));
  write('config.json', { num_labels: labels, max_position_embeddings: crossEncoderTokensMax });
  const special = (id: string, typeId: number) => ({ SpecialToken: { id, type_id: typeId } });
  const pair = [
    special('[CLS]', 0),
    { Sequence: { id: 'A', type_id: 0 } },
    special('[SEP]', 0),
    { Sequence: { id: 'B', type_id: 1 } },
    special('[SEP]', 1),
  ];
  write('tokenizer.json', smallTokenizer(withPairTemplate ? pair : []));
}

function graph({ labels = 1, idType = 'int64', withTypeIds = true, worths = {} }: SmallCrossEncoderOptions) {
  const ids = { name: 'input_ids', dataType: onnxType[idType], dims: ['batch', 'sequence'] };
  const sum = (input: string): OnnxNode => ({
    ...node('ReduceSum', [input, 'axes'], 'logits'),
    attribute: [{ name: 'keepdims', type: 2, i: 0 }],
  });
  const scoredLabel = labels === 1 ? 0 : 1;
  const row = (value: number) => Array.from({ length: labels }, (_, at) => (at === scoredLabel ? value : 0));
  const table = smallModelWords.flatMap((word) => row(worths[word] ?? worthOf(word)));
  const types = [0.5, 1].flatMap((factor) => new Array<number>(labels).fill(factor));
  return {
    name: 'small-cross-encoder',
    nodes: withTypeIds
      ? [
          node('Gather', ['table', 'input_ids'], 'worths'),
          node('Gather', ['types', 'token_type_ids'], 'factors'),
          node('Mul', ['worths', 'factors'], 'products'),
          sum('products'),
        ]
      : [node('Gather', ['table', 'input_ids'], 'worths'), sum('worths')],
    initializers: [
      tensor('table', [smallModelWords.length, labels], onnxType.float, Float32Array.from(table)),
      ...(withTypeIds ? [tensor('types', [2, labels], onnxType.float, Float32Array.from(types))] : []),
      tensor('axes', [1], onnxType.int64, BigInt64Array.of(1n)),
    ],
    inputs: [
      ids,
      { ...ids, name: 'attention_mask' },
      ...(withTypeIds ? [{ ...ids, name: 'token_type_ids' }] : []),
    ],
    outputs: [{ name: 'logits', dataType: onnxType.float, dims: ['batch', labels] }],
  };
}
