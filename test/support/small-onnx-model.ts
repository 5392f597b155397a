// A sentence-transformer export that fits into a test: its tokens' states are rows of a table, so that the right vector
// of a text can be worked out by hand.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeOnnxModel, type OnnxNode, onnxType } from '../../src/embedding/minilm/onnx-model.ts';

export const smallModelDimensions = 4;
export const smallModelWords = ['[UNK]', '[CLS]', '[SEP]', 'printer', 'paper', 'jam', 'router'];

/** The row of a token: different in each dimension, never zero. */
export function stateOf(word: string): number[] {
  const id = smallModelWords.includes(word) ? smallModelWords.indexOf(word) : 0;
  return Array.from({ length: smallModelDimensions }, (_, column) => ((id * 7 + column * 3) % 11) - 4.5);
}

export interface SmallModelOptions {
  /** Default int64, as most exports have it. */
  readonly idType?: 'int64' | 'int32';
  readonly pooling?: 'mean' | 'cls';
  /** `sentence`: the graph itself takes the mean, and has no attention mask to ask for. */
  readonly output?: 'tokens' | 'sentence';
}

export function writeSmallModel(folder: string, options: SmallModelOptions = {}): void {
  const { idType = 'int64', pooling, output = 'tokens' } = options;
  mkdirSync(folder, { recursive: true });
  const write = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value));
  writeFileSync(join(folder, 'model.onnx'), encodeOnnxModel(graph(idType, output)));
  write('config.json', { hidden_size: smallModelDimensions, max_position_embeddings: 128 });
  write('tokenizer.json', smallTokenizer());
  if (pooling === undefined) return;
  mkdirSync(join(folder, '1_Pooling'), { recursive: true });
  write('1_Pooling/config.json', {
    pooling_mode_mean_tokens: pooling === 'mean',
    pooling_mode_cls_token: pooling === 'cls',
  });
}

/** A node without attributes, named after its one output. */
export function node(opType: string, input: readonly string[], output: string): OnnxNode {
  return { name: output, opType, domain: '', input, output: [output], attribute: [] };
}

export function tensor(name: string, dims: readonly number[], dataType: number, values: ArrayBufferView) {
  return { name, dims, dataType, rawData: new Uint8Array(values.buffer) };
}

function graph(idType: 'int64' | 'int32', output: 'tokens' | 'sentence') {
  const ids = { name: 'input_ids', dataType: onnxType[idType], dims: ['batch', 'sequence'] };
  const mask = { ...ids, name: 'attention_mask' };
  const isSentence = output === 'sentence';
  const states = isSentence ? 'states' : 'last_hidden_state';
  const table = Float32Array.from(smallModelWords.flatMap(stateOf));
  const axes = BigInt64Array.of(1n);
  const gather = node('Gather', ['table', 'input_ids'], states);
  // ReduceMean takes its axes as an attribute in this operator set; a sum by input, divided by the count, says the same.
  const sum = {
    ...node('ReduceSum', ['states', 'axes'], 'sentence_embedding'),
    attribute: [{ name: 'keepdims', type: 2, i: 0 }],
  };
  return {
    name: 'small',
    nodes: isSentence ? [gather, sum] : [gather],
    initializers: [
      tensor('table', [smallModelWords.length, smallModelDimensions], onnxType.float, table),
      ...(isSentence ? [tensor('axes', [1], onnxType.int64, axes)] : []),
    ],
    inputs: isSentence ? [ids] : [ids, mask],
    outputs: [
      {
        name: isSentence ? 'sentence_embedding' : states,
        dataType: onnxType.float,
        dims: isSentence ? ['batch', smallModelDimensions] : ['batch', 'sequence', smallModelDimensions],
      },
    ],
  };
}

/** Knows the words above. `pair`: the template that puts two texts together. */
export function smallTokenizer(pair: readonly object[] = []): object {
  const special = (content: string, id: number) => ({
    id,
    content,
    special: true,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
  });
  const piece = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  const template = (id: string) => ({ id, ids: [smallModelWords.indexOf(id)], tokens: [id] });
  return {
    version: '1.0',
    truncation: { max_length: 8, strategy: 'LongestFirst', stride: 0, direction: 'Right' },
    padding: { strategy: { Fixed: 8 }, direction: 'Right', pad_id: 0, pad_type_id: 0, pad_token: '[UNK]' },
    added_tokens: ['[UNK]', '[CLS]', '[SEP]'].map(special),
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [piece('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, piece('[SEP]')],
      pair,
      special_tokens: { '[CLS]': template('[CLS]'), '[SEP]': template('[SEP]') },
    },
    decoder: null,
    model: {
      type: 'WordPiece',
      vocab: Object.fromEntries(smallModelWords.map((word, id) => [word, id])),
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
    },
  };
}
