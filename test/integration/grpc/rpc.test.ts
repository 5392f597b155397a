// Every method against a real server on a real socket.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { limits } from '../../../src/model/limits.ts';
import {
  exchange,
  failureOf,
  floats,
  type GrpcHarness,
  startGrpcHarness,
} from '../../support/grpc-harness.ts';

let harness: GrpcHarness;
beforeEach(async () => {
  harness = await startGrpcHarness();
});
afterEach(() => harness.stop());

const everyKind = {
  product: { stringValue: 'router' },
  priority: { numberValue: -2.5 },
  open: { boolValue: false },
  opened: { timeValue: { seconds: '1700000000', nanos: 250_000_000 } },
  tags: { stringListValue: { values: ['a', 'b'] } },
};

describe('documents', () => {
  test('a document comes back as it was sent, with what the engine knows about it', async () => {
    const { client } = harness;
    const written = await client.upsertDocument({
      document: {
        id: 'c-1',
        title: 'No route',
        body: '<p>E1234 ☃</p>',
        mediaType: 'text/html',
        attributes: everyKind,
        updateTime: { seconds: -5, nanos: 999_000_000 },
      },
    });
    expect(written).toEqual({ outcome: 'OUTCOME_INDEXED', commitSequence: '1' });
    const { document } = await client.getDocument({ id: 'c-1' });
    expect(document).toMatchObject({
      id: 'c-1',
      collection: 'cases',
      title: 'No route',
      body: '<p>E1234 ☃</p>',
      mediaType: 'text/html',
      attributes: everyKind,
      updateTime: { seconds: '-5', nanos: 999_000_000 },
      commitSequence: '1',
      commitTime: { seconds: '1700000000', nanos: 123_000_000 },
      generation: 'letters@4:unit:c1',
      chunkCount: 1,
    });
    expect(document?.embedding).toHaveLength(0);
  });

  test('an own embedding is scaled to unit length and returned only when asked for', async () => {
    const { client } = harness;
    await client.upsertDocument({ document: { id: 'v', title: 't', embedding: floats(3, 0, 4, 0) } });
    const { document } = await client.getDocument({ id: 'v', includeVectors: true });
    expect(document?.embedding).toEqual(floats(3 / 5, 0, 4 / 5, 0));
  });

  test('an upsert of the same content is unchanged and keeps its commit', async () => {
    const { client } = harness;
    await client.upsertDocument({ document: { id: 'a', title: 't' } });
    const again = await client.upsertDocument({ document: { id: 'a', title: 't' } });
    expect(again).toEqual({ outcome: 'OUTCOME_UNCHANGED', commitSequence: '1' });
  });

  test('a batch reports each document in its place, the bad ones rejected', async () => {
    const { results } = await harness.client.batchUpsertDocuments({
      documents: [
        { id: 'a', title: 't' },
        { id: '', title: 't' },
        { id: 'c', title: 't', collection: 'kb' },
      ],
    });
    expect(results.map(({ id, collection, outcome }) => [id, collection, outcome])).toEqual([
      ['a', 'cases', 'OUTCOME_INDEXED'],
      ['', 'cases', 'OUTCOME_REJECTED'],
      ['c', 'kb', 'OUTCOME_INDEXED'],
    ]);
    expect(results[1]?.error?.fieldViolations.map(({ field }) => field)).toEqual(['documents[1].id']);
  });

  test('a deleted document is gone, and deleting it again is not found unless missing is allowed', async () => {
    const { client } = harness;
    await client.upsertDocument({ document: { id: 'a', title: 't' } });
    expect(await client.deleteDocument({ id: 'a' })).toEqual({ commitSequence: '2' });
    const gone = await failureOf(client.getDocument({ id: 'a' }));
    expect(gone).toMatchObject({
      code: 5,
      reason: 'NOT_FOUND',
      domain: 'kms',
      metadata: { collection: 'cases', id: 'a' },
    });
    expect(await failureOf(client.deleteDocument({ id: 'a' }))).toMatchObject({ code: 5 });
    expect(await client.deleteDocument({ id: 'a', allowMissing: true })).toEqual({ commitSequence: '0' });
  });

  test('pages give every document once, in order, whatever the page size', async () => {
    const { client } = harness;
    const ids = Array.from({ length: 53 }, (_, index) => `d-${String(index).padStart(3, '0')}`);
    await client.batchUpsertDocuments({ documents: ids.map((id) => ({ id, title: id, body: 'text' })) });
    for (const pageSize of [1, 7, 16, 17, 53, 1000]) {
      const seen: string[] = [];
      let pageToken = '';
      do {
        const page = await client.listDocuments({ pageSize, pageToken, omitBody: true });
        expect(page.documents.length).toBeLessThanOrEqual(pageSize);
        expect(page.documents.every(({ body }) => body === '')).toBe(true);
        seen.push(...page.documents.map(({ id }) => id));
        pageToken = page.nextPageToken;
      } while (pageToken !== '');
      expect(seen).toEqual(ids);
    }
  });

  test('pages of a filter give every document that passes once, though few pass', async () => {
    const { client, engine } = harness;
    const documents = Array.from({ length: 40 }, (_, index) => ({
      id: `d-${String(index).padStart(3, '0')}`,
      title: 't',
      attributes: { part: { numberValue: index % 13 } },
    }));
    await client.batchUpsertDocuments({ documents });
    const filter = { oneOf: { field: 'part', values: [{ numberValue: 7 }] } };
    for (const listedMax of [1, 3, 100]) {
      engine.listedMax = listedMax;
      const seen: string[] = [];
      let pageToken = '';
      do {
        const page = await client.listDocuments({ pageSize: 2, pageToken, filter });
        seen.push(...page.documents.map(({ id }) => id));
        pageToken = page.nextPageToken;
      } while (pageToken !== '');
      expect(seen).toEqual(['d-007', 'd-020', 'd-033']);
    }
  });

  test('a page of large documents stays within one message', async () => {
    const { client } = harness;
    const body = 'x'.repeat(3 * 1024 * 1024);
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) await client.upsertDocument({ document: { id, body } });
    const page = await client.listDocuments({});
    expect(page.documents.map(({ id }) => id)).toEqual(['a', 'b']);
    const next = await client.listDocuments({ pageToken: page.nextPageToken });
    expect(next.documents.map(({ id }) => id)).toEqual(['c', 'd']);
  });
});

