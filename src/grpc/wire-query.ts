// Searches from the wire into the model, with every check of their fields.

import type { DocumentKey } from '../model/document.ts';
import { limits } from '../model/limits.ts';
import {
  type Example,
  type QuerySyntax,
  type SearchMode,
  type SearchQuery,
  type SearchTarget,
  searchModes,
} from '../model/query.ts';
import type { FindSimilarRequest__Output } from './generated/kms/v1/FindSimilarRequest.ts';
import type { SearchRequest__Output } from './generated/kms/v1/SearchRequest.ts';
import type { InputFaults } from './input-faults.ts';
import {
  checkBytes,
  collectionsFromWire,
  countFromWire,
  documentKeyFromWire,
  enumFromWire,
  sequenceFromWire,
} from './wire-checks.ts';
import { facetsFromWire, filterFromWire } from './wire-filter.ts';
import {
  boostsFromWire,
  collapseFromWire,
  diversityFromWire,
  fusionFromWire,
  recencyFromWire,
  rerankFromWire,
} from './wire-ranking.ts';
import { type DimensionsOf, vectorFromWire } from './wire-vector.ts';

/** Anything that can be seen. Blanks, controls and zero-width characters cannot, and cleaning leaves nothing of them. */
const visible = /[^\s\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\ufffd]/u;

/** Where a field lies in the request. */
type PathOf = (field: string) => string;

/** A search, of use only when no fault was added. `path` is where it lies in the request; empty: it is the request. */
export function searchFromWire(
  wire: SearchRequest__Output,
  path: string,
  dimensionsOf: DimensionsOf,
  faults: InputFaults,
): SearchQuery {
  const at: PathOf = (field) => (path === '' ? field : `${path}.${field}`);
  const target = targetFromWire(wire, at, dimensionsOf, faults);
  const isText = target.type === 'text';
  if (!isText && wire.rerank) faults.add(at('rerank'), 'is set for a vector: a cross-encoder reads texts');
  return {
    target,
    mode: modeFromWire(wire.mode, isText, at('mode'), faults),
    fusion: fusionFromWire(wire.fusion, at('fusion'), faults),
    syntax: syntaxFromWire(wire.querySyntax, at('query_syntax'), faults),
    withSynonyms: isText && !wire.noSynonyms,
    withSpelling: isText && !wire.noSpelling,
    rerank: rerankFromWire(wire.rerank, at('rerank'), faults),
    ...scopeFromWire(wire, at, faults),
  };
}

/** As `searchFromWire`. */
export function findSimilarFromWire(wire: FindSimilarRequest__Output, faults: InputFaults): SearchQuery {
  return {
    target: examplesFromWire(wire, faults),
    mode: 'semantic',
    fusion: { type: 'adaptive' },
    syntax: 'plain',
    withSynonyms: false,
    withSpelling: false,
    rerank: null,
    ...scopeFromWire(wire, (field) => field, faults),
  };
}

/** What both kinds of search have in common. */
type Scope = Omit<
  SearchQuery,
  'target' | 'mode' | 'fusion' | 'syntax' | 'withSynonyms' | 'withSpelling' | 'rerank'
>;

function scopeFromWire(
  wire: Omit<SearchRequest__Output, 'mode'> | FindSimilarRequest__Output,
  at: PathOf,
  faults: InputFaults,
): Scope {
  const limitBounds = { max: limits.searchLimitMax, default: limits.searchLimitDefault };
  const limit = countFromWire<number>(wire.limit, limitBounds, at('limit'), faults);
  return {
    collections: collectionsFromWire(wire.collections, at('collections'), faults),
    limit,
    offset: offsetFromWire(wire.offset, limit, at('offset'), faults),
    ef: countFromWire(wire.ef, { max: limits.efMax, default: null }, at('ef'), faults),
    isExact: wire.exact,
    filter: filterFromWire(wire.filter, at('filter'), faults),
    facets: facetsFromWire(wire.facets, at('facets'), faults),
    diversity: diversityFromWire(wire.diversity, at('diversity'), faults),
    collapse: collapseFromWire(wire.collapse, at('collapse'), faults),
    recency: recencyFromWire(wire.recency, at('recency'), faults),
    boosts: boostsFromWire(wire.boosts, at('boosts'), faults),
    commitSequenceMin: sequenceFromWire(wire.minCommitSequence, at('min_commit_sequence'), faults),
    withVectors: wire.includeVectors,
    omitBody: wire.omitBody,
    withExplanation: wire.explain,
  };
}

