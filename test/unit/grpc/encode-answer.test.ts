// The answers of searches on the wire: every fact of the model is there, and their size is never taken for less.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KmsError } from '../../../src/base/errors.ts';
import {
  encodeAnswer,
  encodeAnswers,
  encodeSimilar,
  encodeStreamed,
} from '../../../src/grpc/encode-answer.ts';
import type { SearchResponse__Output } from '../../../src/grpc/generated/kms/v1/SearchResponse.ts';
import { serviceDefinitions } from '../../../src/grpc/service-definitions.ts';
import { documentToWire } from '../../../src/grpc/wire-answer.ts';
import { limits } from '../../../src/model/limits.ts';
import type { SearchAnswer, SearchHit } from '../../../src/model/query.ts';
import { anyFilter, anyFilterValue } from '../../support/any-filter.ts';

const { search } = serviceDefinitions;

function overTheWire(answer: SearchAnswer): SearchResponse__Output {
  return search.Search.responseDeserialize(encodeAnswer(answer, { omitBody: false }).bytes);
}

// Long ones are longer than the room that is left for fields of fixed size: whichever is forgotten shows.
const text = fc.oneof(
  { weight: 9, arbitrary: fc.string({ unit: 'grapheme', maxLength: 30 }) },
  { weight: 1, arbitrary: fc.constant('ü'.repeat(2_000)) },
);
const score = fc.double({ noNaN: true, noDefaultInfinity: true });
const rank = fc.option(fc.integer({ min: 1, max: 1_000 }));
const key = fc.record({ collection: text, id: text });

const hit: fc.Arbitrary<SearchHit> = fc.record({
  document: fc.record({
    collection: text,
    id: text,
    title: text,
    body: text,
    mediaType: fc.constant('text/plain' as const),
    attributes: fc.dictionary(
      text.filter((name) => name !== '__proto__'),
      fc.oneof(anyFilterValue, fc.array(text)),
    ),
    updateTimeMs: fc.option(fc.integer({ min: -1e12, max: 4e12 })),
    contentHash: fc.constant('0'.repeat(64)),
    commitSequence: fc.nat(),
    commitTimeMs: fc.nat(),
    generation: text,
    chunkCount: fc.nat(100),
    vectors: fc.option(fc.constant(new Float32Array([0.5, -0.25]))),
  }),
  cosine: score,
  lexicalScore: score,
  score,
  confidence: score,
  isPinned: fc.boolean(),
  matchedTerms: fc.array(text),
  snippet: text,
  highlights: fc.array(fc.record({ start: fc.nat(), end: fc.nat() })),
  duplicates: fc.array(key),
  explanation: fc.option(
    fc.record({
      semanticRank: rank,
      lexicalRank: rank,
      fusedRank: fc.integer({ min: 1, max: 1_000 }),
      rerankedRank: rank,
      rerankScore: fc.option(score),
      coverage: score,
      prior: score,
    }),
  ),
});

const answer: fc.Arbitrary<SearchAnswer> = fc.record({
  searchId: text,
  hits: fc.array(hit, { maxLength: 4 }),
  timings: fc.record({
    embedMs: score,
    searchMs: score,
    rankMs: score,
    rerankMs: score,
    fetchMs: score,
    totalMs: score,
  }),
  facets: fc.array(
    fc.record({
      field: text,
      values: fc.array(fc.record({ value: anyFilterValue, documents: fc.nat() })),
      valueCount: fc.nat(),
    }),
    { maxLength: 3 },
  ),
  filterPlan: fc.constantFrom('none', 'scan', 'graph', 'fallback'),
  rerank: fc.constantFrom('none', 'done', 'over_budget', 'unavailable'),
  correctedText: text,
  explanation: fc.option(
    fc.record({
      understanding: fc.record({
        text,
        terms: fc.array(
          fc.record({
            term: text,
            surface: text,
            kind: fc.constantFrom('word', 'identifier', 'part', 'synonym', 'correction'),
            weight: score,
            documentFrequency: fc.nat(),
          }),
        ),
        phrases: fc.array(text),
        excluded: fc.array(text),
        filter: fc.option(anyFilter),
        corrections: fc.array(fc.record({ from: text, to: text })),
      }),
      semanticWeight: fc.option(score),
      filteredDocuments: fc.option(fc.nat()),
      semanticCandidates: fc.nat(),
      lexicalCandidates: fc.nat(),
    }),
  ),
});

const empty: SearchAnswer = {
  searchId: '',
  hits: [],
  timings: { embedMs: 0, searchMs: 0, rankMs: 0, rerankMs: 0, fetchMs: 0, totalMs: 0 },
  facets: [],
  filterPlan: 'none',
  rerank: 'none',
  correctedText: '',
  explanation: null,
};

