// What goes into and comes out of the extract actor.

import type { Task } from '../../actor/actor.ts';
import type { Fault } from '../../base/errors.ts';
import type { Document } from '../../model/document.ts';

export interface RawBatch {
  readonly documents: readonly Document[];
  /** Part of the content hash: an unchanged text is new work in a new vector space. */
  readonly generation: string;
}

/** A document's plain text: title and body without markup, quoted mail and signatures. */
export interface ExtractedText {
  readonly status: 'ok';
  readonly title: string;
  readonly text: string;
  /** 32 hex digits over everything that decides the vectors: title, body, media type, own embedding, generation. */
  readonly contentHash: string;
  /** 32 hex digits over attributes and update time. */
  readonly attributesHash: string;
}

export interface FailedItem {
  readonly status: 'failed';
  readonly fault: Fault;
}

/** Index-aligned with the batch that was asked. */
export interface ExtractedBatch {
  readonly items: readonly (ExtractedText | FailedItem)[];
}

export interface ExtractTasks {
  extract: Task<RawBatch, ExtractedBatch>;
}