function targetFromWire(
  wire: SearchRequest__Output,
  at: PathOf,
  dimensionsOf: DimensionsOf,
  faults: InputFaults,
): SearchTarget {
  const { text, vector } = wire;
  if (text !== undefined && vector !== undefined)
    faults.add(at('query'), 'has text and vector: set exactly one');
  if (vector !== undefined) {
    const unit = vectorFromWire(vector, dimensionsOf(wire.collections), at('vector'), faults);
    return { type: 'vector', vector: unit ?? new Float32Array(0) };
  }
  if (text === undefined) faults.add(at('query'), 'is not set: set text or vector');
  else if (!visible.test(text)) faults.add(at('text'), 'is empty: 1 to 32768 bytes, not only white space');
  else checkBytes(text, limits.queryBytesMax, at('text'), faults);
  return { type: 'text', text: text ?? '' };
}

/** `mode` is a number when the client's proto knows a value that ours does not. */
function modeFromWire(mode: string | number, isText: boolean, path: string, faults: InputFaults): SearchMode {
  const wanted = {
    prefix: 'SEARCH_MODE_',
    words: searchModes,
    otherwise: isText ? 'hybrid' : 'semantic',
  } as const;
  const word = enumFromWire<SearchMode>(mode, wanted, path, faults) ?? wanted.otherwise;
  if (!isText && word !== 'semantic')
    faults.add(path, `is ${mode}: a vector is looked for by SEARCH_MODE_SEMANTIC`);
  return word;
}

function syntaxFromWire(value: string | number, path: string, faults: InputFaults): QuerySyntax {
  const words: readonly QuerySyntax[] = ['plain', 'operators'];
  const wanted = { prefix: 'QUERY_SYNTAX_', words, otherwise: 'auto' } as const;
  return enumFromWire<QuerySyntax>(value, wanted, path, faults) ?? 'auto';
}

function offsetFromWire(offset: number, limit: number, path: string, faults: InputFaults): number {
  if (offset < 0) faults.add(path, `is ${offset}: not below 0`);
  // A limit that is itself at fault has been named already.
  else if (
    offset > 0 &&
    limit > 0 &&
    limit <= limits.searchLimitMax &&
    offset + limit > limits.searchLimitMax
  ) {
    faults.add(path, `is ${offset}, with limit ${limit}: at most ${limits.searchLimitMax} together`);
  }
  return offset;
}

/** A stored document alone is compared with its own vectors; with examples beside it, it is one of them. */
function examplesFromWire(wire: FindSimilarRequest__Output, faults: InputFaults): SearchTarget {
  const count = wire.positive.length + wire.negative.length;
  if (count > limits.examplesMax) {
    faults.add('positive', `has ${count} examples together with negative: at most ${limits.examplesMax}`);
    return { type: 'examples', positive: [], negative: [] };
  }
  if (wire.id === '' && wire.positive.length === 0) {
    faults.add('id', 'is empty, and positive too: 1 to 512 bytes, or at least one positive example');
  }
  const own = wire.id === '' ? [] : [documentKeyFromWire(wire, faults)];
  const positive = wire.positive.map((name, index) =>
    documentKeyFromWire(name, faults, `positive[${index}]`),
  );
  const negative = wire.negative.map((name, index) =>
    documentKeyFromWire(name, faults, `negative[${index}]`),
  );
  const [key] = own;
  if (key !== undefined && count === 0) return { type: 'document', key };
  return {
    type: 'examples',
    positive: [...own, ...positive].map(toExample),
    negative: negative.map(toExample),
  };
}

function toExample(key: DocumentKey): Example {
  return { type: 'document', key };
}
