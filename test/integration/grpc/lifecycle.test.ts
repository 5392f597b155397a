// Start, readiness, deadlines, cancellation, faults and draining of the server.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { credentials, makeGenericClientConstructor, type ServiceDefinition } from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { KmsError } from '../../../src/base/errors.ts';
import { noGrpcMetrics } from '../../../src/grpc/grpc-metrics.ts';
import { createGrpcServer } from '../../../src/grpc/server.ts';
import type { EngineState } from '../../../src/pipeline/engine-api.ts';
import { EngineModel } from '../../support/grpc-engine-model.ts';
import { failureOf, type GrpcHarness, gate, startGrpcHarness } from '../../support/grpc-harness.ts';

const NOT_FOUND = 5;
const DEADLINE_EXCEEDED = 4;
const INTERNAL = 13;
const UNAVAILABLE = 14;
const services = [
  '',
  'kms.v1.IngestService',
  'kms.v1.DocumentService',
  'kms.v1.SearchService',
  'kms.v1.JobService',
  'kms.v1.AdminService',
];

let harness: GrpcHarness;
const start = async (state: EngineState = 'ready') => {
  harness = await startGrpcHarness({ state });
};
afterEach(() => harness.stop());

/** The statuses that one Watch call gets, in order. */
function watchHealth(service: string) {
  const Constructor = makeGenericClientConstructor(healthService as unknown as ServiceDefinition, 'Health');
  const client = new Constructor(harness.address, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  });
  const call = (client['watch'] as (request: object) => NodeJS.ReadableStream & { cancel(): void }).call(
    client,
    { service },
  );
  call.on('error', () => {});
  const next = async () => {
    const [message] = (await once(call, 'data')) as [{ status: string }];
    return message.status;
  };
  return { call, next, close: () => client.close() };
}

describe('before the engine is ready', () => {
  test('calls for data are unavailable and say when to try again', async () => {
    await start('starting');
    const { client } = harness;
    const calls = [
      () => client.search({ text: 'x' }),
      () => client.findSimilar({ id: 'x' }),
      () => client.batchSearch({ requests: [{ text: 'x' }] }),
      () => client.getDocument({ id: 'x' }),
      () => client.listDocuments({}),
      () => client.upsertDocument({ document: { id: 'x', title: 't' } }),
      () => client.batchUpsertDocuments({ documents: [{ id: 'x', title: 't' }] }),
      () => client.deleteDocument({ id: 'x' }),
      () => client.createSnapshot({}),
      () => client.listDeadLetters({}),
      () => client.retryDeadLetters({ all: true }),
      () => client.purgeDeadLetters({ all: true }),
      () => client.startSync({ source: 'cases' }),
      () => client.getJob({ jobId: 'job-1' }),
      () => client.listJobs({}),
      () => client.cancelJob({ jobId: 'job-1' }),
      () => client.listSources({}),
      () => once(client.watchJob({ jobId: 'job-1' }), 'end'),
      () => once(client.ingest(), 'end'),
      () => once(client.searchStream(), 'end'),
    ];
    for (const call of calls) {
      const failure = await failureOf(call());
      expect(failure).toMatchObject({
        code: UNAVAILABLE,
        reason: 'UNAVAILABLE',
        metadata: { state: 'starting' },
      });
      expect(failure.retryDelayMs).toBeGreaterThan(0);
    }
    expect(harness.engine.calls).toEqual([]);
  });

  test('status and health answer at once, and health follows the engine', async () => {
    await start('starting');
    const { client, engine } = harness;
    expect((await client.getStatus({})).state).toBe('ENGINE_STATE_STARTING');
    const health = (service: string) => client.checkHealth({ service }).then(({ status }) => status);
    for (const service of services) expect(await health(service)).toBe('NOT_SERVING');
    engine.readiness.set('ready');
    for (const service of services) expect(await health(service)).toBe('SERVING');
    engine.readiness.set('draining');
    for (const service of services) expect(await health(service)).toBe('NOT_SERVING');
    expect(await failureOf(client.checkHealth({ service: 'kms.v1.Nothing' }))).toMatchObject({
      code: NOT_FOUND,
    });
  });

  test('a watch of the health sees each change', async () => {
    await start('starting');
    const watch = watchHealth('kms.v1.SearchService');
    expect(await watch.next()).toBe('NOT_SERVING');
    const next = watch.next();
    harness.engine.readiness.set('ready');
    expect(await next).toBe('SERVING');
    watch.call.cancel();
    watch.close();
  });
});

