// JobService against a real server on a real socket.

import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WatchJobResponse__Output } from '../../../src/grpc/generated/kms/v1/WatchJobResponse.ts';
import { failureOf, type GrpcHarness, startGrpcHarness } from '../../support/grpc-harness.ts';
import { modelJob } from '../../support/grpc-jobs-model.ts';
import { field, RawGrpcClient } from '../../support/grpc-raw-client.ts';

const CANCELLED = 1;
const INVALID_ARGUMENT = 3;
const DEADLINE_EXCEEDED = 4;
const NOT_FOUND = 5;
const FAILED_PRECONDITION = 9;
const INTERNAL = 13;
const UNAVAILABLE = 14;

const progress = {
  read: 10,
  unchanged: 3,
  indexed: 4,
  deleted: 2,
  rejected: 1,
  total: 40,
  ratePerSecond: 2.5,
  etaMs: 12_500,
};

let harness: GrpcHarness;
beforeEach(async () => {
  harness = await startGrpcHarness();
});
afterEach(() => harness.stop());

describe('a sync', () => {
  test('is started with the defaults filled in, or as it was asked for', async () => {
    const { job } = await harness.client.startSync({ source: 'cases' });
    expect(job).toMatchObject({
      id: 'job-1',
      task: 'sync',
      sync: { source: 'cases', mode: 'SYNC_MODE_INCREMENTAL' },
      state: 'JOB_STATE_QUEUED',
      priority: 'JOB_PRIORITY_NORMAL',
      createTime: { seconds: '1700000000', nanos: 0 },
      startTime: null,
      endTime: null,
      plan: null,
      fault: null,
    });
    const asked = { source: 'tickets', mode: 'SYNC_MODE_FULL', priority: 'JOB_PRIORITY_LOW' } as const;
    expect((await harness.client.startSync(asked)).job).toMatchObject({
      sync: { source: 'tickets', mode: 'SYNC_MODE_FULL' },
      priority: 'JOB_PRIORITY_LOW',
    });
  });

  test('of an unknown source is not found, and beside a running one refused with the job that runs', async () => {
    expect(await failureOf(harness.client.startSync({ source: 'nobody' }))).toMatchObject({
      code: NOT_FOUND,
      metadata: { source: 'nobody' },
    });
    harness.engine.jobs.put(modelJob({ state: 'started' }));
    expect(await failureOf(harness.client.startSync({ source: 'cases' }))).toMatchObject({
      code: FAILED_PRECONDITION,
      metadata: { jobId: 'job-1' },
    });
  });

  test('with wrong fields names all of them', async () => {
    const failure = await failureOf(
      harness.client.startSync({ source: '', mode: 7 as never, priority: 9 as never }),
    );
    expect(failure.code).toBe(INVALID_ARGUMENT);
    expect(failure.violations.map(({ field }) => field)).toEqual(['source', 'mode', 'priority']);
    expect(failure.violations[1]?.description).toContain('SYNC_MODE_RECONCILE');
    const long = await failureOf(harness.client.startSync({ source: 's'.repeat(129) }));
    expect(long.violations).toEqual([{ field: 'source', description: 'has 129 bytes: at most 128' }]);
  });
});

