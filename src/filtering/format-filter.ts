// A filter as text, in the one way that `parseFilter` reads back as the same filter.

import type { Filter, FilterValue, RangeEnd } from '../model/filter.ts';
import { isPlainName } from './filter-words.ts';

/** For any filter that `checkFilter` finds nothing wrong with: `parseFilter(formatFilter(filter))` equals it. */
export function formatFilter(filter: Filter): string {
  switch (filter.type) {
    case 'and':
    case 'or': {
      const parts = filter.filters.map((part) => formatPart(part));
      if (parts.length < 2) return `${filter.type === 'and' ? 'all' : 'any'}(${parts.join('')})`;
      return parts.join(` ${filter.type} `);
    }
    case 'not':
      return `not ${formatPart(filter.filter)}`;
    case 'exists':
      return `exists(${formatName(filter.field)})`;
    case 'in': {
      const values = filter.values.map((value) => formatValue(value));
      const name = formatName(filter.field);
      return values.length === 1 ? `${name} = ${values.join('')}` : `${name} in (${values.join(', ')})`;
    }
    case 'range':
      return formatRange(filter.field, filter.lower, filter.upper);
  }
}

/** Texts in quotes, so that none is taken for a number. */
export function formatValue(value: FilterValue): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'object':
      return new Date(value.timeMs).toISOString();
    default:
      return Object.is(value, -0) ? '-0' : String(value);
  }
}

/** Groups of two and more need parentheses within another condition. */
function formatPart(filter: Filter): string {
  const isGroup = (filter.type === 'and' || filter.type === 'or') && filter.filters.length > 1;
  return isGroup ? `(${formatFilter(filter)})` : formatFilter(filter);
}

function formatRange(field: string, lower: RangeEnd | null, upper: RangeEnd | null): string {
  const name = formatName(field);
  if (lower !== null && upper !== null) {
    const sign = `${lower.isInclusive ? '' : '<'}..${upper.isInclusive ? '' : '<'}`;
    return `${name} ${formatValue(lower.value)} ${sign} ${formatValue(upper.value)}`;
  }
  if (lower !== null) return `${name} ${lower.isInclusive ? '>=' : '>'} ${formatValue(lower.value)}`;
  return upper === null ? 'any()' : `${name} ${upper.isInclusive ? '<=' : '<'} ${formatValue(upper.value)}`;
}

function formatName(name: string): string {
  return isPlainName(name) ? name : `\`${name.replaceAll('`', '``')}\``;
}
