import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnValue, parseTimeMs } from '../../../src/sources/postgres/column-value.ts';
import { compareUtf8, findGone } from '../../../src/sources/postgres/find-gone.ts';
import { formatPosition, parsePosition } from '../../../src/sources/postgres/log-position.ts';
import type { ColumnKind } from '../../../src/sources/postgres/table-shape.ts';

const value = (text: string, kind: ColumnKind, typeName = '') =>
  columnValue(text, { name: 'column', kind, typeName });

describe('values of columns', () => {
  it('each kind becomes its type of attribute', () => {
    expect(value('t', 'boolean')).toEqual({ type: 'value', value: true });
    expect(value('-7', 'integer')).toEqual({ type: 'value', value: -7 });
    expect(value('19.90', 'number')).toEqual({ type: 'value', value: 19.9 });
    expect(value('{"a b",NULL,"c,\\"d"}', 'list')).toEqual({ type: 'value', value: ['a b', 'c,"d'] });
    expect(value('{{a,b},{c,d}}', 'list')).toEqual({ type: 'value', value: ['a', 'b', 'c', 'd'] });
    expect(value('ab  ', 'text', 'bpchar')).toEqual({ type: 'value', value: 'ab' });
    expect(value('{"a": 1}', 'text', 'json')).toEqual({ type: 'value', value: '{"a": 1}' });
  });

  it('what an attribute cannot hold is a fault and never another value', () => {
    expect(value('9007199254740993', 'integer').type).toBe('fault');
    expect(value('NaN', 'number').type).toBe('fault');
    expect(value('infinity', 'time').type).toBe('fault');
    expect(value('0044-03-15 00:00:00+00 BC', 'time').type).toBe('fault');
  });

  it('times are read in UTC to the millisecond', () => {
    expect(parseTimeMs('2026-01-31 12:00:00.123999+00')).toBe(Date.UTC(2026, 0, 31, 12, 0, 0, 123));
    expect(parseTimeMs('2026-01-31 12:00:00.5')).toBe(Date.UTC(2026, 0, 31, 12, 0, 0, 500));
    expect(parseTimeMs('2026-01-31')).toBe(Date.UTC(2026, 0, 31));
  });

  it('a place in the log survives being written', () => {
    expect(parsePosition('16/B374D848')).toBe(0x16b374d848n);
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (position) => {
        expect(parsePosition(formatPosition(position))).toBe(position);
      }),
    );
  });
});

describe('comparing ids', () => {
  const text = fc.string({ unit: 'binary', maxLength: 6 });

  it('the order is that of the UTF-8 bytes', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareUtf8(a, b))).toBe(bytes);
      }),
    );
  });

  it('gone is exactly what is stored and not present', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(text), fc.uniqueArray(text), async (stored, present) => {
        const gone: string[] = [];
        for await (const id of findGone(pages(stored), pages(present))) gone.push(id);
        const expected = stored.filter((id) => !present.includes(id)).sort(compareUtf8);
        expect(gone).toEqual(expected);
      }),
    );
  });

  it('a list in another order gives no answer', async () => {
    async function* wrong() {
      yield ['b', 'a'];
    }
    const read = async () => {
      for await (const id of findGone(pages(['c']), wrong())) throw new Error(`${id} is not gone for sure`);
    };
    await expect(read()).rejects.toMatchObject({ code: 'internal' });
  });
});

/** In pages of two, in the order of bytes. */
async function* pages(ids: readonly string[]): AsyncGenerator<readonly string[]> {
  const sorted = [...ids].sort(compareUtf8);
  for (let start = 0; start < sorted.length; start += 2) yield sorted.slice(start, start + 2);
}
