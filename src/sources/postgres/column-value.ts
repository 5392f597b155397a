// One value of a column, from the text that PostgreSQL writes to what a document's attribute holds.

import pg from 'pg';
import { assertNever } from '../../base/assert.ts';
import type { AttributeValue } from '../../model/document.ts';
import type { Column } from './table-shape.ts';

export type ColumnValue =
  | { readonly type: 'value'; readonly value: AttributeValue }
  | { readonly type: 'fault'; readonly description: string };

const textArrayOid = 1009;
type ParserLookup = (oid: number, format: 'text') => (text: string) => readonly unknown[];
const parseArray = (pg.types.getTypeParser as ParserLookup)(textArrayOid, 'text');

/** Never null: what is NULL in the table is no attribute at all. */
export function columnValue(text: string, { kind, typeName }: Column): ColumnValue {
  switch (kind) {
    case 'boolean':
      return held(text === 't' || text === 'true');
    case 'integer':
    case 'number':
      return numberOf(text, kind === 'integer');
    case 'time': {
      const timeMs = parseTimeMs(text);
      return timeMs === null
        ? faultOf('is no time between the years 1 and 9999; leave it out, or cast it to text in a query')
        : held({ timeMs });
    }
    case 'list':
      return held(textsOf(parseArray(text)));
    case 'text':
      // char(n) is filled with blanks that mean nothing.
      return held(typeName === 'bpchar' ? text.replace(/ +$/, '') : text);
    default:
      return assertNever(kind);
  }
}

/** Milliseconds of `2026-01-31`, `2026-01-31 12:00:00.123456` or the same with `+00`, in UTC; null for infinity and BC. */
export function parseTimeMs(text: string): number | null {
  const match = /^(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}:\d{2})(\.\d{1,6})?(?:\+00)?)?$/.exec(text);
  if (match === null) return null;
  const [, date, time = '00:00:00', fraction = '.0'] = match;
  const timeMs = Date.parse(`${date}T${time}${fraction.slice(0, 4).padEnd(4, '0')}Z`);
  return Number.isNaN(timeMs) ? null : timeMs;
}

function numberOf(text: string, isInteger: boolean): ColumnValue {
  const value = Number(text);
  if (!Number.isFinite(value)) return faultOf('is not a finite number');
  if (isInteger && !Number.isSafeInteger(value))
    return faultOf('is an integer above 2^53, which a number cannot hold; cast it to text in a query');
  return held(value);
}

/** Lists within lists are laid out flat; NULLs are left out. */
function textsOf(items: readonly unknown[]): readonly string[] {
  return items.flatMap((item) => {
    if (Array.isArray(item)) return textsOf(item);
    return typeof item === 'string' ? [item] : [];
  });
}

function held(value: AttributeValue): ColumnValue {
  return { type: 'value', value };
}

function faultOf(description: string): ColumnValue {
  return { type: 'fault', description };
}
