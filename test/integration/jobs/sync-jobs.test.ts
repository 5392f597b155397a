// Jobs over a real state store: what they promise about checkpoints, restarts, stops and faults.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deferred } from '../../../src/base/deferred.ts';
import { KmsError } from '../../../src/base/errors.ts';
import { type JobsDriver, openJobs } from '../../support/jobs-driver.ts';
import { MemorySource } from '../../support/memory-source.ts';
import { ModelLine } from '../../support/model-line.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const unavailable = () => new KmsError('unavailable', 'not now');
const anyLetter = { ids: [], collection: '', source: '', stage: '', code: '' };

/** As a crash: whatever the jobs wait for never comes. What they have asked the store for is let through, then it closes. */
async function abandon({ state }: JobsDriver): Promise<void> {
  for (const id of ['a', 'b', 'c']) {
    await state.sourceIds.claim('nobody', [{ collection: 'none', id }]);
    await state.sourceIds.release('nobody', [{ collection: 'none', id }]);
  }
  await state.close();
}

function sourceOf(count: number, name?: string): MemorySource {
  const source = new MemorySource(name);
  for (let i = 0; i < count; i++) source.upsert(String(i), `case ${i}`);
  return source;
}

test('a first sync loads everything, and the next one reads only what came after', async () => {
  const [source, line] = [sourceOf(105), new ModelLine()];
  const driver = await openJobs(temporaryFolder(), { line, sources: [source] });
  const first = await driver.sync('memory');
  expect(first).toMatchObject({ state: 'finished', attempts: 1, fault: null });
  expect(first.progress).toMatchObject({ read: 105, indexed: 105, unchanged: 0, rejected: 0, total: 105 });
  expect(first.plan).toMatchObject({ profile: 'direct', batchDocuments: 10 });
  source.upsert('3', 'changed');
  source.delete('4');
  const second = await driver.sync('memory');
  expect(second.progress).toMatchObject({ read: 2, indexed: 1, deleted: 1 });
  expect(line.rows).toEqual(source.contents());
  expect(source.readsFrom).toEqual([null, 105]);
  expect(driver.jobs.sources()[0]).toMatchObject({ lastJobId: second.id, nextTimeMs: null });
  expect(source.confirmed.at(-1)).toEqual({ at: 107 });
  await driver.stop();
});

test('a full sync reads all of it again and removes what its own source has no more, and nothing else', async () => {
  const [source, line] = [sourceOf(50), new ModelLine(new Map([['of a client', 'kept']]))];
  const driver = await openJobs(temporaryFolder(), { line, sources: [source] });
  await driver.sync('memory');
  const gone = source.changes.splice(10, 5);
  expect(gone).toHaveLength(5);
  const full = await driver.sync('memory', 'full');
  expect(full.progress).toMatchObject({ indexed: 0, unchanged: 45, deleted: 5 });
  expect(line.rows).toEqual(source.contents().set('of a client', 'kept'));
  await driver.stop();
});

test('a checkpoint never passes a document that is not durable', async () => {
  const [source, line] = [sourceOf(100), new ModelLine()];
  const gate = deferred<void>();
  line.onIngest = async (documents) => {
    if (documents.some(({ id }) => id === '15')) await gate.promise;
  };
  const driver = await openJobs(temporaryFolder(), { line, sources: [source] });
  const { id } = await driver.jobs.startSync({ source: 'memory', mode: 'incremental', priority: 'normal' });
  await expect.poll(() => driver.state.jobs.source('memory').checkpoint).toEqual({ at: 10 });
  await expect.poll(() => line.rows.size).toBeGreaterThan(20);
  expect(driver.state.jobs.source('memory').checkpoint).toEqual({ at: 10 });
  gate.resolve();
  await driver.ended(id);
  expect(driver.state.jobs.source('memory').checkpoint).toEqual({ at: 100 });
  await driver.stop();
});

test('changes of one document take effect in their order, though their batches are in flight together', async () => {
  const [source, line] = [new MemorySource(), new ModelLine()];
  for (let i = 0; i < 10; i++) source.upsert(String(i), 'slow');
  source.delete('3');
  source.upsert('4', 'newer');
  line.onIngest = async (documents) => {
    // Long enough for the second batch to overtake, were it allowed to.
    for (let turn = 0; turn < 100 && documents[0]?.body === 'slow'; turn++)
      await new Promise((resolve) => setImmediate(resolve));
  };
  const driver = await openJobs(temporaryFolder(), { line, sources: [source] });
  await driver.sync('memory');
  expect(line.rows).toEqual(source.contents());
  await driver.stop();
});