describe('search', () => {
  beforeEach(async () => {
    await harness.client.batchUpsertDocuments({
      documents: [
        { id: 'x', title: 'x', body: 'x body', embedding: floats(1, 0, 0, 0) },
        { id: 'y', title: 'y', body: 'y body', embedding: floats(0, 1, 0, 0), collection: 'kb' },
      ],
    });
  });

  test('a hit carries document, scores, snippet and generation, and no vector unless asked for', async () => {
    const { client } = harness;
    const { hits, timings } = await client.search({ vector: floats(2, 0, 0, 0), limit: 1 });
    expect(hits).toHaveLength(1);
    expect(hits[0]).toMatchObject({
      document: { id: 'x', body: 'x body' },
      cosine: 1,
      lexicalScore: 0,
      fusedScore: 1,
      snippet: 'x body',
      generation: 'letters@4:unit:c1',
    });
    expect(hits[0]?.document?.embedding).toHaveLength(0);
    expect(timings).toEqual({
      embedMs: 1,
      searchMs: 2,
      rankMs: 0.25,
      rerankMs: 0,
      fetchMs: 0.5,
      totalMs: 3,
    });
    const more = await client.search({ vector: floats(2, 0, 0, 0), includeVectors: true, omitBody: true });
    expect(more.hits[0]?.document).toMatchObject({ body: '', embedding: floats(1, 0, 0, 0) });
  });

  test('collections, defaults and bounds reach the engine as they were asked for', async () => {
    const { client } = harness;
    const { hits } = await client.search({
      text: 'hello',
      collections: ['kb'],
      mode: 'SEARCH_MODE_SEMANTIC',
    });
    expect(hits.map((hit) => hit.document?.id)).toEqual(['y']);
    const missing = await failureOf(client.search({ text: 'hello', collections: ['nowhere'] }));
    expect(missing).toMatchObject({ code: 5, reason: 'NOT_FOUND', metadata: { collection: 'nowhere' } });
  });

  test('an answer says what was found by which words, how often, and why', async () => {
    const { client } = harness;
    const answer = await client.search({
      text: 'body of x',
      filter: { exists: '$media_type' },
      facets: [{ field: '$media_type' }],
      explain: true,
    });
    expect(answer).toMatchObject({
      searchId: 'search-1',
      filterPlan: 'FILTER_PLAN_SCAN',
      rerank: 'RERANK_OUTCOME_NONE',
      facets: [
        {
          field: '$media_type',
          values: [{ value: { stringValue: 'text/plain' }, documents: '2' }],
          valueCount: '1',
        },
      ],
      explanation: {
        understanding: { text: 'body of x', filter: { exists: '$media_type' } },
        semanticWeight: 0.7,
        filteredDocuments: '2',
      },
    });
    expect(answer.hits[0]).toMatchObject({
      document: { id: 'x' },
      confidence: 0.5,
      pinned: true,
      matchedTerms: ['body', 'x'],
      highlights: [
        { start: 2, end: 6 },
        { start: 0, end: 1 },
      ],
      explanation: { semanticRank: 1, lexicalRank: 0, fusedRank: 1, coverage: 0.5, prior: 1 },
    });
    const plain = await client.search({ text: 'body' });
    expect(plain).toMatchObject({ filterPlan: 'FILTER_PLAN_NONE', facets: [], explanation: null });
    expect(plain.hits[0]?.explanation).toBeNull();
  });

  test('pages of a search follow one another', async () => {
    const { client } = harness;
    const all = await client.search({ text: 'y' });
    const second = await client.search({ text: 'y', offset: 1, limit: 1 });
    expect(second.hits.map((hit) => hit.document?.id)).toEqual([all.hits[1]?.document?.id]);
    expect(second.hits).toHaveLength(1);
  });

  test('similar documents are found by collection and id, and by examples', async () => {
    const { client } = harness;
    const { hits } = await client.findSimilar({ collection: 'kb', id: 'y', limit: 1 });
    expect(hits[0]?.document?.id).toBe('y');
    expect(await failureOf(client.findSimilar({ id: 'nobody' }))).toMatchObject({ code: 5 });
    const answer = await client.findSimilar({
      positive: [{ collection: 'kb', id: 'y' }],
      negative: [{ id: 'x' }],
      facets: [{ field: '$media_type' }],
    });
    expect(answer).toMatchObject({ searchId: 'search-1', facets: [{ valueCount: '1' }] });
    expect(harness.engine.queries.at(-1)?.target).toEqual({
      type: 'examples',
      positive: [{ type: 'document', key: { collection: 'kb', id: 'y' } }],
      negative: [{ type: 'document', key: { collection: 'cases', id: 'x' } }],
    });
  });

  test('a batch answers in the order of its searches', async () => {
    const { responses } = await harness.client.batchSearch({
      requests: [
        { vector: floats(0, 1, 0, 0), limit: 1 },
        { vector: floats(1, 0, 0, 0), limit: 1 },
      ],
    });
    expect(responses.map(({ hits }) => hits[0]?.document?.id)).toEqual(['y', 'x']);
  });

  test('an answer that does not fit into a message is refused by name', async () => {
    const { client } = harness;
    const body = 'x'.repeat(4 * 1024 * 1024 - 100);
    for (const id of ['1', '2', '3', '4']) await client.upsertDocument({ document: { id, body } });
    expect(await failureOf(client.search({ text: 'x' }))).toMatchObject({
      code: 3,
      violations: [{ field: 'limit' }],
      metadata: { messageBytesMax: String(limits.messageBytesMax) },
    });
    expect((await client.search({ text: 'x', omitBody: true })).hits).toHaveLength(6);
  });

  test('each search of a stream is answered by its own result or error', async () => {
    const responses = await exchange(harness.client.searchStream(), [
      { requestId: 'good', search: { vector: floats(1, 0, 0, 0) } },
      { requestId: 'bad', search: { vector: floats(1, 0, 0) } },
      { requestId: 'none' },
      { requestId: 'lost', search: { text: 'x', collections: ['nowhere'] } },
      { requestId: 'good again', search: { text: 'x' } },
    ]);
    const byId = Object.fromEntries(responses.map((response) => [response.requestId, response]));
    expect(Object.keys(byId).sort()).toEqual(['bad', 'good', 'good again', 'lost', 'none']);
    expect(byId['good']?.outcome).toBe('result');
    expect(byId['good again']?.outcome).toBe('result');
    expect(byId['bad']?.error?.reason).toBe('DIMENSION_MISMATCH');
    expect(byId['none']?.error?.reason).toBe('INVALID_ARGUMENT');
    expect(byId['lost']?.error?.reason).toBe('NOT_FOUND');
  });
});

