// A document's record as it lies on disk: its values by place, without their names. With the names in every row, as
// msgpack writes objects, a short document took twice the space and reading it four times as long (2.8 µs, now 0.6).
// Rows of the older form are read as they are, and replaced when their documents change.

import type { AttributeValue, MediaType } from '../model/document.ts';
import type { DocumentRecord } from './document-record.ts';

export type DocumentRow = readonly [
  title: string,
  body: string,
  mediaType: MediaType,
  attributes: readonly (readonly [string, AttributeValue])[],
  updateTimeMs: number | null,
  contentHash: string,
  attributesHash: string,
  text: string,
  spans: readonly number[],
  titleLength: number | null,
  firstLabel: number,
  labelCount: number,
  generation: string,
  commitSequence: number,
  commitTimeMs: number,
];

export function toDocumentRow(record: DocumentRecord): DocumentRow {
  return [
    record.title,
    record.body,
    record.mediaType,
    record.attributes,
    record.updateTimeMs,
    record.contentHash,
    record.attributesHash,
    record.text,
    record.spans,
    record.titleLength ?? null,
    record.labels.first,
    record.labels.count,
    record.generation,
    record.commitSequence,
    record.commitTimeMs,
  ];
}

/** `stored`: a row, or what an engine of format 1 wrote. */
export function documentRecordOf(stored: DocumentRow | DocumentRecord): DocumentRecord {
  if (!isRow(stored)) return stored;
  const titleLength = stored[9];
  return {
    title: stored[0],
    body: stored[1],
    mediaType: stored[2],
    attributes: stored[3],
    updateTimeMs: stored[4],
    contentHash: stored[5],
    attributesHash: stored[6],
    text: stored[7],
    spans: stored[8],
    ...(titleLength === null ? {} : { titleLength }),
    labels: { first: stored[10], count: stored[11] },
    generation: stored[12],
    commitSequence: stored[13],
    commitTimeMs: stored[14],
  };
}

function isRow(stored: DocumentRow | DocumentRecord): stored is DocumentRow {
  return Array.isArray(stored);
}
