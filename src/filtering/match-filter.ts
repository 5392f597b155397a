// What a filter means, on one document: the definition that the secondary indexes are held against, and what decides
// where there is no index (boosts of hits, candidates of a range that no index can settle).

import type { Attributes, AttributeValue } from '../model/document.ts';
import type { Filter, FilterValue, RangeEnd } from '../model/filter.ts';

/** What a filter can ask about. */
export interface FilterableDocument {
  readonly attributes: Attributes;
  readonly updateTimeMs: number | null;
  readonly commitTimeMs: number;
  readonly mediaType: string;
}

/** A built-in field hides an attribute of its name; undefined: the document lacks the field. */
export function fieldValue(document: FilterableDocument, field: string): AttributeValue | undefined {
  switch (field) {
    case '$update_time':
      return document.updateTimeMs === null ? undefined : { timeMs: document.updateTimeMs };
    case '$commit_time':
      return { timeMs: document.commitTimeMs };
    case '$media_type':
      return document.mediaType;
    default:
      // `toString` is no attribute of a document that has none.
      return Object.hasOwn(document.attributes, field) ? document.attributes[field] : undefined;
  }
}

/** Never throws, whatever the filter: what a check would refuse matches nothing. Depth is bounded by the check. */
export function matchesFilter(filter: Filter, document: FilterableDocument): boolean {
  switch (filter.type) {
    case 'and':
      return filter.filters.every((part) => matchesFilter(part, document));
    case 'or':
      return filter.filters.some((part) => matchesFilter(part, document));
    case 'not':
      return !matchesFilter(filter.filter, document);
    case 'exists':
      return fieldValue(document, filter.field) !== undefined;
    case 'in': {
      const value = fieldValue(document, filter.field);
      return value !== undefined && filter.values.some((wanted) => holds(value, wanted));
    }
    case 'range': {
      const value = fieldValue(document, filter.field);
      return value !== undefined && isWithin(value, filter.lower, filter.upper);
    }
  }
}

/** Equal and of the same kind; a list holds each of its texts. */
function holds(value: AttributeValue, wanted: FilterValue): boolean {
  if (isTextList(value)) return typeof wanted === 'string' && value.includes(wanted);
  if (typeof value === 'object') return typeof wanted === 'object' && value.timeMs === wanted.timeMs;
  return value === wanted;
}

function isWithin(value: AttributeValue, lower: RangeEnd | null, upper: RangeEnd | null): boolean {
  if (lower === null && upper === null) return false;
  return (
    (lower === null || isBeyond(lower, value, (end, number) => end < number)) &&
    (upper === null || isBeyond(upper, value, (end, number) => end > number))
  );
}

function isBeyond(
  end: RangeEnd,
  value: AttributeValue,
  isOrdered: (end: number, value: number) => boolean,
): boolean {
  const isTime = typeof end.value === 'object';
  const bound = typeof end.value === 'object' ? end.value.timeMs : end.value;
  let number: number;
  if (typeof value === 'number' && !isTime) number = value;
  else if (typeof value === 'object' && !isTextList(value) && isTime) number = value.timeMs;
  else return false;
  return isOrdered(bound, number) || (end.isInclusive && bound === number);
}

function isTextList(value: AttributeValue): value is readonly string[] {
  return Array.isArray(value);
}