test('a job that is cut off at any moment goes on at its checkpoint and ends with exactly the source', {
  timeout: 120_000,
}, async () => {
  const cuts = fc.record({ calls: fc.integer({ min: 1, max: 12 }), isOrderly: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(cuts, { minLength: 1, maxLength: 4 }), async (rounds) => {
      const [dataDir, source, rows] = [temporaryFolder(), sourceOf(120), new Map<string, string>()];
      for (let i = 0; i < 30; i++) source.upsert(String(i * 3), `changed ${i}`);
      for (let i = 0; i < 10; i++) source.delete(String(i * 7));
      let id = '';
      for (const { calls, isOrderly } of rounds) {
        const line = new ModelLine(rows);
        const cut = deferred<void>();
        line.onIngest = () => {
          if (line.calls.length < calls) return undefined;
          cut.resolve();
          // Cut off: the process has gone, and nothing answers any more.
          return isOrderly ? undefined : new Promise(() => {});
        };
        const driver = await openJobs(dataDir, { line, sources: [source] });
        if (id === '')
          id = (await driver.jobs.startSync({ source: 'memory', mode: 'incremental', priority: 'low' })).id;
        await Promise.race([cut.promise, driver.ended(id)]);
        if (isOrderly) await driver.stop();
        else await abandon(driver);
      }
      const driver = await openJobs(dataDir, { line: new ModelLine(rows), sources: [source] });
      const job = await driver.ended(id);
      expect(job.state).toBe('finished');
      expect(rows).toEqual(source.contents());
      const { read, unchanged, indexed, deleted, rejected } = job.progress;
      expect([read, rejected]).toEqual([160, 0]);
      expect(unchanged + indexed + deleted).toBe(read);
      await driver.stop();
    }),
    { numRuns: 25 },
  );
});

test('an engine that stops leaves its job STARTED, with all that was in flight done', async () => {
  const [dataDir, source, line] = [temporaryFolder(), sourceOf(100), new ModelLine()];
  const [reached, gate] = [deferred<void>(), deferred<void>()];
  line.onIngest = async () => {
    if (line.calls.length === 3) reached.resolve();
    if (line.calls.length >= 3) await gate.promise;
  };
  const driver = await openJobs(dataDir, { line, sources: [source] });
  const { id } = await driver.jobs.startSync({ source: 'memory', mode: 'incremental', priority: 'high' });
  await reached.promise;
  const watched = driver.ended(id);
  const stopped = driver.jobs.drain(new AbortController().signal);
  await expect(watched).rejects.toMatchObject({ code: 'unavailable' });
  gate.resolve();
  await stopped;
  const done = line.rows.size;
  expect(driver.state.jobs.source('memory').checkpoint).toEqual({ at: done });
  expect(driver.state.jobs.rows()[0]?.job).toMatchObject({ state: 'started', progress: { read: done } });
  await driver.state.close();

  const again = await openJobs(dataDir, { line, sources: [source] });
  expect(await again.ended(id)).toMatchObject({ state: 'finished', attempts: 2, progress: { read: 100 } });
  expect(source.readsFrom).toEqual([null, done]);
  await again.stop();
});

test('a cancelled job stops at once, keeps what is done, and the next sync goes on from there', async () => {
  const [source, line] = [sourceOf(100), new ModelLine()];
  const hung = deferred<void>();
  line.onIngest = (_documents, { signal }) => {
    if (line.calls.length < 4) return undefined;
    hung.resolve();
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  };
  const driver = await openJobs(temporaryFolder(), { line, sources: [source] });
  const { id } = await driver.jobs.startSync({ source: 'memory', mode: 'incremental', priority: 'high' });
  await hung.promise;
  expect(await driver.jobs.cancel(id)).toMatchObject({ state: 'stopped', fault: null });
  expect(await driver.jobs.cancel(id)).toMatchObject({ state: 'stopped' });
  line.onIngest = () => {};
  const next = await driver.sync('memory');
  expect(next.state).toBe('finished');
  expect(source.readsFrom).toEqual([null, 30]);
  expect(line.rows).toEqual(source.contents());
  await driver.stop();
});