describe('admin', () => {
  test('the status publishes engine, actors, vector space and limits', async () => {
    const status = await harness.client.getStatus({});
    expect(status).toMatchObject({
      version: '0.0.0-model',
      state: 'ENGINE_STATE_READY',
      uptime: { seconds: '1', nanos: 500_000_000 },
      replay: { changesDone: '3', changesTotal: '10' },
      actors: [{ name: 'index-00', state: 'ACTOR_STATE_RUNNING', restarts: 1, heapBytes: '5000000000' }],
      shardCount: 1,
      vectorSpace: { model: 'letters', dimensions: 4, generation: 'letters@4:unit:c1' },
    });
    // Every limit of limits.ts is in the proto under the same name, and the other way round.
    expect(status.limits).toEqual(limits);
  });

  test('a snapshot answers with the commit that it covers', async () => {
    expect(await harness.client.createSnapshot({})).toEqual({ commitSequence: '0' });
  });

  test('every call is counted under its method, type and code', async () => {
    await harness.client.getStatus({});
    await failureOf(harness.client.getDocument({ id: 'none' }));
    await exchange(harness.client.ingest(), [{ sequence: 1 }, { sequence: 2 }]);
    expect(Object.fromEntries(harness.counts)).toEqual({
      'started GetStatus unary': 1,
      'received GetStatus': 1,
      'sent GetStatus': 1,
      'handled GetStatus OK': 1,
      'started GetDocument unary': 1,
      'received GetDocument': 1,
      'handled GetDocument NOT_FOUND': 1,
      'started Ingest bidi_stream': 1,
      'received Ingest': 2,
      'sent Ingest': 2,
      'handled Ingest OK': 1,
    });
  });
});
