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