test('a line that is down holds a job up, visibly, and does not fail it', async () => {
  const [source, line] = [sourceOf(30), new ModelLine()];
  line.onIngest = () => {
    if (line.calls.length <= 4) throw new KmsError('resource_exhausted', 'the budget of the day is spent');
  };
  const driver = await openJobs(temporaryFolder(), { line, sources: [source] });
  const { id } = await driver.jobs.startSync({ source: 'memory', mode: 'incremental', priority: 'normal' });
  await expect
    .poll(() => driver.jobs.get(id))
    .toMatchObject({ state: 'started', fault: { code: 'resource_exhausted' } });
  expect(await driver.ended(id)).toMatchObject({ state: 'finished', fault: null });
  expect(line.rows).toEqual(source.contents());
  await driver.stop();
});

test('a source that is lost in the middle is read again from the checkpoint, and its changes count once', async () => {
  const [source, line] = [sourceOf(100), new ModelLine()];
  source.failures.push({ after: 3, error: unavailable() }, { after: 2, error: unavailable() });
  const driver = await openJobs(temporaryFolder(), { line, sources: [source] });
  const job = await driver.sync('memory');
  expect(job).toMatchObject({ state: 'finished', progress: { read: 100, indexed: 100 } });
  expect(source.readsFrom).toEqual([null, 30, 50]);
  await driver.stop();
});

test('a source that needs an operator fails its job with the reason, and the checkpoint stays', async () => {
  const [source, line] = [sourceOf(100), new ModelLine()];
  const error = new KmsError('failed_precondition', 'column "title" does not exist');
  source.failures.push({ after: 3, error });
  const driver = await openJobs(temporaryFolder(), { line, sources: [source] });
  const job = await driver.sync('memory');
  expect(job).toMatchObject({
    state: 'failed',
    fault: { code: 'failed_precondition', message: error.message },
  });
  expect(driver.state.jobs.source('memory')).toMatchObject({ checkpoint: { at: 30 }, syncedTimeMs: null });
  await driver.stop();
});

test('one document that is refused lands in the dead letters, and a retry after the fix takes it out', async () => {
  const [dataDir, source, line] = [temporaryFolder(), sourceOf(500), new ModelLine()];
  const facts = { stage: 'clean', deliveries: 4 };
  const poison = new KmsError('poisoned', 'the clean thread died each time', { facts });
  line.refuses = ({ id }) => (id === '321' ? poison : null);
  const driver = await openJobs(dataDir, { line, sources: [source] });
  const job = await driver.sync('memory');
  expect(job).toMatchObject({ state: 'finished', progress: { read: 500, indexed: 499, rejected: 1 } });
  expect(line.rows.size).toBe(499);
  await driver.stop();

  const again = await openJobs(dataDir, { line, sources: [source] });
  const page = { afterId: null, limit: 10 };
  expect(again.deadLetters.list(anyLetter, page)).toMatchObject([
    {
      documentId: '321',
      source: 'memory',
      jobId: job.id,
      stage: 'clean',
      attempts: 4,
      document: { body: 'case 321' },
    },
  ]);
  const call = { signal: new AbortController().signal, deadlineMs: null };
  expect(await again.deadLetters.retry(anyLetter, call)).toEqual({ retried: 1, indexed: 0, failed: 1 });
  expect(again.deadLetters.list(anyLetter, page)).toMatchObject([{ attempts: 5 }]);
  line.refuses = () => null;
  expect(await again.deadLetters.retry(anyLetter, call)).toEqual({ retried: 1, indexed: 1, failed: 0 });
  expect(again.deadLetters.count()).toBe(0);
  expect(line.rows).toEqual(source.contents());
  await again.stop();
});

test('a call that fails as a whole for one of its documents rejects that one alone', async () => {
  const [source, line] = [sourceOf(100), new ModelLine()];
  line.onIngest = (documents) => {
    if (documents.some(({ id }) => id === '42')) throw new RangeError('key too long');
  };
  const driver = await openJobs(temporaryFolder(), { line, sources: [source] });
  expect((await driver.sync('memory')).progress).toMatchObject({ indexed: 99, rejected: 1 });
  expect(
    driver.deadLetters.list({ ...anyLetter, code: 'internal' }, { afterId: null, limit: 9 }),
  ).toHaveLength(1);
  await driver.stop();
});