describe('a job', () => {
  test('travels with its progress, plan and fault; what is unknown is not set', async () => {
    harness.engine.jobs.put(
      modelJob({
        state: 'failed',
        startedTimeMs: 1_700_000_001_500,
        endedTimeMs: 1_700_000_002_000,
        progress,
        plan: { profile: 'pooled', batchDocuments: 64, batchesInFlight: 4, reason: '8,000 records' },
        fault: { code: 'internal', message: 'the cursor broke', violations: [], facts: {}, stack: 'at x' },
        attempts: 2,
      }),
    );
    const { job } = await harness.client.getJob({ jobId: 'job-1' });
    expect(job).toMatchObject({
      state: 'JOB_STATE_FAILED',
      startTime: { seconds: '1700000001', nanos: 500_000_000 },
      endTime: { seconds: '1700000002' },
      progress: {
        read: '10',
        unchanged: '3',
        indexed: '4',
        deleted: '2',
        rejected: '1',
        total: '40',
        ratePerSecond: 2.5,
        eta: { seconds: '12', nanos: 500_000_000 },
      },
      plan: {
        profile: 'JOB_PROFILE_POOLED',
        batchDocuments: 64,
        batchesInFlight: 4,
        reason: '8,000 records',
      },
      // The operator who asks is told why, without the stack.
      fault: { code: INTERNAL, reason: 'INTERNAL', message: 'the cursor broke' },
      attempts: 2,
    });
    expect(JSON.stringify(job)).not.toContain('at x');
    harness.engine.jobs.put(
      modelJob({
        id: 'job-2',
        task: { type: 'sync', source: 'cases', mode: 'full' },
        priority: 'high',
      }),
    );
    const other = (await harness.client.getJob({ jobId: 'job-2' })).job;
    expect(other).toMatchObject({ task: 'sync', sync: { source: 'cases', mode: 'SYNC_MODE_FULL' } });
    expect(other?.progress).toMatchObject({ read: '0', eta: null });
    expect(other?.progress?.total).toBeUndefined();
  });

  test('that is not there, or whose id is none, is refused by every method', async () => {
    const { client } = harness;
    const methods = [
      (jobId: string) => client.getJob({ jobId }),
      (jobId: string) => client.cancelJob({ jobId }),
      (jobId: string) => once(client.watchJob({ jobId }), 'end'),
    ];
    for (const method of methods) {
      expect(await failureOf(method('none'))).toMatchObject({ code: NOT_FOUND, metadata: { jobId: 'none' } });
      for (const jobId of ['', 'j'.repeat(129)])
        expect(await failureOf(method(jobId))).toMatchObject({
          code: INVALID_ARGUMENT,
          violations: [{ field: 'job_id' }],
        });
    }
  });

  test('is cancelled, and one that has ended stays as it is', async () => {
    harness.engine.jobs.put(modelJob({ state: 'started' }));
    harness.engine.jobs.put(modelJob({ id: 'job-2', state: 'finished' }));
    expect((await harness.client.cancelJob({ jobId: 'job-1' })).job?.state).toBe('JOB_STATE_STOPPED');
    expect((await harness.client.cancelJob({ jobId: 'job-2' })).job?.state).toBe('JOB_STATE_FINISHED');
  });
});