describe('an answer', () => {
  test('has each document as proto-loader would send it', () => {
    fc.assert(
      fc.property(hit, fc.boolean(), (made, omitBody) => {
        const { bytes } = encodeAnswer({ ...empty, hits: [made] }, { omitBody });
        const [sent] = search.Search.responseDeserialize(bytes).hits;
        const { GetDocument } = serviceDefinitions.document;
        const document = documentToWire(made.document, { omitBody });
        const expected = GetDocument.responseDeserialize(GetDocument.responseSerialize({ document }));
        expect(sent?.document).toEqual(expected.document);
        expect(sent?.generation).toBe(made.document.generation);
        expect(sent?.snippet).toBe(made.snippet);
      }),
    );
  });

  test('is the same alone, in a batch, in a stream and for similar documents', () => {
    fc.assert(
      fc.property(answer, answer, (some, other) => {
        const both = encodeAnswers([some, other], [{ omitBody: false }, { omitBody: false }]);
        const { responses } = search.BatchSearch.responseDeserialize(both.bytes);
        expect(responses).toEqual([overTheWire(some), overTheWire(other)]);
        const streamed = encodeStreamed('r1', some, { omitBody: false });
        const { requestId, result } = search.SearchStream.responseDeserialize(streamed.bytes);
        expect([requestId, result]).toEqual(['r1', overTheWire(some)]);
        const similar = search.FindSimilar.responseDeserialize(
          encodeSimilar(some, { omitBody: false }).bytes,
        );
        const { rerank: _rerank, correctedText: _correctedText, ...shared } = overTheWire(some);
        expect(similar).toEqual(shared);
      }),
    );
  });

  test('has the scores, marks and names of each hit', () => {
    fc.assert(
      fc.property(answer, (some) => {
        const { hits, ...wire } = overTheWire(some);
        expect(hits).toHaveLength(some.hits.length);
        for (const [index, sent] of hits.entries()) {
          const made = some.hits[index] as SearchHit;
          expect(sent.document?.id).toBe(made.document.id);
          expect([sent.cosine, sent.lexicalScore, sent.fusedScore, sent.confidence]).toEqual([
            made.cosine,
            made.lexicalScore,
            made.score,
            made.confidence,
          ]);
          expect([sent.pinned, sent.matchedTerms, sent.highlights, sent.duplicates]).toEqual([
            made.isPinned,
            made.matchedTerms,
            made.highlights,
            made.duplicates,
          ]);
          expect(sent.explanation === null).toBe(made.explanation === null);
        }
        expect(wire.searchId).toBe(some.searchId);
        expect(wire.correctedText).toBe(some.correctedText);
        expect(wire.timings).toEqual(some.timings);
        expect(wire.facets.map(({ field, values }) => [field, values.length])).toEqual(
          some.facets.map(({ field, values }) => [field, values.length]),
        );
      }),
    );
  });

  test.each([
    ['none', 'FILTER_PLAN_NONE'],
    ['scan', 'FILTER_PLAN_SCAN'],
    ['graph', 'FILTER_PLAN_GRAPH'],
    ['fallback', 'FILTER_PLAN_FALLBACK'],
  ] as const)('of filter plan %s says %s', (filterPlan, expected) => {
    expect(overTheWire({ ...empty, filterPlan }).filterPlan).toBe(expected);
  });

  test.each([
    ['none', 'RERANK_OUTCOME_NONE'],
    ['done', 'RERANK_OUTCOME_DONE'],
    ['over_budget', 'RERANK_OUTCOME_OVER_BUDGET'],
    ['unavailable', 'RERANK_OUTCOME_UNAVAILABLE'],
  ] as const)('of reranking that was %s says %s', (rerank, expected) => {
    expect(overTheWire({ ...empty, rerank }).rerank).toBe(expected);
  });

  test('has each facet value in its kind', () => {
    const { facets } = overTheWire({
      ...empty,
      facets: [
        {
          field: 'a',
          values: [
            { value: 'x', documents: 4 },
            { value: 1.5, documents: 3 },
            { value: false, documents: 2 },
            { value: { timeMs: 1_500 }, documents: 1 },
          ],
          valueCount: 9,
        },
      ],
    });
    expect(facets[0]?.valueCount).toBe('9');
    expect(facets[0]?.values.map(({ value, documents }) => [value?.kind, documents])).toEqual([
      ['stringValue', '4'],
      ['numberValue', '3'],
      ['boolValue', '2'],
      ['timeValue', '1'],
    ]);
    expect(facets[0]?.values[3]?.value?.timeValue).toEqual({ seconds: '1', nanos: 500_000_000 });
  });

  test('with a large filter explained is as large as it is', () => {
    const values = Array.from({ length: 100 }, (_, index) => `${index}`.padStart(8_000, 'x'));
    const understanding = { text: '', terms: [], phrases: [], excluded: [], corrections: [] };
    const some: SearchAnswer = {
      ...empty,
      explanation: {
        understanding: { ...understanding, filter: { type: 'in', field: 'a', values } },
        semanticWeight: null,
        filteredDocuments: null,
        semanticCandidates: 0,
        lexicalCandidates: 0,
      },
    };
    expect(overTheWire(some).explanation?.understanding?.filter?.oneOf?.values).toHaveLength(100);
  });

  test('of facets that fit into no message is refused, alone and together with others', () => {
    const value = 'x'.repeat(limits.attributeValueBytesMax);
    const values = Array.from({ length: 100 }, () => ({ value, documents: 1 }));
    const large = (count: number): SearchAnswer => ({
      ...empty,
      facets: Array.from({ length: count }, () => ({ field: 'a', values, valueCount: 100 })),
    });
    const half = { omitBody: true };
    expect(() => encodeAnswer(large(25), half)).toThrow(KmsError);
    expect(overTheWire(large(12)).facets).toHaveLength(12);
    expect(() => encodeAnswers([large(12), large(12)], [half, half])).toThrow(KmsError);
  });
});