test('a later version that gets through, or a delete, takes the dead letter away', async () => {
  const [source, line] = [sourceOf(20), new ModelLine()];
  line.refuses = ({ body }) => (/^case [56]$/.test(body) ? new KmsError('internal', 'no') : null);
  const driver = await openJobs(temporaryFolder(), { line, sources: [source] });
  await driver.sync('memory');
  expect(driver.deadLetters.count()).toBe(2);
  source.upsert('5', 'fixed');
  source.delete('6');
  await driver.sync('memory');
  expect(driver.deadLetters.count()).toBe(0);
  await driver.stop();
});

test('when the dead letters are full a job fails in front of the document, and loses nothing', async () => {
  const [source, line] = [sourceOf(60), new ModelLine()];
  line.refuses = ({ id }) => (Number(id) >= 30 ? new KmsError('internal', 'no') : null);
  const driver = await openJobs(temporaryFolder(), { line, sources: [source], lettersMax: 15 });
  const failed = await driver.sync('memory');
  expect(failed).toMatchObject({ state: 'failed', fault: { code: 'failed_precondition' } });
  const { checkpoint } = driver.state.jobs.source('memory');
  expect(Number(checkpoint?.['at'])).toBeLessThanOrEqual(40);
  line.refuses = () => null;
  await driver.deadLetters.purge(anyLetter);
  expect(await driver.sync('memory')).toMatchObject({ state: 'finished' });
  expect([...line.rows.keys()].filter((id) => Number(id) >= 40)).toHaveLength(20);
  await driver.stop();
});

test('a source is synced by one job at a time, and a request joins the one that waits', async () => {
  const sources = ['a', 'b', 'c'].map((name) => sourceOf(20, name));
  const [line, gate] = [new ModelLine(), deferred<void>()];
  line.onIngest = () => gate.promise;
  const driver = await openJobs(temporaryFolder(), { line, sources });
  const start = (source: string, priority: 'high' | 'normal' | 'low' = 'normal') =>
    driver.jobs.startSync({ source, mode: 'incremental', priority });
  const [a, b, c] = [await start('a'), await start('b'), await start('c', 'low')];
  await expect(start('a')).rejects.toMatchObject({ code: 'failed_precondition', facts: { jobId: a.id } });
  await expect(start('d')).rejects.toMatchObject({ code: 'not_found' });
  expect(c.state).toBe('queued');
  // Joined, and raised: there is room for a HIGH one.
  expect(await start('c', 'high')).toMatchObject({ id: c.id, priority: 'high', state: 'started' });
  const page = { states: [], source: '', beforeId: null, limit: 2 };
  expect(driver.jobs.list(page).map(({ id }) => id)).toEqual([c.id, b.id]);
  expect(driver.jobs.list({ ...page, beforeId: b.id }).map(({ id }) => id)).toEqual([a.id]);
  gate.resolve();
  for (const { id } of [a, b, c]) expect(await driver.ended(id)).toMatchObject({ state: 'finished' });
  await driver.stop();
});

test('a source that says it has changed is synced, also when that happens during a sync', async () => {
  const [source, line] = [
    new MemorySource('memory', { everyMs: 3_600_000, isWatched: true }),
    new ModelLine(),
  ];
  const driver = await openJobs(temporaryFolder(), { line, sources: [source] });
  // Never read: the first sync is due at once.
  await expect.poll(() => driver.jobs.sources()[0]?.syncedTimeMs ?? null).not.toBeNull();
  expect(driver.jobs.sources()[0]?.nextTimeMs).toBeGreaterThan(0);
  let isLate = true;
  source.upsert('1', 'one');
  source.onBatch = () => {
    if (isLate) source.upsert('2', 'two');
    isLate = false;
  };
  await expect
    .poll(() => line.rows, { timeout: 20_000 })
    .toEqual(
      new Map([
        ['1', 'one'],
        ['2', 'two'],
      ]),
    );
  await driver.stop();
});
