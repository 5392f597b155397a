// A document that could not be indexed and that no client waits for, or that no repetition helps: kept with everything
// that is needed to find out why, and to send it again.

import type { Fault } from '../base/errors.ts';
import type { Document } from './document.ts';

export interface DeadLetter {
  /** Sorts by time. */
  readonly id: string;
  readonly collection: string;
  /** Empty when the source could not even tell the document's id. */
  readonly documentId: string;
  /** The source it came from; empty: a client. */
  readonly source: string;
  readonly jobId: string;
  /** Where it failed: read, extract, clean, embed, index. */
  readonly stage: string;
  readonly fault: Fault;
  /** How often it was tried, retries included. */
  readonly attempts: number;
  readonly createdTimeMs: number;
  readonly lastTriedTimeMs: number;
  /** What to send again; null when it never became a document. */
  readonly document: Document | null;
  /** The raw row as JSON text, cut to a bound, where `document` is null. */
  readonly raw: string;
}

/** All given parts must match. Empty: all. */
export interface DeadLetterFilter {
  readonly ids: readonly string[];
  readonly collection: string;
  readonly source: string;
  readonly stage: string;
  /** The fault's code. */
  readonly code: string;
}
