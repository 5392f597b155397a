// Documents and results from the model to the wire.

import { assertNever } from '../base/assert.ts';
import type {
  Attributes,
  AttributeValue,
  Document,
  IngestResult,
  StoredDocument,
} from '../model/document.ts';
import type { Timestamp } from './generated/google/protobuf/Timestamp.ts';
import type { AttributeValue as WireAttributeValue } from './generated/kms/v1/AttributeValue.ts';
import type { Document as WireDocument } from './generated/kms/v1/Document.ts';
import type { DocumentResult } from './generated/kms/v1/DocumentResult.ts';
import { toWireError } from './status.ts';
import { vectorToWire } from './wire-vector.ts';

/** Room for the fields of fixed size, tags, hash and generation of one document. */
const documentOverheadBytes = 512;

export interface AnswerOptions {
  readonly omitBody: boolean;
}

export function documentToWire(document: StoredDocument, { omitBody }: AnswerOptions): WireDocument {
  return {
    ...sentDocumentToWire(document),
    ...(omitBody ? { body: '' } : {}),
    contentHash: document.contentHash,
    commitSequence: document.commitSequence,
    commitTime: timeToWire(document.commitTimeMs),
    generation: document.generation,
    chunkCount: document.chunkCount,
    ...(document.vectors === null ? {} : { embedding: vectorToWire(document.vectors) }),
  };
}

/** A document as it was sent in, without its embedding. */
export function sentDocumentToWire(document: Omit<Document, 'embedding'>): WireDocument {
  return {
    id: document.id,
    collection: document.collection,
    title: document.title,
    body: document.body,
    mediaType: document.mediaType,
    attributes: attributesToWire(document.attributes),
    updateTime: document.updateTimeMs === null ? null : timeToWire(document.updateTimeMs),
  };
}

function attributesToWire(attributes: Attributes): Record<string, WireAttributeValue> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, attributeToWire(value)]),
  );
}

function attributeToWire(value: AttributeValue): WireAttributeValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if ('timeMs' in value) return { timeValue: timeToWire(value.timeMs) };
  return { stringListValue: { values: [...value] } };
}

export function timeToWire(timeMs: number): Timestamp {
  const seconds = Math.floor(timeMs / 1000);
  return { seconds, nanos: Math.floor((timeMs - seconds * 1000) * 1e6) };
}

/** About how many bytes a document takes on the wire; a little more than it really does. */
export function documentBytes(
  document: Omit<Document, 'embedding'> & { readonly vectors?: Float32Array | null },
  { omitBody }: AnswerOptions,
): number {
  let bytes = documentOverheadBytes + Buffer.byteLength(document.id) + Buffer.byteLength(document.title);
  if (!omitBody) bytes += Buffer.byteLength(document.body);
  for (const [name, value] of Object.entries(document.attributes)) {
    bytes += 32 + Buffer.byteLength(name);
    if (typeof value === 'string') bytes += Buffer.byteLength(value);
    else if (Array.isArray(value)) bytes += value.reduce((sum, text) => sum + 4 + Buffer.byteLength(text), 0);
  }
  return bytes + (document.vectors?.byteLength ?? 0);
}

export function resultToWire(result: IngestResult, collection: string): DocumentResult {
  const { id } = result;
  switch (result.outcome) {
    case 'indexed':
      return { id, collection, outcome: 'OUTCOME_INDEXED', commitSequence: result.commitSequence };
    case 'unchanged':
      return { id, collection, outcome: 'OUTCOME_UNCHANGED', commitSequence: result.commitSequence };
    case 'rejected':
      return { id, collection, outcome: 'OUTCOME_REJECTED', error: toWireError(result.fault) };
    default:
      return assertNever(result);
  }
}
