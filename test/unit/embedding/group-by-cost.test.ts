import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupByCost } from '../../../src/embedding/minilm/group-by-cost.ts';

test('groups hold every text once, in order, and only a single text may exceed the budget', () => {
  const lengths = fc.array(fc.integer({ min: 2, max: 256 }), { maxLength: 60 });
  fc.assert(
    fc.property(lengths, fc.integer({ min: 16, max: 512 }), (sizes, groupTokensMax) => {
      const texts = sizes.map((size) => new Int32Array(size));
      const groups = groupByCost(texts, groupTokensMax);
      expect(groups.flatMap((group) => group.texts)).toEqual(texts);
      for (const { start, texts: members } of groups) {
        expect(texts[start]).toBe(members[0]);
        const tokens = members.reduce((sum, text) => sum + text.length, 0);
        if (members.length > 1) expect(tokens).toBeLessThanOrEqual(groupTokensMax);
      }
    }),
  );
});

test('neighbours that fit together travel together', () => {
  const texts = [100, 100, 100, 300, 10].map((size) => new Int32Array(size));
  const groups = groupByCost(texts, 300);
  expect(groups.map(({ texts: members }) => members.length)).toEqual([3, 1, 1]);
});
