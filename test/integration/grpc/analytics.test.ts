// Feedback, reports and judgements against a real server on a real socket, over a real log.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Judgement__Output } from '../../../src/grpc/generated/kms/v1/Judgement.ts';
import { failureOf, type GrpcHarness, startGrpcHarness } from '../../support/grpc-harness.ts';
import { answerWith, rememberIn, textQuery } from '../../support/search-analytics.ts';

const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const FAILED_PRECONDITION = 9;

let harness: GrpcHarness;
beforeEach(async () => {
  harness = await startGrpcHarness();
});
afterEach(() => harness.stop());

const a = { collection: 'cases', id: 'a' };

async function exported(): Promise<Judgement__Output[]> {
  const judgements: Judgement__Output[] = [];
  for await (const part of harness.client.exportJudgements({})) judgements.push(...part.judgements);
  return judgements;
}

describe('RecordFeedback', () => {
  test('each kind becomes a judgement of its grade; the default collection is filled in', async () => {
    const analytics = await rememberIn(harness);
    const kinds = ['FEEDBACK_KIND_CLICKED', 'FEEDBACK_KIND_SOLVED', 'FEEDBACK_KIND_NOT_RELEVANT'] as const;
    for (const kind of kinds) {
      const searchId = analytics.observe(textQuery(kind), answerWith([a]));
      await harness.client.recordFeedback({ searchId, document: { id: 'a' }, kind });
    }
    expect(await exported()).toMatchObject([
      { text: 'FEEDBACK_KIND_CLICKED', collection: 'cases', documentId: 'a', relevance: 1 },
      { relevance: 2 },
      { relevance: 0 },
    ]);
  });

  test('names every field that is wrong', async () => {
    await rememberIn(harness);
    const empty = await failureOf(harness.client.recordFeedback({}));
    expect(empty.code).toBe(INVALID_ARGUMENT);
    expect(empty.violations.map(({ field }) => field)).toEqual(['search_id', 'kind', 'document']);
    const document = { collection: 'No Such', id: '' };
    const wrong = await failureOf(
      harness.client.recordFeedback({ searchId: 's', document, kind: 'FEEDBACK_KIND_CLICKED' }),
    );
    expect(wrong.violations.map(({ field }) => field)).toEqual(['document.id', 'document.collection']);
  });

  test('on a search that is not remembered is NOT_FOUND; with no log at all FAILED_PRECONDITION', async () => {
    const request = { searchId: 's', document: a, kind: 'FEEDBACK_KIND_CLICKED' } as const;
    expect((await failureOf(harness.client.recordFeedback(request))).code).toBe(FAILED_PRECONDITION);
    await rememberIn(harness);
    expect((await failureOf(harness.client.recordFeedback(request))).code).toBe(NOT_FOUND);
  });
});

describe('GetSearchReport', () => {
  test('carries counts, percentiles, modes and both lists', async () => {
    const analytics = await rememberIn(harness);
    analytics.observe(textQuery('gone', { mode: 'lexical' }), answerWith([], { totalMs: 400 }));
    const searchId = analytics.observe(textQuery('login'), answerWith([a]));
    await analytics.recordFeedback({ searchId, document: a, kind: 'clicked' });
    const report = await harness.client.getSearchReport({ limit: 1 });
    expect(report).toMatchObject({
      searches: '2',
      zeroResults: '1',
      withClicks: '1',
      slow: '1',
      clickReciprocalRank: 1,
      searchesByMode: { lexical: '1', hybrid: '1', semantic: '0' },
      slowest: [{ text: 'gone', mode: 'lexical', totalMs: 400, words: 1, hits: 0, filtered: false }],
      zeroResultQueries: [{ text: 'gone', searches: '1' }],
      dropped: '0',
    });
    expect(report.keptSince).not.toBeNull();
    expect(report.p99Ms).toBeGreaterThanOrEqual(400);
  });

  test('refuses windows and limits that are none', async () => {
    await rememberIn(harness);
    const requests = [
      { window: { seconds: 0 } },
      { window: { seconds: 4e8 } },
      { limit: -1 },
      { limit: 1_001 },
    ];
    const fields = [];
    for (const request of requests) {
      const { code, violations } = await failureOf(harness.client.getSearchReport(request));
      expect(code).toBe(INVALID_ARGUMENT);
      fields.push(violations[0]?.field);
    }
    expect(fields).toEqual(['window', 'window', 'limit', 'limit']);
  });
});

describe('ExportJudgements', () => {
  test('loses none of thousands, however slowly they are read', async () => {
    const analytics = await rememberIn(harness);
    const recorded = Array.from({ length: 2_100 }, (_, i) => {
      const searchId = analytics.observe(textQuery(`query ${i}`), answerWith([a]));
      return analytics.recordFeedback({ searchId, document: a, kind: 'clicked' });
    });
    await Promise.all(recorded);
    const texts = new Set((await exported()).map(({ text }) => text));
    expect(texts.size).toBe(2_100);
  });

  test('is refused where texts are not kept', async () => {
    await rememberIn(harness, { keepsTexts: false });
    expect((await failureOf(exported())).code).toBe(FAILED_PRECONDITION);
  });
});
