// Searches from the wire into the model, with every check of their fields.

import { limits } from '../model/limits.ts';
import type { SearchMode, SearchQuery, SearchTarget } from '../model/query.ts';
import type { FindSimilarRequest__Output } from './generated/kms/v1/FindSimilarRequest.ts';
import type { SearchRequest__Output } from './generated/kms/v1/SearchRequest.ts';
import type { InputFaults } from './input-faults.ts';
import {
  checkBytes,
  collectionsFromWire,
  countFromWire,
  documentKeyFromWire,
  sequenceFromWire,
} from './wire-checks.ts';
import { type DimensionsOf, vectorFromWire } from './wire-vector.ts';

/** Anything that can be seen. Blanks, controls and zero-width characters cannot, and cleaning leaves nothing of them. */
const visible = /[^\s\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\ufffd]/u;

/** A search, of use only when no fault was added. `path` is where it lies in the request; empty: it is the request. */
export function searchFromWire(
  wire: SearchRequest__Output,
  path: string,
  dimensionsOf: DimensionsOf,
  faults: InputFaults,
): SearchQuery {
  const at = (field: string) => (path === '' ? field : `${path}.${field}`);
  return {
    target: targetFromWire(wire, at, dimensionsOf, faults),
    mode: modeFromWire(wire.mode, at('mode'), faults),
    ...scopeFromWire(wire, at, faults),
  };
}

export function findSimilarFromWire(wire: FindSimilarRequest__Output, faults: InputFaults): SearchQuery {
  return {
    target: { type: 'document', key: documentKeyFromWire(wire, faults) },
    mode: 'semantic',
    ...scopeFromWire(wire, (field) => field, faults),
  };
}

/** What both kinds of search have in common. */
function scopeFromWire(
  wire: Omit<SearchRequest__Output, 'mode'> | FindSimilarRequest__Output,
  at: (field: string) => string,
  faults: InputFaults,
): Omit<SearchQuery, 'target' | 'mode'> {
  const limitBounds = { max: limits.searchLimitMax, default: limits.searchLimitDefault };
  return {
    collections: collectionsFromWire(wire.collections, at('collections'), faults),
    limit: countFromWire<number>(wire.limit, limitBounds, at('limit'), faults),
    ef: countFromWire(wire.ef, { max: limits.efMax, default: null }, at('ef'), faults),
    isExact: wire.exact,
    commitSequenceMin: sequenceFromWire(wire.minCommitSequence, at('min_commit_sequence'), faults),
    withVectors: wire.includeVectors,
    omitBody: wire.omitBody,
  };
}

function targetFromWire(
  wire: SearchRequest__Output,
  at: (field: string) => string,
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
function modeFromWire(mode: string | number, path: string, faults: InputFaults): SearchMode {
  if (mode !== 'SEARCH_MODE_UNSPECIFIED' && mode !== 'SEARCH_MODE_SEMANTIC') {
    faults.add(path, `is ${mode}: SEARCH_MODE_SEMANTIC`);
  }
  return 'semantic';
}