describe('a call', () => {
  test('that takes longer than its deadline is exceeded, and the engine knew the deadline', async () => {
    await start();
    harness.engine.hold = (_method, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const before = systemClock.nowMs();
    expect(await failureOf(harness.client.search({ text: 'x' }, { timeoutMs: 200 }))).toMatchObject({
      code: DEADLINE_EXCEEDED,
    });
    const deadlineMs = harness.engine.calls[0]?.options.deadlineMs ?? 0;
    expect(deadlineMs).toBeGreaterThan(before + 100);
    expect(deadlineMs).toBeLessThan(systemClock.nowMs() + 200);
  });

  test('without a deadline gives the engine none', async () => {
    await start();
    await harness.client.createSnapshot({});
    expect(harness.engine.calls[0]?.options.deadlineMs).toBeNull();
  });

  test('that its caller cancels is aborted in the engine', async () => {
    await start();
    const caller = new AbortController();
    const aborted = gate();
    harness.engine.hold = (_method, { signal }) => {
      signal.addEventListener('abort', aborted.open);
      caller.abort();
      return aborted.opened;
    };
    expect(await failureOf(harness.client.search({ text: 'x' }, { signal: caller.signal }))).toMatchObject({
      code: 1,
    });
    await aborted.opened;
    expect(harness.engine.calls[0]?.options.signal.reason).toMatchObject({ code: 'cancelled' });
  });

  test('that fails is aborted in the engine: what the other shards still do for it is for nobody', async () => {
    await start();
    const aborted = gate();
    harness.engine.hold = async (_method, { signal }) => {
      signal.addEventListener('abort', aborted.open);
      throw new KmsError('unavailable', 'a shard is down');
    };
    expect(await failureOf(harness.client.search({ text: 'x' }))).toMatchObject({ code: UNAVAILABLE });
    await aborted.opened;
  });

  test('that is answered is not aborted afterwards', async () => {
    await start();
    await harness.client.search({ text: 'x' });
    await harness.client.search({ text: 'y' });
    expect(harness.engine.calls.map(({ options }) => options.signal.aborted)).toEqual([false, false]);
  });

  test('that meets an unknown fault is internal without the story, which is in the log', async () => {
    await start();
    harness.engine.hold = async () => {
      throw new TypeError('secret of row 17');
    };
    const failure = await failureOf(harness.client.search({ text: 'x' }));
    expect(failure).toMatchObject({ code: INTERNAL, reason: 'INTERNAL', domain: 'kms' });
    expect(failure.message).not.toContain('secret');
    expect(harness.errors).toMatchObject([
      { method: '/kms.v1.SearchService/Search', message: 'secret of row 17' },
    ]);
    expect(JSON.stringify(harness.errors)).toContain('TypeError');
  });

  test('of a stream that fails as a whole keeps the responses before it', async () => {
    await start();
    harness.engine.hold = async () => {
      if (harness.engine.ingested.length === 3) throw new KmsError('resource_exhausted', 'the disk is full');
    };
    const stream = harness.client.ingest();
    const sequences: string[] = [];
    stream.on('data', ({ sequence }) => sequences.push(sequence));
    for (const sequence of [1, 2, 3, 4])
      stream.write({ sequence, documents: [{ id: `${sequence}`, title: 't' }] });
    expect(await failureOf(once(stream, 'end'))).toMatchObject({ code: 8, message: 'the disk is full' });
    expect(sequences).toEqual(['1', '2']);
  });
});

describe('draining', () => {
  test('finishes the requests that a stream has under way, tells it to come again, and takes no new calls', async () => {
    await start();
    const { client, engine, server } = harness;
    const held = gate();
    engine.hold = () => held.opened;
    const stream = client.ingest();
    const sequences: string[] = [];
    stream.on('data', ({ sequence }) => sequences.push(sequence));
    const ended = failureOf(once(stream, 'end'));
    const watch = watchHealth('');
    expect(await watch.next()).toBe('SERVING');
    for (const sequence of [1, 2]) stream.write({ sequence, documents: [{ id: `${sequence}`, title: 't' }] });
    while (engine.ingested.length < 2) await client.getStatus({});
    const search = client.search({ text: 'x' });
    while (engine.calls.length < 3) await client.getStatus({});

    const drained = server.drain({ graceMs: 60_000 });
    expect(await watch.next()).toBe('NOT_SERVING');
    expect(await failureOf(client.search({ text: 'late' }, { timeoutMs: 5_000 }))).toMatchObject({
      code: UNAVAILABLE,
    });
    held.open();
    expect(await ended).toMatchObject({ code: UNAVAILABLE, reason: 'UNAVAILABLE' });
    expect(sequences).toEqual(['1', '2']);
    await search;
    await drained;
    watch.close();
  });

  test('cuts off what does not end within its grace', async () => {
    await start();
    harness.engine.hold = () => new Promise(() => {});
    const search = failureOf(harness.client.search({ text: 'x' }));
    while (harness.engine.calls.length < 1) await harness.client.getStatus({});
    await harness.server.drain({ graceMs: 20 });
    expect((await search).code).not.toBe(0);
    expect(harness.engine.calls[0]?.options.signal.aborted).toBe(true);
  });
});

describe('starting', () => {
  test('on a port that is taken fails and names the address', async () => {
    await start();
    const quiet = () => {};
    const second = createGrpcServer({
      engine: new EngineModel(),
      address: harness.address,
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      clock: systemClock,
      metrics: noGrpcMetrics,
    });
    await expect(second.start()).rejects.toMatchObject({
      code: 'failed_precondition',
      message: expect.stringContaining(harness.address),
    });
    await second.drain({ graceMs: 1_000 });
  });

  test('a foreign tool lists the services and searches by reflection alone', async () => {
    await start();
    await harness.client.upsertDocument({ document: { id: 'x', title: 'hello' } });
    const buf = (...args: string[]) =>
      promisify(execFile)('node_modules/.bin/buf', [
        'curl',
        '--protocol',
        'grpc',
        '--http2-prior-knowledge',
        ...args,
      ]);
    const listed = await buf('--list-services', `http://${harness.address}`);
    expect(listed.stdout.split('\n')).toEqual(expect.arrayContaining(services.slice(1)));
    const url = `http://${harness.address}/kms.v1.SearchService/Search`;
    const found = await buf('--data', '{"text": "hello", "limit": 1}', url);
    expect(JSON.parse(found.stdout)).toMatchObject({ hits: [{ document: { id: 'x', title: 'hello' } }] });
  });
});
