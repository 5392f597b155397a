// Facets of several collections and shards become one. A document is in one of them only, so counts add up.

import type { Facet, FacetRequest } from '../model/filter.ts';
import { type FacetCount, topCounts } from './top-counts.ts';
import { valueKey } from './value-order.ts';

/**
 * A part carries so many values, the most frequent ones: sums are exact unless a part has more. Bounds the message
 * between threads to about a megabyte.
 */
export const facetValuesMax = 10_000;

/** The parts' counts added up, and cut to what was asked for. Parts of other fields do not belong here. */
export function mergeFacets(parts: readonly Facet[], request: FacetRequest): Facet {
  return sumFacets(parts, request.field, request.limit);
}

/** As `mergeFacets`, for a part of a larger merge: nothing is cut that the end may need. */
export function joinFacets(parts: readonly Facet[], field: string): Facet {
  return sumFacets(parts, field, facetValuesMax);
}

function sumFacets(parts: readonly Facet[], field: string, limit: number): Facet {
  const counts = new Map<string, FacetCount>();
  for (const { values } of parts) {
    for (const { value, documents } of values) {
      const key = valueKey(value);
      counts.set(key, { value, documents: documents + (counts.get(key)?.documents ?? 0) });
    }
  }
  // What a part has cut off is in its count only; how much of it the others hold too, nobody knows.
  const valueCount = Math.max(counts.size, ...parts.map((part) => part.valueCount));
  return { field, values: topCounts(counts.values(), limit), valueCount };
}
