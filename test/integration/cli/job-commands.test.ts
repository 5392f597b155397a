// `kms sync`, `kms jobs` and the work that `kms status` shows, against a real server.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KmsError } from '../../../src/base/errors.ts';
import type { Job } from '../../../src/model/job.ts';
import { cli, startCli } from '../../support/cli-run.ts';
import { type GrpcHarness, startGrpcHarness } from '../../support/grpc-harness.ts';
import { modelJob, modelLetter } from '../../support/grpc-jobs-model.ts';

let harness: GrpcHarness;
beforeEach(async () => {
  harness = await startGrpcHarness();
});
afterEach(() => harness.stop());

const counts = { read: 10, unchanged: 3, indexed: 5, deleted: 2, rejected: 0, total: 10 };
const done: Partial<Job> = {
  state: 'finished',
  startedTimeMs: 1_700_000_000_000,
  endedTimeMs: 1_700_000_004_500,
  progress: { ...counts, ratePerSecond: 2.5, etaMs: null },
};

const at = (...args: string[]) => [...args, '--address', harness.address];
const run = (...args: string[]) => cli(at(...args));
const start = (...args: string[]) => startCli(at(...args));

/** Resolves when somebody watches. */
async function watched(): Promise<void> {
  while (harness.engine.jobs.watcherCount === 0) await harness.client.getStatus({});
}

describe('kms sync', () => {
  it('starts the job, watches it to its end and sums it up', async () => {
    const sync = start('sync', 'cases', '--mode', 'full', '--priority', 'high');
    await watched();
    expect(harness.engine.jobs.get('job-1')).toMatchObject({
      task: { source: 'cases', mode: 'full' },
      priority: 'high',
    });
    const task = { type: 'sync', source: 'cases', mode: 'full' } as const;
    harness.engine.jobs.put(modelJob({ ...done, task }));
    expect(await sync.exited).toBe(0);
    expect(sync.stdout()).toBe(
      'full sync of cases finished in 4.5 s, 10 read: 5 indexed, 3 unchanged, 2 deleted, 0 rejected\n',
    );
    expect(sync.stderr()).toBe('kms: job job-1, full sync of cases; Ctrl-C stops looking, not the job\n');
  });

  it('its exit code tells how the job ended', async () => {
    const rejected = { ...counts, indexed: 4, rejected: 1, ratePerSecond: 0, etaMs: null };
    const fault = {
      code: 'failed_precondition',
      message: 'no column "body"',
      violations: [],
      facts: {},
    } as const;
    const ends: readonly (readonly [Partial<Job>, number, string])[] = [
      [{ ...done, progress: rejected }, 3, 'kms dead-letters'],
      [{ ...done, state: 'failed', fault }, 1, 'FAILED_PRECONDITION: no column "body"'],
      [{ ...done, state: 'stopped' }, 1, ''],
    ];
    for (const [end, exitCode, says] of ends) {
      const sync = start('sync', 'cases', '--json');
      await watched();
      const [job] = harness.engine.jobs.list({ states: ['queued'], source: '', beforeId: null, limit: 1 });
      harness.engine.jobs.put(modelJob({ ...end, id: job?.id ?? '' }));
      expect(await sync.exited).toBe(exitCode);
      expect(sync.stderr()).toContain(says);
      expect(JSON.parse(sync.stdout())).toMatchObject({ state: end.state });
      while (harness.engine.jobs.watcherCount > 0) await harness.client.getStatus({});
    }
  });

  it('interrupted, it leaves the job running and says how to look at it again', async () => {
    const sync = start('sync', 'cases');
    await watched();
    harness.engine.jobs.put(modelJob({ state: 'started' }));
    sync.signal('SIGINT');
    expect(await sync.exited).toBe(130);
    expect(sync.stderr()).toContain('"kms jobs watch job-1"');
    expect(harness.engine.jobs.get('job-1').state).toBe('started');
  });

  it('without waiting prints the job and ends', async () => {
    const plain = await run('sync', 'cases', '--no-wait');
    expect([plain.exitCode, plain.stdout]).toEqual([0, 'job job-1, incremental sync of cases\n']);
    const json = await run('sync', 'tickets', '--no-wait', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      id: 'job-2',
      sync: { source: 'tickets', mode: 'incremental' },
      state: 'queued',
      priority: 'normal',
      create_time: '2023-11-14T22:13:20.000Z',
      start_time: null,
      progress: { read: 0, total: null, rate_per_second: 0, eta_seconds: null },
      plan: null,
      fault: null,
    });
  });

  it('refused, it says what to do', async () => {
    harness.engine.jobs.put(modelJob({ state: 'started' }));
    const busy = await run('sync', 'cases');
    expect([busy.exitCode, busy.stderr]).toEqual([
      1,
      'kms: a job of the source is running ("kms jobs watch job-1" looks at it)\n',
    ]);
    const unknown = await run('sync', 'nobody');
    expect(unknown.exitCode).toBe(1);
    expect(unknown.stderr).toContain('kms: no such source ("kms status" shows');
  });

  it('says once what holds the job up', async () => {
    const sync = start('sync', 'cases');
    await watched();
    const fault = {
      code: 'unavailable',
      message: 'the provider\u001b[2J is down',
      violations: [],
      facts: {},
    } as const;
    for (const read of [1, 2]) {
      harness.engine.jobs.put(
        modelJob({ state: 'started', fault, progress: { ...counts, read, ratePerSecond: 0, etaMs: null } }),
      );
      await harness.client.getStatus({});
    }
    harness.engine.jobs.put(modelJob(done));
    expect(await sync.exited).toBe(0);
    const held = sync
      .stderr()
      .split('\n')
      .filter((line) => line.includes('held up'));
    expect(held).toEqual(['kms: the job is held up: the provider [2J is down']);
  });
});

