import { expect, test } from 'vitest';
import { KmsError } from '../../../src/base/errors.ts';
import type { StoredDocument } from '../../../src/model/document.ts';
import { plainSearch, type SearchQuery } from '../../../src/model/query.ts';
import { generationOf } from '../../../src/model/vector-space.ts';
import { CollectionRegistry } from '../../../src/pipeline/collection-registry.ts';
import { QueryFlow } from '../../../src/pipeline/query-flow.ts';
import { shardOf } from '../../../src/pipeline/shard-router.ts';
import { SpaceRuntimes } from '../../../src/pipeline/space-runtimes.ts';
import type { EmbedTasks } from '../../../src/stages/embed/embed-messages.ts';
import type { IndexTasks, ShardHit, ShownDocument } from '../../../src/stages/index/index-messages.ts';
import { modelActor, modelDimensions, modelStages, modelVector } from '../../support/model-actors.ts';
import { hitsOrPages } from '../../support/model-pages.ts';
import {
  collectionRecord,
  letterSpace,
  modelSpace,
  noMetrics,
  recordStore,
} from '../../support/model-space.ts';
import { storedDocument } from '../../support/stored-document.ts';

const space = letterSpace('letters');
const call = { signal: new AbortController().signal, deadlineMs: null };
const newestSequence = 100;

function query(more: Partial<SearchQuery> = {}): SearchQuery {
  return {
    ...plainSearch,
    target: { type: 'vector', vector: modelVector('x') },
    collections: [],
    limit: 10,
    ...more,
  };
}

function stored(id: string, vectors: Float32Array | null = null, chunkCount = 1): StoredDocument {
  return storedDocument({ id, title: id, chunkCount, vectors });
}

const hit = (id: string, cosine: number): ShardHit => ({
  collection: 'cases',
  id,
  cosine,
  lexicalScore: null,
  coverage: 0,
  isSemantic: true,
  isLexical: false,
  pinnedBy: null,
  chunk: 0,
});

const noFilter = { filterPlan: 'none', passing: null, facets: [] } as const;
const observer = { observe: (asked: SearchQuery) => `search for ${asked.limit}` };

/** Shards that give `hits` by shard number for every query vector, and have every document but `gone`. */
function flowOver(shardHits: ShardHit[][], options: { vectors?: Float32Array; gone?: string } = {}) {
  const timed: string[] = [];
  const embed = modelActor<EmbedTasks>('embed', {
    embedQueries: ({ texts }) => {
      const vectors = new Float32Array(texts.length * modelDimensions);
      for (const [i, text] of texts.entries()) vectors.set(modelVector(text), i * modelDimensions);
      return { vectors, cacheHits: 0, tokens: 0, failures: [] };
    },
  });
  const shownAs = (id: string): ShownDocument | null => {
    if (id === options.gone) return null;
    const chunkCount = (options.vectors?.length ?? 4) / modelDimensions;
    const document = stored(id, options.vectors ?? null, chunkCount);
    return { document, snippet: `snippet of ${id}`, highlights: [], matchedTerms: [] };
  };
  const shards = shardHits.map((hits, shard) =>
    modelActor<IndexTasks>(`index-${shard}`, {
      search: (asked) => ({
        ...hitsOrPages(
          Array.from({ length: asked.queryCount }, () => hits.slice(0, asked.limit)),
          asked,
          ({ id }) => shownAs(id),
        ),
        ...noFilter,
      }),
      fetch: ({ keys }) => ({ documents: keys.map(({ id }) => shownAs(id)) }),
      list: ({ afterId, limit }) => {
        const documents = hits
          .map((row) => stored(row.id))
          .filter((document) => afterId === null || document.id > afterId)
          .slice(0, limit);
        return { documents, lastId: documents.length < limit ? null : (documents.at(-1)?.id ?? null) };
      },
    }),
  );
  const store = recordStore([collectionRecord('cases', generationOf(space))]);
  const spaces = new SpaceRuntimes();
  const metrics = { ...noMetrics, searchStage: (stage: string) => timed.push(stage) };
  spaces.add(modelSpace(space, modelStages(), { embed, shards, metrics }));
  const flow = new QueryFlow({
    spaces,
    collections: new CollectionRegistry({ store, space, epochMs: () => 0 }),
    newestSequence: () => newestSequence,
    observer,
  });
  return { flow, embed, shards, timed };
}

/** Names that live in the shard they are listed for, so that `fetch` is asked of the right one. */
function idsOf(shard: number, count: number, shardCount: number): string[] {
  const ids: string[] = [];
  for (let i = 0; ids.length < count; i++) {
    if (shardOf({ collection: 'cases', id: `d${i}` }, shardCount) === shard) ids.push(`d${i}`);
  }
  return ids;
}

