// One loaded copy of a cross-encoder (Nogueira & Cho 2019): from a query and a text to the probability that the text is
// what the query looks for.

import { KmsError } from '../../base/errors.ts';
import { loadOnnxModel, type OnnxSession, type OnnxTensor } from '../minilm/onnxruntime-binding.ts';
import { findIdType, type IdType, idTensor } from '../onnx/id-type.ts';
import { readCrossEncoderFolder } from './cross-encoder-folder.ts';
import { PairTokenizer, type TokenPair } from './pair-tokenizer.ts';

/** It belongs to the thread that opened it and computes on it. */
export interface CrossEncoderSession {
  /**
   * In [0, 1]; blocks the thread for one run. A model with one label: the logistic function of its output. With two: the
   * softmax's share of the second. Throws `unavailable` when the model gives no number.
   */
  score(query: string, text: string): number;
}

/**
 * Throws `invalid_argument` for a folder that is no cross-encoder, `failed_precondition` for a model that cannot be run
 * as one. Runs the model once, so that no caller pays for the first run's allocations.
 */
export function openCrossEncoder(folder: string): CrossEncoderSession {
  const layout = readCrossEncoderFolder(folder);
  const tokenizer = new PairTokenizer(layout);
  const { modelPath } = layout;
  const session = loadModel(modelPath);
  checkInputs(session, modelPath);
  const probe = tokenizer.encode('a', 'a');
  const idType = findIdType(modelPath, (type) => run(session, modelPath, { pair: probe, idType: type }));
  return {
    score(query, text) {
      const logits = run(session, modelPath, { pair: tokenizer.encode(query, text), idType });
      const score = probabilityOf(logits);
      if (Number.isNaN(score)) throw new KmsError('unavailable', `${modelPath} gives no number for a text`);
      return score;
    },
  };
}

function loadModel(modelPath: string): OnnxSession {
  try {
    return loadOnnxModel(modelPath);
  } catch (cause) {
    throw new KmsError('failed_precondition', `${modelPath} cannot be loaded: ${String(cause)}`, { cause });
  }
}

const knownInputs = ['input_ids', 'attention_mask', 'token_type_ids', 'position_ids'];

function checkInputs({ inputNames }: OnnxSession, modelPath: string): void {
  const unknown = inputNames.filter((name) => !knownInputs.includes(name));
  if (unknown.length === 0 && inputNames.includes('input_ids')) return;
  throw new KmsError(
    'failed_precondition',
    `${modelPath} must ask for input_ids, and at most for ${knownInputs.slice(1).join(', ')} besides; it asks for ${inputNames.join(', ')}`,
  );
}

/** One or two logits. One pair a run: a quantised model's answer depends on what stands beside it. */
function run(
  session: OnnxSession,
  modelPath: string,
  { pair, idType }: { readonly pair: TokenPair; readonly idType: IdType },
): Float32Array {
  const output = session.outputNames.includes('logits') ? 'logits' : session.outputNames[0];
  if (output === undefined) throw new KmsError('failed_precondition', `${modelPath} must have an output`);
  const feeds: Record<string, OnnxTensor> = {};
  for (const name of session.inputNames) feeds[name] = inputTensor(name, pair, idType);
  const tensor = session.run(feeds, { [output]: null })[output];
  const logits = tensor?.data;
  if (logits instanceof Float32Array && (logits.length === 1 || logits.length === 2)) return logits;
  const dims = tensor?.dims.join(' × ') ?? 'none';
  throw new KmsError(
    'failed_precondition',
    `${modelPath} must give one or two float32 numbers a pair (logits); its output ${output} has the shape ${dims}`,
  );
}

function inputTensor(name: string, { ids, typeIds }: TokenPair, type: IdType): OnnxTensor {
  const dims = [1, ids.length];
  if (name === 'token_type_ids') return idTensor(typeIds, { type, dims });
  if (name === 'input_ids') return idTensor(ids, { type, dims });
  const values = ids.map((_, place) => (name === 'position_ids' ? place : 1));
  return idTensor(values, { type, dims });
}

/** The softmax over two is the logistic function of their difference. */
function probabilityOf(logits: Float32Array): number {
  const [first = Number.NaN, second] = logits;
  return 1 / (1 + Math.exp(second === undefined ? -first : first - second));
}
