// What `field:value` asks of a document. A text is typed, but attributes are texts, numbers, times and truths, and a value
// meets its own kind only: so `priority:3` asks for the number and for the text, `created:2024-05-01` for any time of that
// day.

import type { Filter, FilterValue, RangeEnd } from '../../model/filter.ts';
import type { FieldOperator } from './parse-operators.ts';

const numberPattern = /^-?\d{1,15}(?:\.\d{1,15})?$/;
const datePattern = /^\d{4}-\d{2}-\d{2}$/;
const timePattern = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(:\d{2}(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?$/;
const comparisonPattern = /^(>=|<=|>|<)(.+)$/;
const dayMs = 86_400_000;

/** All of them must hold; null: there are none. Never throws: what is neither a number nor a time is a text. */
export function filterOfFields(fields: readonly FieldOperator[]): Filter | null {
  const filters = fields.map((operator): Filter => {
    const filter = filterOf(operator);
    return operator.isExcluded ? { type: 'not', filter } : filter;
  });
  const [first] = filters;
  if (first === undefined) return null;
  return filters.length === 1 ? first : { type: 'and', filters };
}

function filterOf({ field, value, isQuoted }: FieldOperator): Filter {
  if (isQuoted) return { type: 'in', field, values: [value] };
  return comparison(field, value) ?? range(field, value) ?? equality(field, value);
}

/** From the first instant that a text names to the one behind its last; a number or an exact time is both itself. */
interface Span {
  readonly kind: 'number' | 'time' | 'day';
  readonly start: number;
  readonly end: number;
}

function comparison(field: string, text: string): Filter | null {
  const [, sign, operand = ''] = comparisonPattern.exec(text) ?? [];
  const span = sign === undefined ? null : spanOf(operand);
  if (span === null) return null;
  if (sign === '>=') return { type: 'range', field, lower: lowerEnd(span), upper: null };
  if (sign === '<=') return { type: 'range', field, lower: null, upper: upperEnd(span) };
  if (sign === '<') return { type: 'range', field, lower: null, upper: endAt(span.start, span, false) };
  return { type: 'range', field, lower: endAt(span.end, span, span.kind === 'day'), upper: null };
}

/** `10..20`, `10..`, `..20`; both ends belong to it. */
function range(field: string, text: string): Filter | null {
  const at = text.indexOf('..');
  if (at < 0) return null;
  const [from, to] = [text.slice(0, at), text.slice(at + 2)];
  const [lower, upper] = [spanOf(from), spanOf(to)];
  const isOdd = (from !== '' && lower === null) || (to !== '' && upper === null);
  if (isOdd || (lower === null && upper === null)) return null;
  if (lower !== null && upper !== null && (lower.kind === 'number') !== (upper.kind === 'number'))
    return null;
  return {
    type: 'range',
    field,
    lower: lower === null ? null : lowerEnd(lower),
    upper: upper === null ? null : upperEnd(upper),
  };
}

function equality(field: string, text: string): Filter {
  const span = spanOf(text);
  const values: FilterValue[] = [text];
  if (span?.kind === 'number') values.push(span.start);
  if (span?.kind === 'time') values.push({ timeMs: span.start });
  if (text === 'true' || text === 'false') values.push(text === 'true');
  const asValue: Filter = { type: 'in', field, values };
  if (span?.kind !== 'day') return asValue;
  const asDay: Filter = { type: 'range', field, lower: lowerEnd(span), upper: upperEnd(span) };
  return { type: 'or', filters: [asValue, asDay] };
}

function lowerEnd(span: Span): RangeEnd {
  return endAt(span.start, span, true);
}

/** A day's end is the next day's start, which is not of it. */
function upperEnd(span: Span): RangeEnd {
  return endAt(span.end, span, span.kind !== 'day');
}

function endAt(value: number, { kind }: Span, isInclusive: boolean): RangeEnd {
  return { value: kind === 'number' ? value : { timeMs: value }, isInclusive };
}

/** A time without a zone is UTC, as everything here. Null: neither a number nor a time. */
function spanOf(text: string): Span | null {
  if (numberPattern.test(text)) return { kind: 'number', start: Number(text), end: Number(text) };
  if (datePattern.test(text)) {
    const start = timeMsOf(text, `${text}T00:00:00Z`);
    return start === null ? null : { kind: 'day', start, end: start + dayMs };
  }
  const [, minutes = '', seconds = ':00', zone = 'Z'] = timePattern.exec(text) ?? [];
  if (minutes === '') return null;
  const timeMs = timeMsOf(minutes.slice(0, 10), `${minutes}${seconds}${zone}`);
  return timeMs === null ? null : { kind: 'time', start: timeMs, end: timeMs };
}

/** Null for a day that no month has: the parser would make the 2nd of March of the 30th of February. */
function timeMsOf(day: string, time: string): number | null {
  const dayStartMs = Date.parse(`${day}T00:00:00Z`);
  const timeMs = Date.parse(time);
  if (!Number.isFinite(dayStartMs) || !Number.isFinite(timeMs)) return null;
  return new Date(dayStartMs).toISOString().startsWith(day) ? timeMs : null;
}
