// From a comparison as written to a condition of a filter. A day is more than one instant: what is after it begins with the
// next day, what is up to it ends there.

import type { Filter, FilterValue, RangeEnd } from '../model/filter.ts';
import { filterFault } from './filter-tokens.ts';

export type Comparison = '=' | '!=' | '>' | '>=' | '<' | '<=';

/** A value as written: `end` is behind it, which for a day is the next one. */
export type WrittenValue =
  | { readonly type: 'value'; readonly value: FilterValue; readonly at: number }
  | { readonly type: 'day'; readonly start: FilterValue; readonly end: FilterValue; readonly at: number };

export function compared(field: string, sign: Comparison, value: WrittenValue): Filter {
  switch (sign) {
    case '=':
    case '!=': {
      const filter: Filter =
        value.type === 'day'
          ? { type: 'range', field, lower: lowerEnd(value, true), upper: upperEnd(value, true) }
          : { type: 'in', field, values: [value.value] };
      return sign === '=' ? filter : { type: 'not', filter };
    }
    case '>':
    case '>=':
      return { type: 'range', field, lower: lowerEnd(value, sign === '>='), upper: null };
    case '<':
    case '<=':
      return { type: 'range', field, lower: null, upper: upperEnd(value, sign === '<=') };
  }
}

/** Of a day that does not belong to the range, the range begins behind it. */
export function lowerEnd(value: WrittenValue, isInclusive: boolean): RangeEnd {
  if (value.type === 'value') return endAt(value.value, value.at, isInclusive);
  return endAt(isInclusive ? value.start : value.end, value.at, true);
}

export function upperEnd(value: WrittenValue, isInclusive: boolean): RangeEnd {
  if (value.type === 'value') return endAt(value.value, value.at, isInclusive);
  return endAt(isInclusive ? value.end : value.start, value.at, false);
}

function endAt(value: FilterValue, at: number, isInclusive: boolean): RangeEnd {
  if (typeof value === 'number' || typeof value === 'object') return { value, isInclusive };
  throw filterFault(at, 'expected a number or a time: only these can be more or less than others');
}
