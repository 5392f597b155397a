// The dead letters of AdminService against a real server on a real socket.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { failureOf, floats, type GrpcHarness, startGrpcHarness } from '../../support/grpc-harness.ts';
import { modelLetter } from '../../support/grpc-jobs-model.ts';

const INVALID_ARGUMENT = 3;

let harness: GrpcHarness;
beforeEach(async () => {
  harness = await startGrpcHarness();
});
afterEach(() => harness.stop());

const row = modelLetter({
  id: 'letter-2',
  documentId: '',
  source: 'tickets',
  stage: 'read',
  fault: { code: 'internal', message: 'column "body" is missing', violations: [], facts: {}, stack: 'at y' },
  document: null,
  raw: '{"id":7}',
});

describe('a list of dead letters', () => {
  test('says what failed, where, why and how often; the payload only on request', async () => {
    harness.engine.deadLetters.letters = [modelLetter(), row];
    const { deadLetters, nextPageToken } = await harness.client.listDeadLetters({});
    expect(nextPageToken).toBe('');
    expect(deadLetters).toMatchObject([
      {
        id: 'letter-1',
        collection: 'cases',
        documentId: 'c-1',
        source: 'cases',
        jobId: 'job-1',
        stage: 'embed',
        error: { reason: 'POISONED', message: 'makes its thread fail', retryable: false },
        attempts: 3,
        createTime: { seconds: '1700000000' },
        lastTryTime: { seconds: '1700000005' },
        hasDocument: true,
        document: null,
        raw: '',
      },
      { id: 'letter-2', error: { reason: 'INTERNAL', message: 'column "body" is missing' }, raw: '' },
    ]);
    expect(JSON.stringify(deadLetters)).not.toContain('at y');
    const full = await harness.client.listDeadLetters({ includePayload: true });
    expect(full.deadLetters).toMatchObject([
      {
        document: {
          id: 'c-1',
          title: 'Login',
          body: 'It loops',
          attributes: { product: { stringValue: 'portal' } },
        },
        raw: '',
      },
      { hasDocument: false, document: null, raw: '{"id":7}' },
    ]);
  });

  test("a client's own vector is part of the payload", async () => {
    const { document } = modelLetter();
    if (document === null) throw new Error('the model letter has a document');
    harness.engine.deadLetters.letters = [
      modelLetter({ document: { ...document, embedding: new Float32Array([0, 1, 0, 0]) } }),
    ];
    const { deadLetters } = await harness.client.listDeadLetters({ includePayload: true });
    expect(deadLetters[0]?.document?.embedding).toEqual(floats(0, 1, 0, 0));
  });

  test('gives every letter once, whatever the page size, and pages of large payloads stay within a message', async () => {
    const { document } = modelLetter();
    if (document === null) throw new Error('the model letter has a document');
    const large = { ...document, body: 'x'.repeat(3 * 1024 * 1024) };
    const ids = Array.from({ length: 20 }, (_, index) => `letter-${index + 10}`);
    harness.engine.deadLetters.letters = ids.map((id) => modelLetter({ id, document: large }));
    for (const includePayload of [false, true]) {
      const seen: string[] = [];
      let pageToken = '';
      do {
        const page = await harness.client.listDeadLetters({ pageSize: 7, pageToken, includePayload });
        expect(page.deadLetters.length).toBe(includePayload ? 2 : Math.min(7, ids.length - seen.length));
        seen.push(...page.deadLetters.map(({ id }) => id));
        pageToken = page.nextPageToken;
      } while (pageToken !== '');
      expect(seen).toEqual(ids);
    }
  });

  test('filters by every field, and all given ones must match', async () => {
    harness.engine.deadLetters.letters = [modelLetter(), row];
    const idsOf = async (filter: object) => {
      const { deadLetters } = await harness.client.listDeadLetters({ filter });
      return deadLetters.map(({ id }) => id);
    };
    expect(await idsOf({})).toEqual(['letter-1', 'letter-2']);
    expect(await idsOf({ ids: ['letter-2', 'letter-9'] })).toEqual(['letter-2']);
    expect(await idsOf({ collection: 'kb' })).toEqual([]);
    expect(await idsOf({ source: 'tickets' })).toEqual(['letter-2']);
    expect(await idsOf({ stage: 'embed' })).toEqual(['letter-1']);
    expect(await idsOf({ reason: 'POISONED' })).toEqual(['letter-1']);
    expect(await idsOf({ reason: 'POISONED', source: 'tickets' })).toEqual([]);
  });

  test('refuses wrong filters and foreign tokens by name', async () => {
    const { client } = harness;
    harness.engine.deadLetters.letters = [modelLetter(), row];
    const filter = {
      ids: ['', 'i'.repeat(129)],
      collection: 'Not A Name',
      source: 's'.repeat(129),
      stage: 's'.repeat(129),
      reason: 'poisoned',
    };
    const failure = await failureOf(client.listDeadLetters({ filter }));
    expect(failure.violations.map(({ field }) => field)).toEqual([
      'filter.ids[0]',
      'filter.ids[1]',
      'filter.collection',
      'filter.source',
      'filter.stage',
      'filter.reason',
    ]);
    const ids = Array.from({ length: 1_001 }, () => 'x');
    expect((await failureOf(client.listDeadLetters({ filter: { ids } }))).violations[0]).toMatchObject({
      field: 'filter.ids',
    });
    const { nextPageToken } = await client.listDeadLetters({ pageSize: 1 });
    const other = await failureOf(
      client.listDeadLetters({ pageToken: nextPageToken, filter: { stage: 'embed' } }),
    );
    expect(other.violations).toEqual([{ field: 'page_token', description: 'belongs to another filter' }]);
  });
});

