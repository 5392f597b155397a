import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SortableIds } from '../../../src/pipeline/sortable-ids.ts';

test('ids sort in the order they were given, also when the wall clock stands still or is set back, and across restarts', () => {
  const times = fc.array(fc.integer({ min: 0, max: 4_000_000_000_000 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(times, fc.nat({ max: 49 }), (epochs, restartAt) => {
      let nowMs = 0;
      const clock = {
        nowMs: () => 0,
        epochMs: () => nowMs,
        setTimer: () => ({ cancel: () => {} }),
      };
      let ids = new SortableIds(clock, null);
      const given: string[] = [];
      for (const [index, epochMs] of epochs.entries()) {
        nowMs = epochMs;
        if (index === restartAt) ids = new SortableIds(clock, given.at(-1) ?? null);
        given.push(ids.next());
      }
      expect(new Set(given).size).toBe(given.length);
      expect([...given].sort()).toEqual(given);
    }),
  );
});