test('the hits of all shards come as one list, best first, with documents and snippets', async () => {
  const [a = '', b = ''] = idsOf(0, 2, 2);
  const [c = ''] = idsOf(1, 1, 2);
  const { flow } = flowOver([[hit(a, 0.9), hit(b, 0.2)], [hit(c, 0.5)]]);
  const [answer] = await flow.searchBatch([query({ limit: 2 })], call);
  expect(answer?.hits.map(({ document, cosine, snippet }) => [document.id, cosine, snippet])).toEqual([
    [a, 0.9, `snippet of ${a}`],
    [c, 0.5, `snippet of ${c}`],
  ]);
});

test('a hit whose document was deleted between search and fetch is left out', async () => {
  const [a = '', b = ''] = idsOf(0, 2, 2);
  const { flow } = flowOver([[hit(a, 0.9), hit(b, 0.2)], []], { gone: a });
  const [answer] = await flow.searchBatch([query()], call);
  expect(answer?.hits.map((found) => found.document.id)).toEqual([b]);
});

test('the texts of a batch are embedded with one ask, and queries of one shape searched with one', async () => {
  const { flow, embed, shards } = flowOver([[hit('a', 0.5)]]);
  const text = (words: string, limit: number) => query({ target: { type: 'text', text: words }, limit });
  const answers = await flow.searchBatch([text('one', 5), text('two', 5), text('three', 7)], call);
  expect(answers).toHaveLength(3);
  expect(embed.calls.map(({ request }) => request)).toEqual([{ texts: ['one', 'two', 'three'] }]);
  const counts = shards[0]?.calls.map(({ request }) => (request as { queryCount: number }).queryCount);
  expect(counts?.sort()).toEqual([1, 2]);
});

test('each answer bears the name that its search is remembered by', async () => {
  const { flow } = flowOver([[hit('a', 0.5)]]);
  const answers = await flow.searchBatch([query({ limit: 3 }), query({ limit: 5 })], call);
  expect(answers.map(({ searchId }) => searchId)).toEqual(['search for 3', 'search for 5']);
});

test('only a search by text has a time for embedding', async () => {
  const { flow, timed } = flowOver([[hit('a', 0.5)]]);
  const [byVector] = await flow.searchBatch([query()], call);
  expect(byVector?.timings.embedMs).toBe(0);
  expect(timed).not.toContain('embed');
  await flow.searchBatch([query({ target: { type: 'text', text: 'one' } })], call);
  expect(timed).toContain('embed');
});

test('every ask of a search is urgent', async () => {
  const { flow, embed, shards } = flowOver([[hit('a', 0.5)]]);
  await flow.searchBatch([query({ target: { type: 'text', text: 'one' } })], call);
  const asks = [...embed.calls, ...(shards[0]?.calls ?? [])];
  expect(asks.map(({ options }) => options?.lane)).toEqual(['urgent', 'urgent']);
});

test('a document is not similar to itself, and a long one is looked for by chunks over its whole length', async () => {
  const chunks = 20;
  const vectors = new Float32Array(chunks * modelDimensions).map((_, i) => Math.floor(i / modelDimensions));
  const { flow, shards } = flowOver([[hit('a', 0.5)]], { vectors });
  const key = { collection: 'cases', id: 'long' };
  await flow.searchBatch([query({ target: { type: 'document', key } })], call);
  const search = shards[0]?.calls.find(({ task }) => task === 'search')?.request as {
    vectors: Float32Array;
    queryCount: number;
    exclude: unknown[];
  };
  expect(search.exclude).toEqual([key]);
  expect(search.queryCount).toBe(8);
  const rows = Array.from({ length: 8 }, (_, i) => search.vectors[i * modelDimensions]);
  expect(rows).toEqual([0, 2, 5, 7, 10, 12, 15, 17]);
});

test('what does not exist is named', async () => {
  const { flow } = flowOver([[]], { gone: 'nobody' });
  const unknown = flow.searchBatch([query({ collections: ['nowhere'] })], call);
  await expect(unknown).rejects.toMatchObject({ code: 'not_found', facts: { collection: 'nowhere' } });
  const key = { collection: 'cases', id: 'nobody' };
  const similar = flow.searchBatch([query({ target: { type: 'document', key } })], call);
  await expect(similar).rejects.toMatchObject({ code: 'not_found', facts: { resource: 'document' } });
});

