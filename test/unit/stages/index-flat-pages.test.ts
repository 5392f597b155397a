// Pages on their way between threads.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AttributeValue } from '../../../src/model/document.ts';
import { readPages, writePages } from '../../../src/stages/index/flat-pages.ts';
import type { PageHit, ShardPage } from '../../../src/stages/index/page-messages.ts';

const finite = fc.double({ noNaN: true });
const place = fc.option(fc.nat(), { nil: null });
const text = fc.string({ unit: 'binary', maxLength: 20 });
const value: fc.Arbitrary<AttributeValue> = fc.oneof(
  text,
  finite,
  fc.boolean(),
  fc.record({ timeMs: fc.integer() }, { noNullPrototype: true }),
  fc.array(text, { maxLength: 4 }),
);

const hit: fc.Arbitrary<PageHit> = fc.record(
  {
    document: fc.record(
      {
        collection: fc.constantFrom('cases', 'articles', 'v-1'),
        id: text,
        title: text,
        body: text,
        mediaType: fc.constantFrom('text/plain', 'text/html'),
        attributes: fc.dictionary(text, value, { noNullPrototype: true }),
        updateTimeMs: fc.option(fc.integer(), { nil: null }),
        contentHash: text,
        commitSequence: fc.nat(),
        commitTimeMs: fc.nat(),
        generation: text,
        chunkCount: fc.nat(),
        vectors: fc.option(fc.float32Array({ noNaN: true }), { nil: null }),
      },
      { noNullPrototype: true },
    ),
    snippet: text,
    highlights: fc.array(fc.record({ start: fc.nat(), end: fc.nat() }, { noNullPrototype: true })),
    matchedTerms: fc.array(text),
    chunk: fc.nat(),
    cosine: fc.option(finite, { nil: null }),
    lexicalScore: fc.option(finite, { nil: null }),
    coverage: finite,
    semanticRank: place,
    lexicalRank: place,
    score: finite,
    confidence: finite,
    isPinned: fc.boolean(),
    fusedRank: fc.nat(),
  },
  { noNullPrototype: true },
);

const page: fc.Arbitrary<ShardPage> = fc.record(
  {
    hits: fc.array(hit, { maxLength: 5 }),
    semanticWeight: fc.option(finite, { nil: null }),
    semanticCandidates: fc.nat(),
    lexicalCandidates: fc.nat(),
  },
  { noNullPrototype: true },
);

test('pages are read as they were written, on the other side of a thread', () => {
  fc.assert(
    fc.property(fc.array(page, { maxLength: 3 }), (pages) => {
      expect(readPages(structuredClone(writePages(pages)))).toEqual(pages);
    }),
  );
});

test('an attribute may have any name', () => {
  const attributes = Object.fromEntries([
    ['__proto__', 'a'],
    ['constructor', 1],
  ]);
  const [sample] = fc.sample(hit, { numRuns: 1, seed: 1 });
  if (sample === undefined) throw new Error('no sample');
  const pages = [
    {
      hits: [{ ...sample, document: { ...sample.document, attributes } }],
      semanticWeight: null,
      semanticCandidates: 1,
      lexicalCandidates: 0,
    },
  ];
  const [read] = readPages(writePages(pages));
  expect(Object.entries(read?.hits[0]?.document.attributes ?? {})).toEqual(Object.entries(attributes));
});
