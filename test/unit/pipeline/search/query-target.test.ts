import { expect, test } from 'vitest';
import type { StoredDocument } from '../../../../src/model/document.ts';
import type { Example } from '../../../../src/model/query.ts';
import { resolveTarget } from '../../../../src/pipeline/search/query-target.ts';
import { ShardPanel } from '../../../../src/pipeline/search/shard-panel.ts';
import type { IndexTasks } from '../../../../src/stages/index/index-messages.ts';
import { modelActor } from '../../../support/model-actors.ts';

const dimensions = 2;
const call = { signal: new AbortController().signal, deadlineMs: null };

/** Documents by id, each with the rows of its chunks. */
function resolve(
  target: Parameters<typeof resolveTarget>[0],
  documents: Readonly<Record<string, readonly number[]>> = {},
) {
  const shard = modelActor<IndexTasks>('index-0', {
    fetch: ({ keys }) => ({
      documents: keys.map(({ id }) => {
        const rows = documents[id];
        if (rows === undefined) return null;
        const vectors = Float32Array.from(rows);
        const document = { id, chunkCount: rows.length / dimensions, vectors } as unknown as StoredDocument;
        return { document, snippet: '', highlights: [], matchedTerms: [] };
      }),
    }),
  });
  return resolveTarget(target, { panel: new ShardPanel([shard.ref]), dimensions }, call);
}

const stored = (id: string): Example => ({ type: 'document', key: { collection: 'cases', id } });
const given = (...values: number[]): Example => ({ type: 'vector', vector: Float32Array.from(values) });

test('examples become their mean, less half of the mean of those that are not wanted, of unit length', async () => {
  const positive = [given(1, 0), given(0, 1)];
  const { vectors, rowCount } = await resolve({ type: 'examples', positive, negative: [given(0, 1)] });
  // (0.5, 0.5) - 0.5 × (0, 1)
  expect([...vectors]).toEqual([1, 0]);
  expect(rowCount).toBe(1);
});

test('a stored example counts as one, however many chunks it has, and is no hit', async () => {
  const documents = { long: [1, 0, 0, 1, 0, 1, 0, 1], other: [1, 0] };
  const target = { type: 'examples', positive: [stored('long'), stored('other')], negative: [] } as const;
  const { vectors, exclude } = await resolve(target, documents);
  const [x, y] = [(0.25 + 1) / 2, 0.75 / 2];
  expect([...vectors]).toEqual([...Float32Array.of(x / Math.hypot(x, y), y / Math.hypot(x, y))]);
  expect(exclude.map(({ id }) => id)).toEqual(['long', 'other']);
});

test('examples that cancel each other out are refused by field', async () => {
  const target = { type: 'examples', positive: [given(1, 0), given(-1, 0)], negative: [] } as const;
  await expect(resolve(target)).rejects.toMatchObject({
    code: 'invalid_argument',
    violations: [{ field: 'negative' }],
  });
});

test('an example that does not exist is named, one of another length is refused', async () => {
  const missing = resolve({ type: 'examples', positive: [given(1, 0)], negative: [stored('nobody')] });
  await expect(missing).rejects.toMatchObject({ code: 'not_found', facts: { resource: 'document' } });
  const long = resolve({ type: 'examples', positive: [given(1, 0, 0)], negative: [] });
  await expect(long).rejects.toMatchObject({ code: 'dimension_mismatch' });
});
