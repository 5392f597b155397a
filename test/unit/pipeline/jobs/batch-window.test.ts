import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BatchWindow, noCounts } from '../../../../src/pipeline/jobs/batch-window.ts';

const counts = (read: number) => ({ ...noCounts, read, indexed: read });

test('a checkpoint is reached when its batch and all before it are done, in whatever order they end', () => {
  const orders = fc
    .integer({ min: 1, max: 30 })
    .chain((size) =>
      fc.tuple(
        fc.shuffledSubarray([...Array(size).keys()], { minLength: size, maxLength: size }),
        fc.array(fc.boolean(), { minLength: size, maxLength: size }),
      ),
    );
  fc.assert(
    fc.property(orders, ([order, hasCheckpoint]) => {
      const window = new BatchWindow();
      const done = hasCheckpoint.map((has, index) => window.enter(has ? { index } : null));
      const ended = new Set<number>();
      for (const index of order) {
        done[index]?.(counts(index + 1));
        ended.add(index);
        let whole = 0;
        while (ended.has(whole)) whole += 1;
        const last = hasCheckpoint.slice(0, whole).lastIndexOf(true);
        expect(window.reached?.checkpoint ?? null).toEqual(last === -1 ? null : { index: last });
        if (last !== -1) expect(window.reached?.counts.read).toBe(((last + 1) * (last + 2)) / 2);
        expect(window.size).toBe(order.length - whole);
      }
    }),
  );
});
