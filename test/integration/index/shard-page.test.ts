// What a shard that is alone answers with a page: what the flow of a search would make of its lists, and nothing less.

import { expect, test } from 'vitest';
import { fuseHits } from '../../../src/ranking/fused-hits.ts';
import { listHits } from '../../../src/ranking/listed-hits.ts';
import { readPages } from '../../../src/stages/index/flat-pages.ts';
import type { ShardQuery } from '../../../src/stages/index/index-messages.ts';
import type { PageQuery, ShardPage } from '../../../src/stages/index/page-messages.ts';
import { testTaskContext } from '../../support/actor-context.ts';
import { randomFrom, unitVector, wholeBetween } from '../../support/random.ts';
import { type DocumentSpec, ShardDriver } from '../../support/shard-driver.ts';

const words = ['disk', 'router', 'fails', 'restart', 'printer', 'password', 'ERR_42', 'slow'];
const pageQuery: PageQuery = {
  offset: 0,
  limit: 10,
  evidence: { terms: 2, identifiers: 0, information: 4, lexicalScoreMax: 8 },
  fusion: { type: 'adaptive' },
  terms: [],
};

function documents(random: () => number, count: number): DocumentSpec[] {
  return Array.from({ length: count }, (_, i) => {
    const vectors = Array.from({ length: wholeBetween(random, 1, 3) }, () => unitVector(random, 8));
    const text = Array.from({ length: 12 }, () => words[wholeBetween(random, 0, 7)]).join(' ');
    return { id: `doc-${i}`, vectors, contentHash: `${i}`, text, body: text };
  });
}

/** As src/pipeline/search does with the lists of several shards. */
async function pageOfLists(
  driver: ShardDriver,
  asked: Partial<ShardQuery>,
  page: PageQuery,
): Promise<ShardPage> {
  const { hits: rows } = await driver.ask({ ...asked, page: null });
  const listed = listHits(rows[0] ?? [], asked.limit ?? 10);
  const { hits, semanticWeight } = fuseHits(listed, page);
  const shown = hits.slice(page.offset, page.offset + page.limit);
  const keys = shown.map(({ hit: { collection, id, chunk } }) => ({ collection, id, chunk }));
  const options = { withVectors: asked.withVectors ?? false, omitBody: asked.omitBody ?? false };
  const { documents: fetched } = await driver.actor.tasks.fetch(
    { keys, terms: page.terms, ...options },
    testTaskContext({ lane: 'urgent' }),
  );
  const count = (rank: 'semanticRank' | 'lexicalRank') =>
    listed.filter(({ candidate }) => candidate[rank] !== null).length;
  return {
    hits: shown.flatMap(({ hit, candidate, ...ranked }, i) => {
      const document = fetched[i] ?? null;
      return document === null ? [] : [{ ...document, ...candidate, ...ranked, chunk: hit.chunk }];
    }),
    semanticWeight,
    semanticCandidates: count('semanticRank'),
    lexicalCandidates: count('lexicalRank'),
  };
}

async function pageOfShard(driver: ShardDriver, asked: Partial<ShardQuery>, page: PageQuery) {
  const answer = await driver.ask({ ...asked, page });
  expect(answer.hits).toEqual([]);
  if (!answer.pages) throw new Error('no pages');
  return readPages(answer.pages)[0];
}

test('a page is what the lists of the shard come to', async () => {
  const seed = wholeBetween(Math.random, 0, 2 ** 31);
  const random = randomFrom(seed);
  const driver = await ShardDriver.start();
  await driver.commit(documents(random, 150));
  await driver.work();
  let shown = 0;
  for (let round = 0; round < 20; round++) {
    const lexical = await driver.lexicalQuery(`${words[round % 8]} ${words[(round * 3 + 1) % 8]}`);
    const terms = lexical?.terms.map(({ term }) => term) ?? [];
    const pins = round % 4 === 0 ? { ids: ['doc-7', 'doc-90'], identifiers: [] } : null;
    const vectors = round % 3 === 0 ? new Float32Array(0) : unitVector(random, 8);
    const rows = round % 5 === 1 ? [] : [{ lexical, pins }];
    const flags = { withVectors: round % 2 === 0, omitBody: round % 7 === 0 };
    const asked = { vectors, rows, limit: 40, ...flags };
    const offset = wholeBetween(random, 0, 20);
    const page = { ...pageQuery, offset, limit: wholeBetween(random, 1, 15), terms };
    const expected = await pageOfLists(driver, asked, page);
    expect(await pageOfShard(driver, asked, page), `seed ${seed}, round ${round}`).toEqual(expected);
    shown += expected.hits.length;
  }
  // An offset may lie behind the last hit, but not always.
  expect(shown, `seed ${seed}`).toBeGreaterThan(50);
});

