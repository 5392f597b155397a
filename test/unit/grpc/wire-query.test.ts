// Searches from the wire into the model: defaults, and every bad value by its name.

import { describe, expect, test } from 'vitest';
import type { FindSimilarRequest } from '../../../src/grpc/generated/kms/v1/FindSimilarRequest.ts';
import type { SearchRequest } from '../../../src/grpc/generated/kms/v1/SearchRequest.ts';
import { InputFaults } from '../../../src/grpc/input-faults.ts';
import { serviceDefinitions } from '../../../src/grpc/service-definitions.ts';
import { findSimilarFromWire, searchFromWire } from '../../../src/grpc/wire-query.ts';
import type { SearchQuery } from '../../../src/model/query.ts';
import { floats } from '../../support/grpc-harness.ts';

interface Read {
  readonly query: SearchQuery;
  readonly faults: readonly { readonly field: string; readonly description: string }[];
}

function search(request: SearchRequest): Read {
  const { requestSerialize, requestDeserialize } = serviceDefinitions.search.Search;
  const faults = new InputFaults();
  const query = searchFromWire(requestDeserialize(requestSerialize(request)), '', () => 4, faults);
  return { query, faults: faults.violations };
}

function similar(request: FindSimilarRequest): Read {
  const { requestSerialize, requestDeserialize } = serviceDefinitions.search.FindSimilar;
  const faults = new InputFaults();
  const query = findSimilarFromWire(requestDeserialize(requestSerialize(request)), faults);
  return { query, faults: faults.violations };
}

const vector = floats(0, 2, 0, 0);
const isOpen = { oneOf: { field: 'status', values: [{ stringValue: 'open' }] } };

