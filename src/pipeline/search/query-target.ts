// What is looked for, as vectors: a text's own, a given one, those of a stored document, or one made of examples.

import { KmsError } from '../../base/errors.ts';
import type { DocumentKey } from '../../model/document.ts';
import type { Example, SearchTarget } from '../../model/query.ts';
import type { CallOptions } from '../engine-api.ts';
import type { ShardPanel } from './shard-panel.ts';

/** A query's vectors: one, or several for a stored document of several chunks. */
export interface QueryVectors {
  /** Shape [rowCount × dimensions], unit length. */
  readonly vectors: Float32Array;
  readonly rowCount: number;
  /** Not among the hits: a document is not similar to itself. */
  readonly exclude: readonly DocumentKey[];
}

export interface TargetParts {
  readonly panel: ShardPanel;
  readonly dimensions: number;
}

/** A long document is looked for by at most this many of its chunks, spread over its length. */
const chunksPerDocumentMax = 8;
/** What a step away from the negative examples counts beside one towards the positive ones; Rocchio 1971 has no number, and a half is usual. */
const negativeWeight = 0.5;
/** Shorter than this, a sum of unit vectors has no direction but that of its rounding. */
const lengthMin = 1e-6;
const none: readonly DocumentKey[] = [];

/** Throws `not_found` for a document that does not exist, `invalid_argument` for examples that cancel each other out. */
export function resolveTarget(
  target: Exclude<SearchTarget, { type: 'text' }>,
  parts: TargetParts,
  call: CallOptions,
): Promise<QueryVectors> {
  switch (target.type) {
    case 'vector':
      return Promise.resolve(givenVector(target.vector));
    case 'document':
      return resolveDocument(target.key, parts, call);
    case 'examples':
      return resolveExamples(target, parts, call);
  }
}

/** As it was given. */
export function givenVector(vector: Float32Array): QueryVectors {
  return { vectors: vector, rowCount: 1, exclude: none };
}

async function resolveDocument(
  key: DocumentKey,
  parts: TargetParts,
  call: CallOptions,
): Promise<QueryVectors> {
  const vectors = await spreadVectors(key, parts, call);
  return { vectors, rowCount: vectors.length / parts.dimensions, exclude: [key] };
}

async function resolveExamples(
  { positive, negative }: Extract<SearchTarget, { type: 'examples' }>,
  parts: TargetParts,
  call: CallOptions,
): Promise<QueryVectors> {
  const means = (examples: readonly Example[]) =>
    Promise.all(examples.map((example) => exampleVector(example, parts, call)));
  const [towards, away] = await Promise.all([means(positive), means(negative)]);
  const vector = new Float32Array(parts.dimensions);
  for (const each of towards) addScaled(vector, each, 1 / towards.length);
  for (const each of away) addScaled(vector, each, -negativeWeight / away.length);
  const length = Math.hypot(...vector);
  if (length < lengthMin) throw cancelledOut();
  const exclude = [...positive, ...negative].flatMap((each) => (each.type === 'document' ? [each.key] : []));
  return { vectors: vector.map((value) => value / length), rowCount: 1, exclude };
}

async function exampleVector(example: Example, parts: TargetParts, call: CallOptions): Promise<Float32Array> {
  const { dimensions } = parts;
  if (example.type === 'vector') {
    if (example.vector.length === dimensions) return example.vector;
    throw new KmsError('dimension_mismatch', 'an example has another number of dimensions than the index', {
      facts: { expectedDimensions: dimensions, receivedDimensions: example.vector.length },
    });
  }
  const chunks = await spreadVectors(example.key, parts, call);
  const mean = new Float32Array(dimensions);
  const count = chunks.length / dimensions;
  for (let row = 0; row < count; row++)
    addScaled(mean, chunks.subarray(row * dimensions, (row + 1) * dimensions), 1 / count);
  return mean;
}

/** The vectors of at most `chunksPerDocumentMax` chunks, spread over the document's length. */
async function spreadVectors(
  key: DocumentKey,
  { panel, dimensions }: TargetParts,
  call: CallOptions,
): Promise<Float32Array> {
  const stored = (await panel.fetchOne(key, { withVectors: true, omitBody: true }, call))?.document;
  if (stored?.vectors === undefined || stored.vectors === null) {
    throw new KmsError('not_found', `document ${JSON.stringify(key.id)} does not exist`, {
      facts: { resource: 'document', collection: key.collection },
    });
  }
  const rowCount = Math.min(stored.chunkCount, chunksPerDocumentMax);
  const vectors = new Float32Array(rowCount * dimensions);
  for (let i = 0; i < rowCount; i++) {
    const row = Math.floor((i * stored.chunkCount) / rowCount);
    vectors.set(stored.vectors.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions);
  }
  return vectors;
}

function addScaled(sum: Float32Array, vector: Float32Array, factor: number): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + factor * (vector[i] as number);
}

function cancelledOut(): KmsError {
  const description = 'cancel each other out: nothing is left to look for';
  return new KmsError('invalid_argument', `the positive and negative examples ${description}`, {
    violations: [{ field: 'negative', description }],
  });
}