test('each query of a task has its page', async () => {
  const random = randomFrom(7);
  const driver = await ShardDriver.start();
  const specs = documents(random, 30);
  await driver.commit(specs);
  const first = specs[3]?.vectors[0] as Float32Array;
  const second = specs[9]?.vectors[0] as Float32Array;
  const vectors = Float32Array.from([...first, ...second]);
  const { pages } = await driver.ask({ vectors, queryCount: 2, page: { ...pageQuery, limit: 2 } });
  if (!pages) throw new Error('no pages');
  expect(readPages(pages).map(({ hits }) => hits[0]?.document.id)).toEqual(['doc-3', 'doc-9']);
});

test('a page of documents that are too many for one message is refused', async () => {
  const driver = await ShardDriver.start();
  const body = 'x'.repeat(9 * 1024 * 1024);
  const random = randomFrom(3);
  const specs = documents(random, 3).map((spec) => ({ ...spec, body, text: 'short' }));
  await driver.commit(specs);
  const vectors = unitVector(random, 8);
  await expect(driver.ask({ vectors, page: pageQuery })).rejects.toThrow('ask for fewer hits');
});

test('a page over several collections passes the filter, leaves out and counts as the lists do', async () => {
  const seed = wholeBetween(Math.random, 0, 2 ** 31);
  const random = randomFrom(seed);
  const driver = await ShardDriver.start();
  // The same ids and vectors in each collection: equals are told apart by their collections alone.
  const specs = documents(random, 80).map((spec, i) => ({ ...spec, attributes: { third: i % 3 } }));
  for (const collection of ['c', 'a', 'b'])
    await driver.commit(specs.map((spec) => ({ ...spec, collection })));
  await driver.work();
  await driver.commit(specs.slice(0, 30).map((spec) => ({ ...spec, collection: 'a', contentHash: 'new' })));
  await driver.delete(['doc-3', 'doc-40'], 'b');
  const filter = { type: 'in', field: 'third', values: [0, 2] } as const;
  let shown = 0;
  for (let round = 0; round < 40; round++) {
    const collections = [[], ['a', 'b'], ['c'], ['nowhere']][round % 4] ?? [];
    const lexical = await driver.lexicalQuery(
      `${words[round % 8]} ${words[(round * 3 + 1) % 8]}`,
      collections,
    );
    const pins = round % 3 === 0 ? { ids: ['doc-7', 'doc-30'], identifiers: [] } : null;
    const phrases = round % 10 === 9 ? [{ text: 'disk router', terms: ['disk', 'router'] }] : [];
    const constraint = {
      filter: round % 2 === 0 ? filter : null,
      phrases,
      excludedTerms: [],
      excludedPhrases: [],
    };
    const asked: Partial<ShardQuery> = {
      vectors: round % 5 === 4 ? new Float32Array(0) : unitVector(random, 8),
      rows: round % 7 === 3 ? [] : [{ lexical: round % 7 === 5 ? null : lexical, pins }],
      limit: 60,
      collections,
      exclude: [{ collection: 'a', id: `doc-${round}` }],
      isExact: round % 6 === 0,
      constraint: round % 3 === 2 ? null : constraint,
      facets: [{ field: 'third', limit: 5 }],
    };
    const offset = wholeBetween(random, 0, 70);
    const page = { ...pageQuery, offset, limit: wholeBetween(random, 0, 20), terms: ['disk'] };
    const expected = await pageOfLists(driver, asked, page);
    expect(await pageOfShard(driver, asked, page), `seed ${seed}, round ${round}`).toEqual(expected);
    const { hits: _, ...whole } = await driver.ask({ ...asked, page: null });
    expect(await driver.ask({ ...asked, page })).toMatchObject({ ...whole, pages: {} });
    shown += expected.hits.length;
  }
  expect(shown, `seed ${seed}`).toBeGreaterThan(50);
});
