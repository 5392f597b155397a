// One page out of the pages of several shards.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StoredDocument } from '../../../src/model/document.ts';
import type { DocumentPage } from '../../../src/pipeline/engine-api.ts';
import { mergePages } from '../../../src/pipeline/merge-pages.ts';

const compareBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const documentOf = (id: string) => ({ id }) as StoredDocument;

/** A shard's page: what passes among the first rows behind `afterId`. */
function shardPage(
  rows: readonly { readonly id: string; readonly passes: boolean }[],
  page: { readonly afterId: string | null; readonly limit: number; readonly lookedAtMax: number },
): DocumentPage {
  const { afterId, limit, lookedAtMax } = page;
  const rest = rows.filter(({ id }) => afterId === null || compareBytes(id, afterId) > 0);
  const documents: StoredDocument[] = [];
  let lookedAt = 0;
  for (; lookedAt < Math.min(rest.length, lookedAtMax) && documents.length < limit; lookedAt += 1) {
    const row = rest[lookedAt];
    if (row?.passes) documents.push(documentOf(row.id));
  }
  return { documents, lastId: lookedAt === rest.length ? null : (rest[lookedAt - 1]?.id ?? null) };
}

test('a walk over shards gives every document that passes once, in order of the bytes of its id', () => {
  const id = fc.string({ unit: 'binary', minLength: 1, maxLength: 4 });
  const row = fc.record({ id, passes: fc.boolean(), shard: fc.nat(2) });
  fc.assert(
    fc.property(
      fc.uniqueArray(row, { selector: (one) => one.id, maxLength: 60 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 12 }),
      (rows, limit, lookedAtMax) => {
        const sorted = rows.sort((a, b) => compareBytes(a.id, b.id));
        const shards = [0, 1, 2].map((shard) => sorted.filter((one) => one.shard === shard));
        const seen: string[] = [];
        let afterId: string | null = null;
        do {
          const pages = shards.map((shard) => shardPage(shard, { afterId, limit, lookedAtMax }));
          const page = mergePages(pages, limit);
          expect(page.documents.length).toBeLessThanOrEqual(limit);
          seen.push(...page.documents.map((document) => document.id));
          afterId = page.lastId;
        } while (afterId !== null);
        expect(seen).toEqual(sorted.filter((one) => one.passes).map((one) => one.id));
      },
    ),
  );
});

test('without a filter a page that is not the last one is full', () => {
  const rows = Array.from({ length: 40 }, (_, index) => ({
    id: String(index).padStart(2, '0'),
    passes: true,
  }));
  const shards = [0, 1, 2].map((shard) => rows.filter((_, index) => (index * index) % 3 === shard % 2));
  const pages = shards.map((shard) => shardPage(shard, { afterId: null, limit: 10, lookedAtMax: 10 }));
  expect(mergePages(pages, 10).documents).toHaveLength(10);
});
