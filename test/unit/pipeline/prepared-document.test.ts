import { expect, test } from 'vitest';
import { InputFaults } from '../../../src/grpc/input-faults.ts';
import { sharedRoom, vectorFromWire } from '../../../src/grpc/wire-vector.ts';
import type { Document } from '../../../src/model/document.ts';
import { prepare, toCommitBatch } from '../../../src/pipeline/prepared-document.ts';

const space = { generation: 'g', dimensions: 2 };
const hashes = { contentHash: 'c', attributesHash: 'a' };
const lexical = { terms: '', counts: new Uint16Array(0), titleLength: 0, bodyLength: 0 };
const content = { text: 't', spans: [0, 1], titleLength: 0, lexical };

function prepared(id: string, vectors: readonly Float32Array[]) {
  const document: Document = {
    id,
    collection: 'cases',
    title: '',
    body: 't',
    mediaType: 'text/plain',
    attributes: {},
    updateTimeMs: null,
    embedding: null,
  };
  return prepare(document, hashes, vectors.length === 0 ? null : { content, vectors });
}

/** As one message brings them. */
function fromWire(rows: readonly (readonly number[])[]): Float32Array[] {
  const room = sharedRoom(rows.length * 8);
  return rows.map((row) => {
    const bytes = new Uint8Array(Float32Array.from(row).buffer);
    return vectorFromWire(bytes, 2, 'embedding', new InputFaults(), room) as Float32Array;
  });
}

test('the vectors of one message go to the shard as they lie, without a copy', () => {
  const [one, two] = fromWire([
    [3, 4],
    [0, 2],
  ]) as [Float32Array, Float32Array];
  const { items, vectors } = toCommitBatch([prepared('1', [one]), prepared('2', [two])], space);
  expect(vectors.buffer).toBe(one.buffer);
  expect(vectors.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect([...vectors].map((value) => value.toFixed(3))).toEqual(['0.600', '0.800', '0.000', '1.000']);
  expect(items.map(({ id }) => id)).toEqual(['1', '2']);
});

test('vectors that lie apart, in another order or in memory of their own are packed in the order of the documents', () => {
  const [one, two] = fromWire([
    [1, 0],
    [0, 1],
  ]) as [Float32Array, Float32Array];
  const own = Float32Array.of(-1, 0);
  const documents = [prepared('1', [two]), prepared('attributes only', []), prepared('2', [own, one])];
  const { items, vectors } = toCommitBatch(documents, space);
  expect([...vectors]).toEqual([0, 1, -1, 0, 1, 0]);
  expect(vectors.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(items[1]?.content).toBe(null);
  // The documents may be sent again.
  expect([...two]).toEqual([0, 1]);
});

test('a batch of attributes alone has no vectors', () => {
  expect(toCommitBatch([prepared('1', [])], space).vectors).toHaveLength(0);
});
