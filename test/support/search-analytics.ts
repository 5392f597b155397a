// Analytics of searches for tests: a real log in a folder, or none, and searches to remember.

import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { DocumentKey } from '../../src/model/document.ts';
import { plainSearch, type SearchAnswer, type SearchHit, type SearchQuery } from '../../src/model/query.ts';
import {
  SearchAnalytics,
  type SearchAnalyticsOptions,
} from '../../src/pipeline/analytics/search-analytics.ts';
import { openSearchLog, type SearchLogStore } from '../../src/storage/search-log-store.ts';
import type { GrpcHarness } from './grpc-harness.ts';
import { storedDocument } from './stored-document.ts';
import { temporaryFolder } from './temporary-folder.ts';

export function analyticsOf(
  store: SearchLogStore | null,
  options: Partial<SearchAnalyticsOptions> = {},
): SearchAnalytics {
  const quiet = () => {};
  return new SearchAnalytics({
    store,
    days: 30,
    keepsTexts: false,
    slowMs: 100,
    searchesMax: 1_000_000,
    clock: systemClock,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    onDropped: quiet,
    onFeedback: quiet,
    ...options,
  });
}

/** Inside a test: lets the harness's engine remember searches in a real log, until the test has finished. */
export async function rememberIn(
  { engine }: GrpcHarness,
  { keepsTexts }: { readonly keepsTexts: boolean } = { keepsTexts: true },
): Promise<SearchAnalytics> {
  const store = await openSearchLog(temporaryFolder(), systemClock);
  const analytics = analyticsOf(store, { keepsTexts });
  engine.analytics = analytics;
  onTestFinished(() => analytics.close());
  return analytics;
}

export function textQuery(text: string, query: Partial<SearchQuery> = {}): SearchQuery {
  return {
    ...plainSearch,
    target: { type: 'text', text },
    collections: [],
    limit: 10,
    mode: 'hybrid',
    ...query,
  };
}

/** An answer with these hits, best first. */
export function answerWith(
  keys: readonly DocumentKey[],
  timings: Partial<SearchAnswer['timings']> = {},
): Omit<SearchAnswer, 'searchId'> {
  return {
    hits: keys.map(hitOf),
    timings: { embedMs: 1, searchMs: 2, rankMs: 0, rerankMs: 0, fetchMs: 0, totalMs: 3, ...timings },
    facets: [],
    filterPlan: 'none',
    rerank: 'none',
    correctedText: '',
    explanation: null,
  };
}

function hitOf(key: DocumentKey): SearchHit {
  const document = storedDocument(key);
  return {
    document,
    cosine: 0.5,
    lexicalScore: 1,
    score: 0.5,
    confidence: 0.5,
    isPinned: false,
    matchedTerms: [],
    snippet: '',
    highlights: [],
    duplicates: [],
    explanation: null,
  };
}
