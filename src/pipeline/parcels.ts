// Documents on their way through the line, each with the place of its result, so that one may leave the line anywhere and
// its neighbours go on.

import type { Fault } from '../base/errors.ts';
import type { Document, IngestResult } from '../model/document.ts';
import type { ExtractedText, FailedItem } from '../stages/extract/extract-messages.ts';
import type { CommitReceipt } from '../stages/index/index-messages.ts';
import type { PreparedDocument } from './prepared-document.ts';
import { isFailed } from './stage-calls.ts';

/** A document, and where its result goes. */
export interface Parcel {
  readonly position: number;
  readonly document: Document;
}

export interface ExtractedParcel extends Parcel {
  readonly extracted: ExtractedText;
}

export interface PreparedParcel extends ExtractedParcel {
  readonly prepared: PreparedDocument;
}

/** Pairs each parcel with its reply; the failed ones get their result here and leave the line. */
export function pairUp<P extends Parcel, Reply>(
  parcels: readonly P[],
  replies: readonly (Reply | FailedItem)[],
  results: IngestResult[],
): [P, Reply][] {
  const pairs: [P, Reply][] = [];
  for (const [i, parcel] of parcels.entries()) {
    const reply = replies[i] as Reply | FailedItem;
    if (isFailed(reply)) results[parcel.position] = rejected(parcel, reply.fault);
    else pairs.push([parcel, reply]);
  }
  return pairs;
}

export function resultOf(parcel: Parcel, receipt: Exclude<CommitReceipt, { type: 'stale' }>): IngestResult {
  if (receipt.type === 'failed') return rejected(parcel, receipt.fault);
  const outcome = receipt.type === 'written' ? 'indexed' : 'unchanged';
  return { outcome, id: parcel.document.id, commitSequence: receipt.commitSequence };
}

export function rejected(parcel: Parcel, fault: Fault): IngestResult {
  return { outcome: 'rejected', id: parcel.document.id, fault };
}
