import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Attributes, type Document, mediaTypes } from '../../../src/model/document.ts';
import { attributesHashOf, contentHashOf } from '../../../src/stages/extract/content-hash.ts';

const short = fc.string({ maxLength: 3, unit: fc.constantFrom('a', 'b', ':', '1') });
const content = fc.record({
  generation: short,
  mediaType: fc.constantFrom(...mediaTypes),
  title: short,
  body: short,
  embedding: fc.option(fc.constantFrom([0, 1], [1, 0]).map((numbers) => Float32Array.from(numbers))),
});

function hashOf({ generation, ...part }: typeof content extends fc.Arbitrary<infer C> ? C : never): string {
  const document: Document = { collection: 'c', id: 'i', attributes: {}, updateTimeMs: null, ...part };
  return contentHashOf(document, generation);
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_, item) => (item instanceof Float32Array ? Array.from(item) : item));
}

test('two content hashes are equal exactly when the contents are', () => {
  fc.assert(
    fc.property(content, content, (one, other) => {
      expect(hashOf(one) === hashOf(other)).toBe(shown(one) === shown(other));
      expect(hashOf(one)).toMatch(/^[0-9a-f]{32}$/);
    }),
    { numRuns: 2_000 },
  );
});

test('a piece of text that moves from title to body is a change', () => {
  const base = { generation: 'g', mediaType: 'text/plain', embedding: null } as const;
  expect(hashOf({ ...base, title: 'ab', body: 'c' })).not.toBe(hashOf({ ...base, title: 'a', body: 'bc' }));
});

test('the order of attributes is no change', () => {
  const attributes: Attributes = { product: 'gateway', tags: ['a', 'b'], opened: { timeMs: 5 } };
  const reversed = Object.fromEntries(Object.entries(attributes).reverse());
  expect(attributesHashOf(reversed, 7)).toBe(attributesHashOf(attributes, 7));
});

test('kind, name, value and update time of an attribute are each a change', () => {
  const variants: [Attributes, number | null][] = [
    [{ a: '1' }, null],
    [{ a: 1 }, null],
    [{ a: true }, null],
    [{ a: 'true' }, null],
    [{ a: { timeMs: 1 } }, null],
    [{ a: ['1'] }, null],
    [{ a: ['1', ''] }, null],
    [{ a: ['1,'] }, null],
    [{ a1: '' }, null],
    [{ b: '1' }, null],
    [{ a: '1' }, 0],
    [{ a: '1' }, 1],
    [{}, null],
    [{}, 1],
  ];
  const hashes = variants.map(([attributes, updateTimeMs]) => attributesHashOf(attributes, updateTimeMs));
  expect(new Set(hashes).size).toBe(variants.length);
});

/** As every stored hash was made: each part with its length before it, one after the other. */
function digestOf(parts: readonly (string | Uint8Array)[]): string {
  const sum = createHash('sha256');
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part, 'utf8') : part;
    sum.update(`${bytes.byteLength}:`);
    sum.update(bytes);
  }
  return sum.digest('hex').slice(0, 32);
}

test('a hash is the one that earlier engines stored, for texts of every kind and length', () => {
  const piece = fc.string({ unit: fc.constantFrom('a', 'é', '\ud800', '😀'), minLength: 1, maxLength: 20 });
  const long = fc
    .tuple(piece, fc.integer({ min: 500, max: 3_000 }))
    .map(([part, times]) => part.repeat(times));
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), long);
  const vector = fc.option(fc.float32Array({ minLength: 1, maxLength: 8, noNaN: true }));
  fc.assert(
    fc.property(text, text, vector, (title, body, embedding) => {
      const facts = {
        collection: 'c',
        id: 'i',
        attributes: {},
        updateTimeMs: null,
        mediaType: 'text/plain',
      } as const;
      const own = embedding === null ? ['text'] : ['vector', new Uint8Array(embedding.buffer)];
      const expected = digestOf(['g', 'text/plain', title, body, ...own]);
      expect(contentHashOf({ ...facts, title, body, embedding }, 'g')).toBe(expected);
      expect(attributesHashOf({ [title]: body }, 7)).toBe(digestOf(['7', title, `s:${body}`]));
    }),
    { numRuns: 200 },
  );
});

test('a vector in memory that threads share has the hash of the same vector alone', () => {
  const facts = { collection: 'c', id: 'i', title: '', body: 'b', mediaType: 'text/plain' } as const;
  const alone = Float32Array.of(0.6, 0.8);
  const shared = new Float32Array(new SharedArrayBuffer(32), 16, 2);
  shared.set(alone);
  const hashes = [alone, shared].map((embedding) =>
    contentHashOf({ ...facts, attributes: {}, updateTimeMs: null, embedding }, 'g'),
  );
  expect(hashes[0]).toBe(hashes[1]);
});