describe('kms jobs', () => {
  beforeEach(() => {
    harness.engine.jobs.put(modelJob({ ...done, id: 'job-1' }));
    harness.engine.jobs.put(
      modelJob({
        id: 'job-2',
        state: 'started',
        task: { type: 'sync', source: 'articles', mode: 'full' },
        plan: { profile: 'bulk', batchDocuments: 128, batchesInFlight: 4, reason: '20,000 records' },
      }),
    );
  });

  it('lists the newest first, by itself and by name, and filters', async () => {
    for (const args of [['jobs'], ['jobs', 'list']]) {
      const { exitCode, stdout } = await run(...args);
      expect(exitCode).toBe(0);
      expect(stdout.indexOf('job-2')).toBeLessThan(stdout.indexOf('job-1'));
      expect(stdout).toContain('full sync of articles');
      expect(stdout).toContain('10 of 10');
    }
    const idsOf = async (...args: string[]) =>
      JSON.parse((await run('jobs', '--json', ...args)).stdout).jobs.map(({ id }: { id: string }) => id);
    expect(await idsOf()).toEqual(['job-2', 'job-1']);
    expect(await idsOf('--state', 'finished', '--state', 'failed')).toEqual(['job-1']);
    expect(await idsOf('--source', 'cases')).toEqual(['job-1']);
    expect(await idsOf('--limit', '1')).toEqual(['job-2']);
    expect((await run('jobs', '--state', 'failed')).stdout).toBe('no jobs\n');
  });

  it('gets one with all that is known', async () => {
    const { stdout } = await run('jobs', 'get', 'job-2');
    expect(stdout).toContain('plan: bulk, 4 batches of 128 documents\nbecause: 20,000 records\n');
    expect(stdout).toContain('state: started\n');
    expect(JSON.parse((await run('jobs', 'get', 'job-2', '--json')).stdout)).toMatchObject({
      sync: { source: 'articles', mode: 'full' },
      plan: { profile: 'bulk', batch_documents: 128, batches_in_flight: 4 },
    });
    const missing = await run('jobs', 'get', 'job-9');
    expect([missing.exitCode, missing.stderr]).toEqual([1, 'kms: no such job\n']);
  });

  it('watches one that has ended already without waiting', async () => {
    const { exitCode, stdout } = await run('jobs', 'watch', 'job-1');
    expect([exitCode, stdout.includes('finished in 4.5 s')]).toEqual([0, true]);
  });

  it('asks an engine that drained again until its patience ends', async () => {
    const watch = start('jobs', 'watch', 'job-2', '--retry-for', '0');
    await watched();
    await harness.server.drain({ graceMs: 60_000 });
    expect(await watch.exited).toBe(1);
    expect(watch.stderr()).toContain('draining');
  });

  it('goes on watching when the stream breaks and the engine is there again', async () => {
    const { jobs } = harness.engine;
    const watch = jobs.watch.bind(jobs);
    let watches = 0;
    jobs.watch = (id, signal) => {
      watches += 1;
      if (watches > 1) jobs.put(modelJob({ ...done, id: 'job-2' }));
      return watches === 1 ? brokenWatch() : watch(id, signal);
    };
    const { exitCode, stderr } = await run('jobs', 'watch', 'job-2');
    expect([exitCode, watches]).toEqual([0, 2]);
    expect(stderr).toContain('the engine is away');
  });

  it('cancels one', async () => {
    const { exitCode, stdout } = await run('jobs', 'cancel', 'job-2', '--json');
    expect([exitCode, JSON.parse(stdout).state]).toEqual([0, 'stopped']);
    expect((await run('jobs', 'cancel', 'job-1')).stdout).toContain('state: finished\n');
  });
});

async function* brokenWatch(): AsyncGenerator<Job> {
  yield modelJob({ id: 'job-2', state: 'started' });
  throw new KmsError('unavailable', 'the engine is draining');
}

describe('kms status', () => {
  it('shows sources, the work that is under way and the dead letters', async () => {
    harness.engine.jobs.put(modelJob({ state: 'started' }));
    harness.engine.jobs.put(modelJob({ ...done, id: 'job-0' }));
    harness.engine.deadLetters.letters = [modelLetter()];
    const { stdout } = await run('status');
    expect(stdout).toContain('1800 s');
    expect(stdout).toContain('incremental sync of cases');
    expect(stdout).not.toContain('job-0');
    expect(stdout).toContain('1 dead letter: "kms dead-letters" says which and why');
    const json = JSON.parse((await run('status', '--json')).stdout);
    expect(json.dead_letters).toBe(1);
    expect(json.jobs.map(({ id }: { id: string }) => id)).toEqual(['job-1']);
    expect(json.sources[0]).toEqual({
      name: 'cases',
      kind: 'postgres',
      interval_seconds: 1800,
      last_job_id: 'job-1',
      synced_time: '2023-11-14T22:13:20.000Z',
      next_time: '2023-11-14T22:43:20.000Z',
    });
  });

  it('answers also while the engine is starting', async () => {
    harness.engine.readiness.set('starting');
    const { exitCode, stdout } = await run('status', '--json');
    expect([exitCode, JSON.parse(stdout).sources]).toEqual([0, []]);
  });
});
