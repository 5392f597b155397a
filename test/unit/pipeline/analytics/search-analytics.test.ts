// What is remembered of searches, over a real log on disk and a clock moved by hand.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { SearchAnalyticsOptions } from '../../../../src/pipeline/analytics/search-analytics.ts';
import { openSearchLog, type SearchLogStore } from '../../../../src/storage/search-log-store.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { analyticsOf, answerWith, textQuery } from '../../../support/search-analytics.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const dayMs = 86_400_000;
const key = (id: string) => ({ collection: 'cases', id });
const call = { signal: new AbortController().signal, deadlineMs: null };

async function remembering(options: Partial<SearchAnalyticsOptions> = {}, dataDir = temporaryFolder()) {
  const clock = new ManualClock();
  const store = await openSearchLog(dataDir, clock);
  const analytics = analyticsOf(store, { clock, ...options });
  onTestFinished(() => analytics.close());
  const report = (windowMs = dayMs) => analytics.report({ windowMs, limit: 20 }, call);
  return { clock, store, analytics, dataDir, report };
}

async function allJudgements(analytics: Awaited<ReturnType<typeof remembering>>['analytics']) {
  const judgements = [];
  for await (const part of analytics.judgements({ windowMs: dayMs }, call.signal)) judgements.push(...part);
  return judgements;
}

function bytesIn(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('');
}

