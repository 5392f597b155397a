import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  behind,
  cellOf,
  families,
  fieldPrefix,
  orderedBytes,
  valueBytes,
  valueOfKey,
} from '../../../src/storage/attribute-keys.ts';

const number = fc.double({ noNaN: true });
const text = fc.string({ unit: 'binary', maxLength: 80 });

test('numbers sort by their bytes, and so do their cells', () => {
  fc.assert(
    fc.property(number, number, (a, b) => {
      const [left, right] = [orderedBytes(a), orderedBytes(b)];
      const order = a === b ? 0 : Math.sign(a - b) || (a < b ? -1 : 1);
      expect(Buffer.compare(left, right)).toBe(order);
      for (const bits of [16, 20, 24, 32])
        if (order !== 0)
          expect(Math.sign(cellOf(left, bits) - cellOf(right, bits)) * order).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('a key tells its value, or that the text is too long to tell', () => {
  const prefix = fieldPrefix(7, families.values, 'field');
  const value = fc.oneof(
    fc.boolean(),
    number.map((each) => each + 0),
    number.map((each) => ({ timeMs: each + 0 })),
    text,
  );
  fc.assert(
    fc.property(value, (each) => {
      const key = Buffer.concat([prefix, valueBytes(each), Buffer.alloc(4)]);
      expect(valueOfKey(key, prefix.length)).toEqual(each);
    }),
  );
  const long = Buffer.concat([prefix, valueBytes('x'.repeat(257)), Buffer.alloc(4)]);
  expect(valueOfKey(long, prefix.length)).toBeNull();
});

test('no field or text is the beginning of another one, and all rows of one lie before its end', () => {
  fc.assert(
    fc.property(text, text, fc.nat({ max: 2 ** 32 - 1 }), (a, b, block) => {
      const [left, right] = [fieldPrefix(1, families.values, a), fieldPrefix(1, families.values, b)];
      expect(left.subarray(0, right.length).equals(right)).toBe(a === b);
      const tail = Buffer.alloc(4);
      tail.writeUInt32BE(block, 0);
      const key = Buffer.concat([left, valueBytes(b), tail]);
      expect(Buffer.compare(left, key)).toBe(-1);
      expect(Buffer.compare(key, behind(left))).toBe(-1);
    }),
  );
});

test('the longest names and texts fit into a key of the store', () => {
  const key = Buffer.concat([
    fieldPrefix(1, families.values, 'é'.repeat(10_000)),
    valueBytes('y'.repeat(8_192)),
  ]);
  expect(key.length + 4).toBeLessThan(1_978);
  const edge = Buffer.concat([fieldPrefix(1, families.values, 'x'.repeat(256)), valueBytes('y'.repeat(256))]);
  expect(edge.length + 4).toBeLessThan(1_978);
});
