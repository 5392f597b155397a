// One order over all values of filters, whatever their kinds: booleans, numbers, times, texts. Facets break ties by it,
// so that every shard and every page agrees.

import type { FilterValue } from '../model/filter.ts';

/** Below 0: `a` comes first. Texts by their UTF-16 units. */
export function compareValues(a: FilterValue, b: FilterValue): number {
  const difference = kindOrder(a) - kindOrder(b);
  if (difference !== 0) return difference;
  const left = typeof a === 'object' ? a.timeMs : a;
  const right = typeof b === 'object' ? b.timeMs : b;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Values are equal when, and only when, their keys are. */
export function valueKey(value: FilterValue): string {
  switch (typeof value) {
    case 'string':
      return `s${value}`;
    case 'object':
      return `t${value.timeMs}`;
    default:
      // 0 and -0 are equal, and read the same.
      return `${typeof value === 'number' ? 'n' : 'b'}${value}`;
  }
}

function kindOrder(value: FilterValue): number {
  switch (typeof value) {
    case 'boolean':
      return 0;
    case 'number':
      return 1;
    case 'object':
      return 2;
    default:
      return 3;
  }
}
