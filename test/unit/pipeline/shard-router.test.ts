import fc from 'fast-check';
import { expect, test } from 'vitest';
import { askByShard, shardOf, splitByShard } from '../../../src/pipeline/shard-router.ts';

const keys = fc.array(fc.record({ collection: fc.string(), id: fc.string() }), { maxLength: 60 });
const shards = fc.integer({ min: 1, max: 8 });

test('a document’s shard depends on nothing but its key and the shard count, and never changes', () => {
  expect(shardOf({ collection: 'cases', id: 'CASE-1' }, 8)).toBe(
    shardOf({ collection: 'cases', id: 'CASE-1' }, 8),
  );
  // The data of every folder ever written depends on these: a change of the hash must not go unnoticed.
  const pinned = ['CASE-1', 'CASE-2', 'CASE-3', 'é', ''].map((id) => shardOf({ collection: 'cases', id }, 8));
  expect(pinned).toMatchInlineSnapshot(`
    [
      2,
      1,
      0,
      3,
      2,
    ]
  `);
});

test('each item is in exactly one part, and in its own shard’s', () => {
  fc.assert(
    fc.property(keys, shards, (items, shardCount) => {
      const parts = splitByShard(items, shardCount);
      const positions = parts.flatMap((part) => part.positions).sort((a, b) => a - b);
      expect(positions).toEqual(items.map((_, i) => i));
      for (const part of parts) {
        for (const item of part.items) expect(shardOf(item, shardCount)).toBe(part.shard);
      }
    }),
  );
});

test('replies come back in the order of the items', async () => {
  await fc.assert(
    fc.asyncProperty(keys, shards, async (items, shardCount) => {
      const replies = await askByShard(items, shardCount, async (part) => part.items.map((item) => item.id));
      expect(replies).toEqual(items.map((item) => item.id));
    }),
  );
});

test('ids spread over the shards within 20 % of even', () => {
  const counts = new Array<number>(8).fill(0);
  for (let i = 0; i < 8_000; i++) {
    const shard = shardOf({ collection: 'cases', id: `CASE-${i}` }, 8);
    counts[shard] = (counts[shard] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(200);
});