describe('a search', () => {
  test('for a text that says nothing else is hybrid, with everything that helps and nothing that reorders', () => {
    expect(search({ text: 'vpn' })).toEqual({
      faults: [],
      query: {
        target: { type: 'text', text: 'vpn' },
        collections: [],
        limit: 10,
        offset: 0,
        ef: null,
        isExact: false,
        mode: 'hybrid',
        fusion: { type: 'adaptive' },
        syntax: 'auto',
        withSynonyms: true,
        withSpelling: true,
        filter: null,
        facets: [],
        diversity: null,
        collapse: null,
        recency: null,
        boosts: [],
        rerank: null,
        commitSequenceMin: 0,
        withVectors: false,
        omitBody: false,
        withExplanation: false,
      } satisfies SearchQuery,
    });
  });

  test('for a vector is semantic', () => {
    const { query, faults } = search({ vector });
    expect(faults).toEqual([]);
    expect(query).toMatchObject({
      target: { type: 'vector', vector: new Float32Array([0, 1, 0, 0]) },
      mode: 'semantic',
      withSynonyms: false,
      withSpelling: false,
    });
  });

  test.each([
    ['SEARCH_MODE_UNSPECIFIED', 'hybrid'],
    ['SEARCH_MODE_SEMANTIC', 'semantic'],
    ['SEARCH_MODE_LEXICAL', 'lexical'],
    ['SEARCH_MODE_HYBRID', 'hybrid'],
  ] as const)('for a text in mode %s is %s', (mode, expected) => {
    expect(search({ text: 'x', mode }).query.mode).toBe(expected);
  });

  test.each([
    ['QUERY_SYNTAX_UNSPECIFIED', 'auto'],
    ['QUERY_SYNTAX_PLAIN', 'plain'],
    ['QUERY_SYNTAX_OPERATORS', 'operators'],
  ] as const)('with %s has its operators read as %s', (querySyntax, expected) => {
    expect(search({ text: 'x', querySyntax }).query.syntax).toBe(expected);
  });

  test('has each option as it was sent', () => {
    const { query, faults } = search({
      text: 'x',
      limit: 400,
      offset: 600,
      filter: isOpen,
      noSynonyms: true,
      noSpelling: true,
      facets: [{ field: 'product', limit: 3 }],
      diversity: { lambda: 0 },
      collapse: { similarityMin: 0.8 },
      recency: { halfLife: { seconds: 3_600, nanos: 500_000_000 }, weight: 1 },
      boosts: [{ filter: isOpen, factor: 0.1 }],
      rerank: { budget: { nanos: 1_000_000 } },
      explain: true,
    });
    const filter = { type: 'in', field: 'status', values: ['open'] };
    expect(faults).toEqual([]);
    expect(query).toMatchObject({
      limit: 400,
      offset: 600,
      filter,
      withSynonyms: false,
      withSpelling: false,
      facets: [{ field: 'product', limit: 3 }],
      diversity: { lambda: 0 },
      collapse: { similarityMin: 0.8 },
      recency: { halfLifeMs: 3_600_500, weight: 1 },
      boosts: [{ filter, factor: 0.1 }],
      rerank: { budgetMs: 1 },
      withExplanation: true,
    });
  });

  test('that only switches an option on has its documented defaults', () => {
    const { query } = search({ text: 'x', diversity: {}, collapse: {}, recency: {}, rerank: {} });
    expect(query).toMatchObject({
      diversity: { lambda: 0.5 },
      collapse: { similarityMin: 0.95 },
      recency: { halfLifeMs: 30 * 86_400_000, weight: 0.2 },
      rerank: { budgetMs: 1_000 },
    });
  });

  test.each([
    [{}, { type: 'adaptive' }],
    [{ convex: { semanticWeight: 0 } }, { type: 'convex', semanticWeight: 0 }],
    [{ rrf: {} }, { type: 'rrf', k: 60, semanticWeight: 1, lexicalWeight: 1 }],
    [{ rrf: { k: 1, lexicalWeight: 2 } }, { type: 'rrf', k: 1, semanticWeight: 0, lexicalWeight: 2 }],
  ])('with fusion %j is fused by %j', (fusion, expected) => {
    expect(search({ text: 'x', fusion })).toMatchObject({ faults: [], query: { fusion: expected } });
  });

  const bad: readonly [request: SearchRequest, field: string, says: string][] = [
    [{ vector, mode: 'SEARCH_MODE_LEXICAL' }, 'mode', 'is SEARCH_MODE_LEXICAL: a vector is'],
    [{ vector, mode: 'SEARCH_MODE_HYBRID' }, 'mode', 'is SEARCH_MODE_HYBRID: a vector is'],
    [{ text: 'x', mode: 9 as never }, 'mode', 'is 9: one of SEARCH_MODE_SEMANTIC, SEARCH_MODE_LEXICAL'],
    [{ text: 'x', querySyntax: 9 as never }, 'query_syntax', 'is 9: one of'],
    [{ vector, rerank: {} }, 'rerank', 'for a vector'],
    [{ text: 'x', offset: -1 }, 'offset', 'is -1: not below 0'],
    [{ text: 'x', offset: 991 }, 'offset', 'is 991, with limit 10: at most 1000 together'],
    [{ text: 'x', offset: 1, limit: 1000 }, 'offset', 'at most 1000 together'],
    [{ text: 'x', offset: 2_147_483_647, limit: 1 }, 'offset', 'at most 1000 together'],
    [{ text: 'x', filter: {} }, 'filter', 'is empty'],
    [{ text: 'x', facets: [{ field: '' }] }, 'facets[0].field', 'is empty'],
    [{ text: 'x', fusion: { convex: { semanticWeight: 1.5 } } }, 'fusion.convex.semantic_weight', '0 to 1'],
    [
      { text: 'x', fusion: { convex: { semanticWeight: Number.NaN } } },
      'fusion.convex.semantic_weight',
      'is NaN',
    ],
    [{ text: 'x', fusion: { rrf: { k: 0.5 } } }, 'fusion.rrf.k', 'is 0.5: 1 to 1000'],
    [{ text: 'x', fusion: { rrf: { k: Number.NaN } } }, 'fusion.rrf.k', 'is NaN'],
    [{ text: 'x', fusion: { rrf: { semanticWeight: -1 } } }, 'fusion.rrf.semantic_weight', '0 to 100'],
    [{ text: 'x', fusion: { rrf: { lexicalWeight: 101 } } }, 'fusion.rrf.lexical_weight', '0 to 100'],
    [{ text: 'x', diversity: { lambda: 1.01 } }, 'diversity.lambda', '0 to 1'],
    [{ text: 'x', diversity: { lambda: Number.NaN } }, 'diversity.lambda', 'is NaN'],
    [{ text: 'x', collapse: { similarityMin: 0.4 } }, 'collapse.similarity_min', '0.5 to 1'],
    [{ text: 'x', collapse: { similarityMin: Number.NaN } }, 'collapse.similarity_min', 'is NaN'],
    [{ text: 'x', recency: { halfLife: {} } }, 'recency.half_life', 'is not above 0'],
    [{ text: 'x', recency: { halfLife: { seconds: -1 } } }, 'recency.half_life', 'is not above 0'],
    [{ text: 'x', recency: { halfLife: { seconds: '315576000001' } } }, 'recency.half_life', 'no duration'],
    [{ text: 'x', recency: { halfLife: { seconds: 1, nanos: -1 } } }, 'recency.half_life', 'no duration'],
    [{ text: 'x', recency: { weight: 2 } }, 'recency.weight', '0 to 1'],
    [{ text: 'x', recency: { weight: Number.NaN } }, 'recency.weight', 'is NaN'],
    [{ text: 'x', boosts: [{ filter: isOpen }] }, 'boosts[0].factor', 'is 0: 0.1 to 10'],
    [{ text: 'x', boosts: [{ filter: isOpen, factor: 11 }] }, 'boosts[0].factor', 'is 11: 0.1 to 10'],
    [{ text: 'x', boosts: [{ factor: 1 }] }, 'boosts[0].filter', 'is not set'],
    [
      { text: 'x', boosts: [{ filter: { anyOf: { filters: [{}] } }, factor: 1 }] },
      'boosts[0].filter.any_of.filters[0]',
      'is empty',
    ],
    [
      { text: 'x', boosts: Array.from({ length: 17 }, () => ({ filter: isOpen, factor: 1 })) },
      'boosts',
      'has 17 boosts',
    ],
    [{ text: 'x', rerank: { budget: {} } }, 'rerank.budget', 'is 0 ms: 1 to 10000 ms'],
    [{ text: 'x', rerank: { budget: { seconds: 11 } } }, 'rerank.budget', 'is 11000 ms'],
  ];

  test.each(bad)('%j is refused by name', (request, field, says) => {
    const { faults } = search(request);
    expect(faults.map((fault) => fault.field)).toEqual([field]);
    expect(faults[0]?.description).toContain(says);
  });

  test('has all its faults reported together, each below its own path', () => {
    const faults = new InputFaults();
    const { requestSerialize, requestDeserialize } = serviceDefinitions.search.Search;
    const wire = requestDeserialize(
      requestSerialize({
        text: '',
        offset: -1,
        filter: { negated: {} },
        boosts: [{}],
        diversity: { lambda: 2 },
      }),
    );
    searchFromWire(wire, 'requests[3]', () => 4, faults);
    expect(faults.violations.map(({ field }) => field).sort()).toEqual([
      'requests[3].boosts[0].factor',
      'requests[3].boosts[0].filter',
      'requests[3].diversity.lambda',
      'requests[3].filter.negated',
      'requests[3].offset',
      'requests[3].text',
    ]);
  });
});