describe('retry and purge', () => {
  beforeEach(() => {
    harness.engine.deadLetters.letters = [modelLetter(), row];
  });

  test('retry says how many got through, and those are gone', async () => {
    expect(await harness.client.retryDeadLetters({ all: true })).toEqual({
      retried: '2',
      indexed: '1',
      failed: '1',
    });
    expect((await harness.client.getStatus({})).deadLetters).toBe('1');
  });

  test('a filter reaches the engine as it was asked for', async () => {
    await harness.client.retryDeadLetters({ filter: { reason: 'DIMENSION_MISMATCH', collection: 'kb' } });
    expect(await harness.client.purgeDeadLetters({ filter: { stage: 'read' } })).toEqual({ purged: '1' });
    expect(harness.engine.deadLetters.asked).toEqual([
      { ids: [], collection: 'kb', source: '', stage: '', code: 'dimension_mismatch' },
      { ids: [], collection: '', source: '', stage: 'read', code: '' },
    ]);
  });

  test('without a filter nothing is touched unless all is said, and never with both', async () => {
    const { client } = harness;
    for (const call of [client.retryDeadLetters, client.purgeDeadLetters]) {
      for (const request of [{}, { filter: {} }, { filter: { ids: [] } }])
        expect(await failureOf(call(request))).toMatchObject({
          code: INVALID_ARGUMENT,
          violations: [{ field: 'filter' }],
        });
      expect(await failureOf(call({ filter: { stage: 'read' }, all: true }))).toMatchObject({
        code: INVALID_ARGUMENT,
        violations: [{ field: 'all' }],
      });
    }
    expect(harness.engine.deadLetters.asked).toEqual([]);
  });
});

test('the status counts the dead letters, and says none while the engine is starting', async () => {
  harness.engine.deadLetters.letters = [modelLetter()];
  expect((await harness.client.getStatus({})).deadLetters).toBe('1');
  harness.engine.readiness.set('starting');
  expect((await harness.client.getStatus({})).deadLetters).toBe('0');
});
