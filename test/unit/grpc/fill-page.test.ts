// Pages out of slices: whatever the slices are, every entry comes once, and no page takes for ever.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fillPage, type Page, type Slice, sliceOf } from '../../../src/grpc/fill-page.ts';
import { limits } from '../../../src/model/limits.ts';

interface Entry {
  readonly id: string;
  readonly bytes: number;
}

const ids = (count: number) =>
  Array.from({ length: count }, (_, index) => `d${String(index).padStart(4, '0')}`);

/** A list of which only some pass, and of which one read looks at no more than `lookedAtMax`. */
function sieve(all: readonly Entry[], passes: (entry: Entry) => boolean, lookedAtMax: number) {
  const reads: number[] = [];
  const read = (afterId: string | null, limit: number): Slice<Entry> => {
    const rest = all.filter(({ id }) => afterId === null || id > afterId);
    const entries: Entry[] = [];
    let lookedAt = 0;
    for (; lookedAt < Math.min(rest.length, lookedAtMax) && entries.length < limit; lookedAt += 1) {
      const entry = rest[lookedAt] as Entry;
      if (passes(entry)) entries.push(entry);
    }
    reads.push(lookedAt);
    return { entries, lastId: lookedAt === rest.length ? null : (rest[lookedAt - 1]?.id ?? null) };
  };
  return { read, reads };
}

describe('pages', () => {
  test('of any filter hold every entry that passes once, in order', async () => {
    const size = fc.oneof(fc.constant(100), fc.constant(limits.messageBytesMax / 3));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ passes: fc.boolean(), bytes: size }), { maxLength: 120 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 40 }),
        async (rows, pageSize, lookedAtMax) => {
          const all = ids(rows.length).map((id, index) => ({ id, bytes: rows[index]?.bytes ?? 0 }));
          const passing = new Set(all.filter((_, index) => rows[index]?.passes).map(({ id }) => id));
          const { read } = sieve(all, ({ id }) => passing.has(id), lookedAtMax);
          const seen: string[] = [];
          let startId: string | null = null;
          do {
            const page: Page<Entry> = await fillPage({
              pageSize,
              startId,
              read,
              bytesOf: ({ bytes }) => bytes,
            });
            expect(page.items.length).toBeLessThanOrEqual(pageSize);
            seen.push(...page.items.map(({ id }) => id));
            startId = page.lastId;
          } while (startId !== null);
          expect(seen).toEqual([...passing]);
        },
      ),
    );
  });

  test('that few entries pass end after a bounded number of reads', async () => {
    const all = ids(1_000).map((id) => ({ id, bytes: 1 }));
    const { read, reads } = sieve(all, ({ id }) => id === 'd0999', 10);
    const page = await fillPage({ pageSize: 100, startId: null, read, bytesOf: () => 1 });
    expect(page).toEqual({ items: [], lastId: 'd0079' });
    expect(reads).toHaveLength(8);
  });

  test('of a plain list end where it does', () => {
    const entries = ids(3).map((id) => ({ id }));
    expect(sliceOf(entries, 3)).toEqual({ entries, lastId: 'd0002' });
    expect(sliceOf(entries, 4)).toEqual({ entries, lastId: null });
    expect(sliceOf([], 1)).toEqual({ entries: [], lastId: null });
  });
});