describe('a search for similar documents', () => {
  const key = (id: string, collection = 'cases') => ({ type: 'document', key: { collection, id } });

  test('to one document compares with its own vectors', () => {
    expect(similar({ id: 'a', collection: 'kb' }).query).toMatchObject({
      target: { type: 'document', key: { collection: 'kb', id: 'a' } },
      mode: 'semantic',
      syntax: 'plain',
      rerank: null,
    });
  });

  test('to examples takes the document among the positive ones', () => {
    const { query, faults } = similar({
      id: 'a',
      positive: [{ id: 'b', collection: 'kb' }],
      negative: [{ id: 'c' }],
    });
    expect(faults).toEqual([]);
    expect(query.target).toEqual({
      type: 'examples',
      positive: [key('a'), key('b', 'kb')],
      negative: [key('c')],
    });
    expect(similar({ id: 'a', negative: [{ id: 'c' }] }).query.target).toEqual({
      type: 'examples',
      positive: [key('a')],
      negative: [key('c')],
    });
    expect(similar({ positive: [{ id: 'b' }] }).query.target).toEqual({
      type: 'examples',
      positive: [key('b')],
      negative: [],
    });
  });

  test('takes the options of a search', () => {
    const { query, faults } = similar({ id: 'a', filter: isOpen, offset: 3, collapse: {}, explain: true });
    expect(faults).toEqual([]);
    expect(query).toMatchObject({ filter: { type: 'in' }, offset: 3, collapse: { similarityMin: 0.95 } });
  });

  const named = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `d${index}` }));
  const bad: readonly [request: FindSimilarRequest, field: string, says: string][] = [
    [{}, 'id', 'at least one positive example'],
    [{ negative: [{ id: 'a' }] }, 'id', 'at least one positive example'],
    [{ id: 'a\u0000' }, 'id', 'control characters'],
    [{ positive: [{ id: 'a' }, { id: '' }] }, 'positive[1].id', 'is empty'],
    [{ id: 'a', negative: [{ id: 'b', collection: 'Bad Name' }] }, 'negative[0].collection', 'is "Bad Name"'],
    [
      { positive: named(20), negative: named(13) },
      'positive',
      'has 33 examples together with negative: at most 32',
    ],
    [{ id: 'a', filter: { exists: '' } }, 'filter.exists', '1 to 128'],
  ];

  test.each(bad)('%j is refused by name', (request, field, says) => {
    const { faults } = similar(request);
    expect(faults.map((fault) => fault.field)).toEqual([field]);
    expect(faults[0]?.description).toContain(says);
  });
});
