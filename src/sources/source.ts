// What every reader of documents offers. A source is read in one fixed order, says after each entry where it stands,
// and can be taken up again from there.

import type { FieldViolation } from '../base/errors.ts';
import type { Attributes } from '../model/document.ts';

/** A document as a file describes it. Its shape is right; what only the engine knows (limits, media types) it checks. */
export interface SourceDocument {
  readonly id: string;
  /** Empty: the engine's default. */
  readonly collection: string;
  readonly title: string;
  readonly body: string;
  readonly mediaType: string;
  readonly attributes: Attributes;
  /** Milliseconds since 1970 (UTC). */
  readonly updateTimeMs: number | null;
  /** Finite; owns its whole ArrayBuffer. */
  readonly embedding: Float32Array | null;
}

/** A place between two entries. */
export interface SourcePosition {
  /** Lines (JSON Lines, CSV) or files (folder) that lie before it. */
  readonly record: number;
  /** Bytes that lie before it; against `bytesTotal` this is the progress. */
  readonly offset: number;
}

export type SourceEntry =
  | {
      readonly type: 'document';
      /** Reading from here gives exactly the entries after this one. */
      readonly position: SourcePosition;
      /** Where a person looks for it: `line 12`, `guides/setup.md`. */
      readonly place: string;
      readonly document: SourceDocument;
    }
  | {
      readonly type: 'rejected';
      readonly position: SourcePosition;
      readonly place: string;
      /** Null when it could not be read. */
      readonly id: string | null;
      readonly violations: readonly FieldViolation[];
    };

export interface DocumentSource {
  readonly bytesTotal: number | null;
  /** Equal exactly when positions mean the same; null: cannot be taken up again (a pipe). */
  readonly identity: string | null;
  /** Entries after `from`; null: all. One malformed entry never ends the reading; a fault of the whole source throws. */
  read(from: SourcePosition | null): AsyncIterable<SourceEntry>;
}

export const sourceLimits = {
  /** One line of JSON Lines or one CSV record: a body of 4 MiB, escaped, and its vector. */
  recordBytesMax: 16 * 1024 * 1024,
  /** One file of a folder. */
  fileBytesMax: 4 * 1024 * 1024,
  /** Files of one folder: their paths are held in memory, some 200 bytes each. */
  filesMax: 1_000_000,
} as const;
