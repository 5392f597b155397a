// One loaded copy of any sentence-transformer export. Exports differ in the type of their ids, in their inputs, and in
// how far they go: some end with the tokens' states, some with the finished vector.

import { assert } from '../../base/assert.ts';
import { KmsError } from '../../base/errors.ts';
import type { InferenceSession } from '../minilm/inference-messages.ts';
import { loadOnnxModel, type OnnxSession, type OnnxTensor } from '../minilm/onnxruntime-binding.ts';
import { findIdType, type IdType, idTensor } from './id-type.ts';
import { type OnnxFolder, readOnnxLayout } from './onnx-folder.ts';

/** Finished vectors first: an export that has both has pooled as its authors meant it. */
const outputsByPreference = ['sentence_embedding', 'last_hidden_state', 'token_embeddings'];

/** Throws `failed_precondition` when the model cannot be run as an embedding model, or gives vectors of another length. */
export async function openOnnxSession(folder: string): Promise<InferenceSession> {
  const layout = readOnnxLayout(folder);
  const session = loadOnnxModel(layout.modelPath);
  const idType = findIdType(layout.modelPath, (type) => runOne(session, layout, { ids: [0], idType: type }));
  return {
    dimensions: layout.dimensions,
    async run(texts) {
      const vectors = new Float32Array(texts.length * layout.dimensions);
      for (const [row, ids] of texts.entries()) {
        vectors.set(runOne(session, layout, { ids, idType }), row * layout.dimensions);
      }
      return vectors;
    },
  };
}

function runOne(
  session: OnnxSession,
  layout: OnnxFolder,
  { ids, idType }: { readonly ids: ArrayLike<number>; readonly idType: IdType },
): Float32Array {
  const feeds: Record<string, OnnxTensor> = {};
  for (const name of session.inputNames) feeds[name] = inputTensor(name, ids, idType);
  const output =
    outputsByPreference.find((name) => session.outputNames.includes(name)) ?? session.outputNames[0];
  assert(output !== undefined, 'a model has an output');
  const tensor = session.run(feeds, { [output]: null })[output];
  if (!(tensor?.data instanceof Float32Array)) throw odd(layout, `output ${output} must be float32`);
  return toUnitLength(pooled(tensor.data, { dims: tensor.dims, layout }), layout);
}

function inputTensor(name: string, ids: ArrayLike<number>, type: IdType): OnnxTensor {
  const dims = [1, ids.length];
  const values = Array.from(ids, (id, place) => {
    if (name === 'attention_mask') return 1;
    if (name === 'token_type_ids') return 0;
    return name === 'position_ids' ? place : id;
  });
  return idTensor(values, { type, dims });
}

/** `states`: [1 × dimensions], pooled already, or [1 × tokens × dimensions]. There is no padding to leave out. */
function pooled(
  states: Float32Array,
  { dims, layout }: { readonly dims: readonly number[]; readonly layout: OnnxFolder },
): Float32Array {
  const { dimensions, pooling } = layout;
  if (dims.at(-1) !== dimensions)
    throw odd(layout, `gives vectors of ${dims.at(-1)} numbers, config.json says ${dimensions}`);
  if (dims.length === 2 || pooling === 'cls') return states.slice(0, dimensions);
  const tokens = states.length / dimensions;
  const sum = new Float64Array(dimensions);
  for (let i = 0; i < states.length; i++)
    sum[i % dimensions] = (sum[i % dimensions] as number) + (states[i] as number);
  return Float32Array.from(sum, (value) => value / tokens);
}

function toUnitLength(vector: Float32Array, layout: OnnxFolder): Float32Array {
  const norm = Math.hypot(...vector);
  if (!Number.isFinite(norm) || norm === 0) throw odd(layout, 'gives a vector without a direction');
  return vector.map((value) => value / norm);
}

function odd(layout: OnnxFolder, what: string): KmsError {
  return new KmsError('failed_precondition', `${layout.modelPath} ${what}`);
}