describe('what is kept', () => {
  test('the text of a query is nowhere on disk, and its hash is there', async () => {
    const { analytics, dataDir, report } = await remembering();
    analytics.observe(textQuery('Zwetschgendatschi recipe'), answerWith([]));
    const { zeroResultQueries } = await report();
    expect(zeroResultQueries).toMatchObject([{ text: '', searches: 1 }]);
    await analytics.close();
    const bytes = bytesIn(dataDir);
    expect(bytes).not.toMatch(/zwetschgendatschi/i);
    expect(bytes).toContain(zeroResultQueries[0]?.textHash);
  });

  test('with KMS_ANALYTICS_TEXTS the cleaned text is', async () => {
    const { analytics, report } = await remembering({ keepsTexts: true });
    analytics.observe(textQuery('  login\tloop '), answerWith([]));
    expect((await report()).zeroResultQueries).toMatchObject([{ text: 'login loop' }]);
  });

  test('of a long text only the beginning is kept, and two that begin alike are two', async () => {
    const { analytics, report } = await remembering({ keepsTexts: true });
    for (const end of ['a', 'b'])
      analytics.observe(textQuery(`${'word '.repeat(1_000)}${end}`), answerWith([]));
    const { zeroResultQueries } = await report();
    expect(zeroResultQueries.map(({ text }) => text.length)).toEqual([1_024, 1_024]);
  });

  test('equal texts have equal hashes within one folder, and others in another folder', async () => {
    const hashes: string[] = [];
    for (const _folder of [1, 2]) {
      const { analytics, report } = await remembering();
      analytics.observe(textQuery('login loop'), answerWith([]));
      analytics.observe(textQuery('login  loop '), answerWith([]));
      const { zeroResultQueries } = await report();
      expect(zeroResultQueries).toMatchObject([{ searches: 2 }]);
      hashes.push(zeroResultQueries[0]?.textHash ?? '');
    }
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  test('a search is on disk a second later by itself', async () => {
    const { clock, store, analytics } = await remembering();
    const id = analytics.observe(textQuery('login'), answerWith([key('a')]));
    expect(store.search(id)).toBeUndefined();
    clock.advance(1_000);
    await analytics.flush();
    expect(store.search(id)).toMatchObject({ mode: 'hybrid', hitCount: 1, hits: [key('a')], words: 1 });
  });

  test('searches are forgotten when they are too old, with the feedback on them', async () => {
    const { clock, store, analytics } = await remembering({ days: 2 });
    const old = analytics.observe(textQuery('login'), answerWith([key('a')]));
    await analytics.recordFeedback({ searchId: old, document: key('a'), kind: 'clicked' });
    clock.advance(1.5 * dayMs);
    const young = analytics.observe(textQuery('login'), answerWith([key('a')]));
    await analytics.flush();
    expect(store.search(old)).toBeDefined();
    clock.advance(dayMs);
    await analytics.flush();
    expect(store.search(old)).toBeUndefined();
    expect(store.feedbackOn(old)).toEqual([]);
    expect(store.search(young)).toBeDefined();
    expect(analytics.stored).toBe(1);
  });

  test('no more than so many are kept, the newest, and the report says how many are not', async () => {
    const { analytics, report, store } = await remembering({ searchesMax: 10 });
    const ids = Array.from({ length: 25 }, () => analytics.observe(textQuery('x y'), answerWith([])));
    expect(await report()).toMatchObject({ searches: 10, dropped: 15 });
    expect(ids.filter((id) => store.search(id) !== undefined)).toEqual(ids.slice(15));
  });

  test('memory is bounded while nothing is written: what does not fit is dropped and counted', async () => {
    let dropped = 0;
    const onDropped = (count: number) => {
      dropped += count;
    };
    const { analytics, report } = await remembering({ onDropped });
    for (let i = 0; i < 10_003; i++) analytics.observe(textQuery('x'), answerWith([]));
    expect(dropped).toBe(3);
    expect(await report()).toMatchObject({ searches: 10_000 });
    for (let i = 0; i < 600; i++) analytics.observe(textQuery('why not '.repeat(4_096)), answerWith([]));
    expect(dropped).toBe(3 + 600 - 256);
  });

  test('a log that cannot be written fails no search, and says so once', async () => {
    const complaints: string[] = [];
    const log = {
      debug: () => {},
      info: () => {},
      error: () => {},
      warn: (_fields: object, text?: string) => void complaints.push(text ?? ''),
    };
    const broken = {
      hashKey: Buffer.alloc(32),
      newestId: () => null,
      count: () => 0,
      append: () => Promise.reject(new Error('no space left')),
      prune: () => Promise.resolve(0),
      close: () => Promise.resolve(),
    } as unknown as SearchLogStore;
    let dropped = 0;
    const onDropped = (count: number) => {
      dropped += count;
    };
    const analytics = analyticsOf(broken, { clock: new ManualClock(), log, onDropped });
    for (let i = 0; i < 3; i++) {
      expect(analytics.observe(textQuery('x'), answerWith([]))).not.toBe('');
      await analytics.flush();
    }
    expect(dropped).toBe(3);
    expect(complaints).toHaveLength(1);
  });

  test('without a log every search still has an id of its own', () => {
    const analytics = analyticsOf(null, { clock: new ManualClock() });
    const ids = [1, 2, 3].map(() => analytics.observe(textQuery('x'), answerWith([])));
    expect(new Set(ids).size).toBe(3);
    expect([...ids].sort()).toEqual(ids);
  });
});

describe('feedback', () => {
  test('is taken for a search that is not on disk yet', async () => {
    const { analytics, report } = await remembering();
    const searchId = analytics.observe(textQuery('login'), answerWith([key('a'), key('b')]));
    await analytics.recordFeedback({ searchId, document: key('b'), kind: 'clicked' });
    expect(await report()).toMatchObject({ searches: 1, withClicks: 1, clickReciprocalRank: 0.5 });
  });

  test('outlives a restart, and so does the search it is about', async () => {
    const first = await remembering({ keepsTexts: true });
    const searchId = first.analytics.observe(textQuery('login'), answerWith([key('a')]));
    await first.analytics.recordFeedback({ searchId, document: key('a'), kind: 'solved' });
    // No flush: a crash would not flush either.
    await first.store.close();
    const second = await remembering({ keepsTexts: true }, first.dataDir);
    expect(await allJudgements(second.analytics)).toMatchObject([
      { text: 'login', document: key('a'), relevance: 2 },
    ]);
    expect(second.analytics.observe(textQuery('login'), answerWith([])) > searchId).toBe(true);
  });

  test('the last word on a hit counts, and the first hit that was opened decides the rank', async () => {
    const { analytics, report } = await remembering();
    const searchId = analytics.observe(textQuery('login'), answerWith([key('a'), key('b'), key('c')]));
    await analytics.recordFeedback({ searchId, document: key('c'), kind: 'clicked' });
    await analytics.recordFeedback({ searchId, document: key('b'), kind: 'clicked' });
    expect((await report()).clickReciprocalRank).toBe(0.5);
    await analytics.recordFeedback({ searchId, document: key('b'), kind: 'not_relevant' });
    expect((await report()).clickReciprocalRank).toBeCloseTo(1 / 3);
  });

  test('ranks count on over pages', async () => {
    const { analytics, report } = await remembering();
    const searchId = analytics.observe(textQuery('login', { offset: 10 }), answerWith([key('a'), key('b')]));
    await analytics.recordFeedback({ searchId, document: key('b'), kind: 'clicked' });
    expect((await report()).clickReciprocalRank).toBeCloseTo(1 / 12);
  });

  test('on a search that nobody knows is not_found, on a document that was no hit invalid_argument', async () => {
    const { analytics } = await remembering();
    const searchId = analytics.observe(textQuery('login'), answerWith([key('a')]));
    const unknown = analytics.recordFeedback({ searchId: 'nope', document: key('a'), kind: 'clicked' });
    await expect(unknown).rejects.toMatchObject({ code: 'not_found' });
    const stranger = analytics.recordFeedback({ searchId, document: key('z'), kind: 'clicked' });
    await expect(stranger).rejects.toMatchObject({
      code: 'invalid_argument',
      violations: [{ field: 'document' }],
    });
  });

  test('of any number that comes at once, no more is kept than goes with the search', async () => {
    const { store, analytics } = await remembering({ days: 1 });
    const keys = Array.from({ length: 30 }, (_, i) => key(`d${i}`));
    const searchId = analytics.observe(textQuery('login'), answerWith(keys));
    const said = Array.from({ length: 150 }, (_, i) =>
      analytics.recordFeedback({ searchId, document: key(`e${i}`), kind: 'clicked' }),
    );
    const refused = (await Promise.allSettled(said)).filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(50);
    expect(await store.prune('zzzz', 10)).toBe(1);
    expect(store.feedbackOn(searchId)).toEqual([]);
  });

  test('on a hit further down than what is recorded is taken without a rank', async () => {
    const { analytics, report } = await remembering();
    const keys = Array.from({ length: 30 }, (_, i) => key(`d${i}`));
    const searchId = analytics.observe(textQuery('login'), answerWith(keys));
    await analytics.recordFeedback({ searchId, document: key('d25'), kind: 'clicked' });
    expect(await report()).toMatchObject({ withClicks: 1, clickReciprocalRank: 0 });
  });
});

describe('judgements', () => {
  test('join equal texts, and the highest grade of a document stands', async () => {
    const { analytics } = await remembering({ keepsTexts: true });
    const search = (text: string) => analytics.observe(textQuery(text), answerWith([key('a'), key('b')]));
    const [one, two, other] = [search('login'), search('login '), search('print')];
    await analytics.recordFeedback({ searchId: one, document: key('a'), kind: 'solved' });
    await analytics.recordFeedback({ searchId: two, document: key('a'), kind: 'clicked' });
    await analytics.recordFeedback({ searchId: two, document: key('b'), kind: 'not_relevant' });
    await analytics.recordFeedback({ searchId: other, document: key('b'), kind: 'clicked' });
    const judgements = await allJudgements(analytics);
    expect(judgements).toMatchObject([
      { text: 'login', document: key('a'), relevance: 2 },
      { text: 'login', document: key('b'), relevance: 0 },
      { text: 'print', document: key('b'), relevance: 1 },
    ]);
    expect(judgements[0]?.queryId).toBe(judgements[1]?.queryId);
  });

  test('are refused where texts are not kept', async () => {
    const { analytics } = await remembering();
    await expect(allJudgements(analytics)).rejects.toMatchObject({ code: 'failed_precondition' });
  });
});

describe('a report', () => {
  test('counts what is in its window, and only that', async () => {
    const { clock, analytics, report } = await remembering({ slowMs: 50 });
    analytics.observe(textQuery('old'), answerWith([]));
    clock.advance(2 * dayMs);
    analytics.observe(textQuery('a', { mode: 'lexical' }), answerWith([key('x')], { totalMs: 60 }));
    analytics.observe(textQuery('b'), answerWith([], { totalMs: 10 }));
    analytics.observe(textQuery('b', { offset: 10 }), answerWith([], { totalMs: 5 }));
    const vector = { type: 'vector', vector: new Float32Array(4) } as const;
    analytics.observe({ ...textQuery(''), target: vector, mode: 'semantic' }, answerWith([]));
    const found = await report();
    expect(found).toMatchObject({
      searches: 4,
      zeroResults: 2,
      slow: 1,
      searchesByMode: { lexical: 1, hybrid: 2, semantic: 1 },
    });
    expect(found.slowest.map(({ totalMs }) => totalMs)).toEqual([60, 10, 5, 3]);
    expect(found.zeroResultQueries).toHaveLength(1);
    expect(found.keptSinceMs).toBe(clock.epochMs() - 2 * dayMs);
  });

  test('percentiles are at most a twentieth above the true ones', async () => {
    const { analytics, report } = await remembering();
    const latencies = Array.from({ length: 1_000 }, (_, i) => 0.5 + i * 0.37);
    for (const totalMs of latencies) analytics.observe(textQuery('x'), answerWith([], { totalMs }));
    const { p50Ms, p95Ms, p99Ms } = await report();
    for (const [found, share] of [[p50Ms, 0.5] as const, [p95Ms, 0.95] as const, [p99Ms, 0.99] as const]) {
      const exact = latencies[Math.ceil(share * latencies.length) - 1] as number;
      expect(found).toBeGreaterThanOrEqual(exact * 0.999);
      expect(found).toBeLessThanOrEqual(exact * 1.051);
    }
  });

  test('ends when its caller has gone', async () => {
    const { analytics } = await remembering();
    for (let i = 0; i < 500; i++) analytics.observe(textQuery('x'), answerWith([]));
    const gone = AbortSignal.abort(new Error('gone'));
    const asked = analytics.report({ windowMs: dayMs, limit: 1 }, { signal: gone, deadlineMs: null });
    await expect(asked).rejects.toThrow('gone');
  });

  test('is refused when nothing is remembered', async () => {
    const analytics = analyticsOf(null, { clock: new ManualClock() });
    const asked = analytics.report({ windowMs: dayMs, limit: 1 }, call);
    await expect(asked).rejects.toMatchObject({ code: 'failed_precondition' });
  });
});
