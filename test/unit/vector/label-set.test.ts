import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LabelSet } from '../../../src/vector/label-set.ts';

test('a label set is a set, in order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 5_000 })), fc.nat({ max: 5_100 }), (labels, from) => {
      const set = new LabelSet();
      for (const label of labels) set.add(label);
      const sorted = [...new Set(labels)].sort((a, b) => a - b);
      expect(set.count).toBe(sorted.length);
      expect(set.has(from)).toBe(labels.includes(from));
      expect(set.from(from)).toBe(sorted.find((label) => label >= from) ?? null);
      const walked: number[] = [];
      for (let label = set.from(0); label !== null; label = set.from(label + 1)) walked.push(label);
      expect(walked).toEqual(sorted);
    }),
  );
});
