// The names of labels in memory.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LabelRow } from '../../../src/storage/document-record.ts';
import { LabelNames } from '../../../src/storage/label-names.ts';

test('what is known of a label is what was said last, in any order and for any id', () => {
  const step = fc.oneof(
    fc.record({
      type: fc.constant('set' as const),
      label: fc.nat({ max: 20_000 }),
      id: fc.string({ unit: 'grapheme', maxLength: 64 }),
      chunk: fc.nat({ max: 0xffff }),
    }),
    fc.record({ type: fc.constant('delete' as const), label: fc.nat({ max: 20_000 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const names = new LabelNames();
      const model = new Map<number, LabelRow>();
      for (const each of steps) {
        if (each.type === 'set') {
          names.set(1, each.label, [each.id, each.chunk]);
          model.set(each.label, [each.id, each.chunk]);
        } else {
          names.delete(each.label);
          model.delete(each.label);
        }
      }
      for (const { label } of steps) {
        expect(names.get(1, label)).toEqual(model.get(label));
        expect(names.get(2, label)).toBeUndefined();
      }
    }),
  );
});

test('the memory has a bound, and what is forgotten can be learned again', () => {
  const bytesMax = 256 * 1024;
  const names = new LabelNames({ bytesMax });
  for (let label = 1; label <= 50_000; label++) {
    names.set(1, label, [`case-${label}`, 0]);
    if (names.get(1, label)?.[0] !== `case-${label}`) throw new Error(`label ${label} is not known`);
    if (names.bytes > bytesMax) throw new Error(`${names.bytes} bytes at label ${label}`);
  }
  expect(names.get(1, 1)).toBeUndefined();
});

test('a chunk or an id that does not fit an entry is not kept', () => {
  const names = new LabelNames();
  names.set(1, 7, ['a', 0x1_0000]);
  names.set(1, 8, ['x'.repeat(0x8000), 0]);
  expect([names.get(1, 7), names.get(1, 8)]).toEqual([undefined, undefined]);
});