test('a commit sequence from elsewhere is refused instead of waited for', async () => {
  const { flow } = flowOver([[]]);
  await flow.searchBatch([query({ commitSequenceMin: newestSequence })], call);
  const late = flow.searchBatch([query({ commitSequenceMin: newestSequence + 1 })], call);
  await expect(late).rejects.toMatchObject({ code: 'failed_precondition' });
});

test('a text of nothing but space is refused by field', async () => {
  const { flow } = flowOver([[]]);
  const blank = flow.searchBatch([query({ target: { type: 'text', text: ' \u200b\n' } })], call);
  await expect(blank).rejects.toMatchObject({ code: 'invalid_argument', violations: [{ field: 'text' }] });
});

test('a read whose thread dies is asked once more, a second death is told', async () => {
  const { flow, shards } = flowOver([[hit('a', 0.5)]]);
  const shard = shards[0]?.ref as { ask: (...args: never[]) => Promise<unknown> };
  const real = shard.ask;
  let deaths = 0;
  const dyingOnce = (times: number) =>
    ((...args: never[]) => {
      if (deaths++ < times) return Promise.reject(new KmsError('actor_down', 'the thread exited'));
      return real(...args);
    }) as typeof real;
  shard.ask = dyingOnce(1);
  expect((await flow.searchBatch([query()], call))[0]?.hits).toHaveLength(1);
  deaths = 0;
  shard.ask = dyingOnce(2);
  await expect(flow.searchBatch([query()], call)).rejects.toMatchObject({ code: 'actor_down' });
});

test('a list over several shards is one list in order of id', async () => {
  const all = [...idsOf(0, 3, 2), ...idsOf(1, 3, 2)].sort();
  const shardHits = [0, 1].map((shard) =>
    all.filter((id) => shardOf({ collection: 'cases', id }, 2) === shard).map((id) => hit(id, 0)),
  );
  const { flow } = flowOver(shardHits);
  const page = { collection: 'cases', limit: 4, omitBody: false, filter: null };
  const first = await flow.list({ ...page, afterId: null }, call);
  expect(first.documents.map(({ id }) => id)).toEqual(all.slice(0, 4));
  const rest = await flow.list({ ...page, afterId: first.lastId }, call);
  expect(rest.documents.map(({ id }) => id)).toEqual(all.slice(4));
});

test('collections of several generations are refused together and answered apart', async () => {
  const { flow, other } = flowOverTwoGenerations();
  const together = flow.searchBatch([query()], call);
  await expect(together).rejects.toMatchObject({ code: 'failed_precondition' });
  await expect(together).rejects.toThrow(/old@4.*new@4|new@4.*old@4/);
  const [first] = await flow.searchBatch([query({ collections: ['cases'] })], call);
  expect(other.calls).toEqual([]);
  await flow.searchBatch([query({ collections: ['articles'] })], call);
  expect(other.calls.map(({ task }) => task)).toEqual(['search']);
  expect(first?.hits).toEqual([]);
});

test('an example of another generation than the collections is refused', async () => {
  const { flow } = flowOverTwoGenerations();
  const example = { type: 'document', key: { collection: 'articles', id: 'a' } } as const;
  const target = { type: 'examples', positive: [], negative: [example] } as const;
  const asked = flow.searchBatch([query({ collections: ['cases'], target })], call);
  await expect(asked).rejects.toMatchObject({ code: 'failed_precondition' });
});

test('one batch may ask collections of several generations, a query each', async () => {
  const { flow, other } = flowOverTwoGenerations();
  const both = [query({ collections: ['cases'] }), query({ collections: ['articles'] })];
  expect(await flow.searchBatch(both, call)).toHaveLength(2);
  expect(other.calls).toHaveLength(1);
});

/** `cases` is served by one generation, `articles` by `other`. */
function flowOverTwoGenerations() {
  const empty = () => modelActor<IndexTasks>('index-0', { search: () => ({ hits: [[]], ...noFilter }) });
  const [shard, other] = [empty(), empty()];
  const [before, after] = [letterSpace('old'), letterSpace('new')];
  const spaces = new SpaceRuntimes();
  spaces.add(modelSpace(before, modelStages(), { shards: [shard] }));
  spaces.add(modelSpace(after, modelStages(), { shards: [other] }));
  const records = [
    collectionRecord('cases', generationOf(before)),
    collectionRecord('articles', generationOf(after)),
  ];
  const collections = new CollectionRegistry({
    store: recordStore(records),
    space: before,
    epochMs: () => 0,
  });
  return { flow: new QueryFlow({ spaces, collections, newestSequence: () => 0, observer }), other };
}
