// Feedback and reports on searches, between the wire and the model.

import type { DocumentKey } from '../model/document.ts';
import {
  type FeedbackKind,
  feedbackKinds,
  type Judgement,
  type SearchRecord,
  type SearchReport,
} from '../model/search-record.ts';
import type { Duration__Output } from './generated/google/protobuf/Duration.ts';
import type { ExportJudgementsResponse } from './generated/kms/v1/ExportJudgementsResponse.ts';
import type { GetSearchReportResponse } from './generated/kms/v1/GetSearchReportResponse.ts';
import type { RecordFeedbackRequest__Output } from './generated/kms/v1/RecordFeedbackRequest.ts';
import type { ReportedSearch } from './generated/kms/v1/ReportedSearch.ts';
import type { InputFaults } from './input-faults.ts';
import { timeToWire } from './wire-answer.ts';
import {
  checkEngineId,
  checkId,
  collectionFromWire,
  durationMsFromWire,
  enumFromWire,
} from './wire-checks.ts';

const dayMs = 86_400_000;
/** Ten years: more than is ever kept. */
const windowMsMax = 3_650 * dayMs;

/** Feedback, of use only when no fault was added. */
export function feedbackFromWire(
  wire: RecordFeedbackRequest__Output,
  faults: InputFaults,
): { readonly searchId: string; readonly document: DocumentKey; readonly kind: FeedbackKind } {
  checkEngineId(wire.searchId, 'search_id', faults);
  const words = { prefix: 'FEEDBACK_KIND_', words: feedbackKinds };
  const kind = enumFromWire(wire.kind, words, 'kind', faults) ?? 'clicked';
  const { document } = wire;
  if (document === null) faults.add('document', 'is not set: name the hit by collection and id');
  else checkId(document.id, 'document.id', faults);
  return {
    searchId: wire.searchId,
    kind,
    document: {
      collection: collectionFromWire(document?.collection ?? '', 'document.collection', faults),
      id: document?.id ?? '',
    },
  };
}

/** A window in milliseconds. */
export function windowFromWire(
  window: Duration__Output | null,
  defaultMs: number,
  faults: InputFaults,
): number {
  if (window === null) return defaultMs;
  const windowMs = durationMsFromWire(window, 'window', faults);
  if (windowMs === null) return defaultMs;
  if (!(windowMs > 0 && windowMs <= windowMsMax))
    faults.add('window', `is ${windowMs / 1000} s: above 0, at most 3650 days`);
  return windowMs;
}

/** `GetSearchReportRequest.window` when it is not set. */
export const reportWindowMs = dayMs;
/** `ExportJudgementsRequest.window` when it is not set: all that is kept. */
export const judgementsWindowMs = windowMsMax;

export function reportToWire(report: SearchReport): GetSearchReportResponse {
  return {
    searches: report.searches,
    zeroResults: report.zeroResults,
    withClicks: report.withClicks,
    slow: report.slow,
    p50Ms: report.p50Ms,
    p95Ms: report.p95Ms,
    p99Ms: report.p99Ms,
    clickReciprocalRank: report.clickReciprocalRank,
    searchesByMode: { ...report.searchesByMode },
    slowest: report.slowest.map(searchToWire),
    zeroResultQueries: report.zeroResultQueries.map(({ text, textHash, searches, lastTimeMs }) => ({
      text,
      textHash,
      searches,
      lastTime: timeToWire(lastTimeMs),
    })),
    keptSince: report.keptSinceMs === null ? null : timeToWire(report.keptSinceMs),
    dropped: report.dropped,
  };
}

function searchToWire(search: SearchRecord): ReportedSearch {
  return {
    searchId: search.id,
    time: timeToWire(search.timeMs),
    mode: search.mode,
    text: search.text,
    textHash: search.textHash,
    characters: search.characters,
    words: search.words,
    hits: search.hitCount,
    totalMs: search.totalMs,
    embedMs: search.embedMs,
    searchMs: search.searchMs,
    filtered: search.isFiltered,
  };
}

export function judgementsToWire(judgements: readonly Judgement[]): ExportJudgementsResponse {
  return {
    judgements: judgements.map(({ queryId, text, document, relevance }) => ({
      queryId,
      text,
      collection: document.collection,
      documentId: document.id,
      relevance,
    })),
  };
}