describe('a list of jobs', () => {
  beforeEach(() => {
    for (let index = 10; index < 60; index++) {
      const source = index % 2 === 0 ? 'cases' : 'tickets';
      harness.engine.jobs.put(
        modelJob({
          id: `job-${index}`,
          task: { type: 'sync', source, mode: 'full' },
          state: index % 3 === 0 ? 'failed' : 'finished',
        }),
      );
    }
  });

  async function walk(request: Parameters<typeof harness.client.listJobs>[0]): Promise<string[]> {
    const ids: string[] = [];
    let pageToken = '';
    do {
      const page = await harness.client.listJobs({ ...request, pageToken });
      ids.push(...page.jobs.map(({ id }) => id));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    return ids;
  }

  test('gives every job once, the newest first, whatever the page size', async () => {
    const all = Array.from({ length: 50 }, (_, index) => `job-${59 - index}`);
    for (const pageSize of [1, 16, 17, 50, 0]) expect(await walk({ pageSize })).toEqual(all);
  });

  test('filters by states and source together', async () => {
    const states = ['JOB_STATE_FAILED', 'JOB_STATE_STARTED'] as const;
    expect(await walk({ pageSize: 3, states: [...states], source: 'cases' })).toEqual(
      Array.from({ length: 8 }, (_, index) => `job-${54 - 6 * index}`),
    );
  });

  test('refuses a token of another filter or another method, and states that there are none', async () => {
    const { client } = harness;
    const { nextPageToken } = await client.listJobs({ pageSize: 1, states: ['JOB_STATE_FAILED'] });
    const other = await failureOf(client.listJobs({ pageToken: nextPageToken }));
    expect(other.violations).toEqual([{ field: 'page_token', description: 'belongs to another filter' }]);
    const foreign = await failureOf(client.listDocuments({ pageToken: nextPageToken }));
    expect(foreign.violations[0]).toMatchObject({
      field: 'page_token',
      description: expect.stringContaining('is damaged'),
    });
    const wrong = await failureOf(
      client.listJobs({ states: ['JOB_STATE_UNSPECIFIED', 'JOB_STATE_FAILED', 77 as never], pageSize: -1 }),
    );
    expect(wrong.violations.map(({ field }) => field)).toEqual(['page_size', 'states[0]', 'states[2]']);
    const many = Array.from({ length: 6 }, () => 'JOB_STATE_FAILED' as const);
    expect((await failureOf(client.listJobs({ states: many }))).violations[0]?.field).toBe('states');
  });
});

test('sources come in order of name, what is unknown not set', async () => {
  const { sources } = await harness.client.listSources({});
  expect(sources).toEqual([
    {
      name: 'cases',
      kind: 'postgres',
      interval: { seconds: '1800', nanos: 0 },
      lastJobId: 'job-1',
      syncedTime: { seconds: '1700000000', nanos: 0 },
      nextTime: { seconds: '1700001800', nanos: 0 },
    },
    { name: 'tickets', kind: 'jsonl', interval: null, lastJobId: '', syncedTime: null, nextTime: null },
  ]);
});

describe('a watch', () => {
  test('sends the job at once, at each change and at its end, and then ends well', async () => {
    const { jobs } = harness.engine;
    jobs.put(modelJob());
    const call = harness.client.watchJob({ jobId: 'job-1' });
    const states: (string | undefined)[] = [];
    const next = ['started', 'finished'] as const;
    call.on('data', ({ job }: WatchJobResponse__Output) => {
      states.push(job?.state);
      const state = next[states.length - 1];
      if (state !== undefined) jobs.put(modelJob({ state }));
    });
    await once(call, 'end');
    expect(states).toEqual(['JOB_STATE_QUEUED', 'JOB_STATE_STARTED', 'JOB_STATE_FINISHED']);
    expect(jobs.watcherCount).toBe(0);
    expect(harness.counts.get('handled WatchJob OK')).toBe(1);
  });

  test('of a job that has ended sends it once', async () => {
    harness.engine.jobs.put(modelJob({ state: 'failed' }));
    const call = harness.client.watchJob({ jobId: 'job-1' });
    const seen: unknown[] = [];
    call.on('data', (message) => seen.push(message));
    await once(call, 'end');
    expect(seen).toHaveLength(1);
  });

  test('by a client that does not read skips states, and still tells the last one', async () => {
    const { jobs } = harness.engine;
    // Large states, so that the windows of the connection are full after a few of them.
    const reason = 'x'.repeat(100_000);
    const put = (read: number, state: 'started' | 'finished') =>
      jobs.put(
        modelJob({
          state,
          progress: { ...progress, read },
          plan: { profile: 'bulk', batchDocuments: 1, batchesInFlight: 1, reason },
        }),
      );
    put(0, 'started');
    const call = harness.client.watchJob({ jobId: 'job-1' });
    // The client's library takes in without a bound until it was asked for a first message.
    await once(call, 'data');
    call.pause();
    const changes = 300;
    for (let read = 1; read <= changes; read++) {
      put(read, read < changes ? 'started' : 'finished');
      // A round trip a change: the server has had its chance to send it.
      await harness.client.getJob({ jobId: 'job-1' });
    }
    const seen: number[] = [];
    call.on('data', ({ job }: WatchJobResponse__Output) => seen.push(Number(job?.progress?.read)));
    call.resume();
    await once(call, 'end');
    expect(seen.at(-1)).toBe(changes);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.length).toBeLessThan(changes / 2);
    expect(harness.counts.get('sent WatchJob')).toBe(1 + seen.length);
  });

  test('that its caller cancels, or whose deadline passes, lets the job go on and leaves nothing behind', async () => {
    const { jobs } = harness.engine;
    jobs.put(modelJob({ state: 'started' }));
    const caller = new AbortController();
    const cancelled = harness.client.watchJob({ jobId: 'job-1' }, { signal: caller.signal });
    cancelled.on('data', () => caller.abort());
    expect(await failureOf(once(cancelled, 'end'))).toMatchObject({ code: CANCELLED });
    const late = harness.client.watchJob({ jobId: 'job-1' }, { timeoutMs: 100 });
    late.on('data', () => {});
    expect(await failureOf(once(late, 'end'))).toMatchObject({ code: DEADLINE_EXCEEDED });
    while (jobs.watcherCount > 0) await harness.client.getStatus({});
    expect(jobs.get('job-1').state).toBe('started');
  });

  test('of bytes that are no request, of an id that is not UTF-8, or too late, is refused like any call', async () => {
    const raw = await RawGrpcClient.open(harness.port);
    const nonsense = await raw.unary('JobService/WatchJob', Buffer.from([0x0a, 0xff, 0x01]));
    expect(nonsense).toMatchObject({ code: INVALID_ARGUMENT, details: { reason: 'INVALID_ARGUMENT' } });
    const notUtf8 = await raw.unary('JobService/WatchJob', field(1, Buffer.from([0x61, 0xff])));
    expect(notUtf8.details?.violations).toEqual([{ field: 'job_id', description: 'is not valid UTF-8' }]);
    const late = await raw.unary('JobService/WatchJob', field(1, 'job-1'), { 'grpc-timeout': '0m' });
    expect(late.code).toBe(DEADLINE_EXCEEDED);
    raw.close();
  });

  test('ends with unavailable when the server drains, which does not wait for the job', async () => {
    harness.engine.jobs.put(modelJob({ state: 'started' }));
    const call = harness.client.watchJob({ jobId: 'job-1' });
    await once(call, 'data');
    const ended = failureOf(once(call, 'end'));
    await harness.server.drain({ graceMs: 60_000 });
    expect(await ended).toMatchObject({ code: UNAVAILABLE, reason: 'UNAVAILABLE' });
    expect(harness.engine.jobs.watcherCount).toBe(0);
  });
});
