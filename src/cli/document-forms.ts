// A document between its three forms outside the engine: what a reader found, what goes over the wire, and the JSON
// that commands print.

import type { Timestamp } from '../grpc/generated/google/protobuf/Timestamp.ts';
import type { AttributeValue, AttributeValue__Output } from '../grpc/generated/kms/v1/AttributeValue.ts';
import type { Document, Document__Output } from '../grpc/generated/kms/v1/Document.ts';
import type { AttributeValue as StoredAttribute } from '../model/document.ts';
import type { SourceDocument } from '../sources/source.ts';
import { isoTime } from './wire-forms.ts';

/** For the wire. `collection` is where documents go that name none. */
export function toWireDocument(document: SourceDocument, collection: string): Document {
  const attributes = Object.entries(document.attributes).map(([name, value]) => [
    name,
    toWireAttribute(value),
  ]);
  const { embedding, updateTimeMs } = document;
  return {
    id: document.id,
    collection: document.collection || collection,
    title: document.title,
    body: document.body,
    mediaType: document.mediaType,
    attributes: Object.fromEntries(attributes),
    updateTime: updateTimeMs === null ? null : toTimestamp(updateTimeMs),
    ...(embedding === null ? {} : { embedding: littleEndianBytes(embedding) }),
  };
}

/** An upper bound of the bytes that the document takes on the wire. */
export function wireBytesMax(document: SourceDocument): number {
  // 16 bytes cover the tag and length of a field, and every scalar value.
  let bytes = 128 + (document.embedding?.byteLength ?? 0);
  for (const text of [document.id, document.collection, document.title, document.body, document.mediaType])
    bytes += Buffer.byteLength(text) + 16;
  for (const [name, value] of Object.entries(document.attributes)) {
    const texts = typeof value === 'string' ? [value] : Array.isArray(value) ? (value as string[]) : [];
    bytes += Buffer.byteLength(name) + 64;
    for (const text of texts) bytes += Buffer.byteLength(text) + 16;
  }
  return bytes;
}

/** For people's scripts: proto names, plain values, times as ISO 8601, vectors as base64. */
export function documentJson(document: Document__Output): Record<string, unknown> {
  const attributes = Object.entries(document.attributes).map(([name, value]) => [
    name,
    plainAttribute(value),
  ]);
  return {
    id: document.id,
    collection: document.collection,
    title: document.title,
    body: document.body,
    media_type: document.mediaType,
    attributes: Object.fromEntries(attributes),
    update_time: document.updateTime === null ? null : isoTime(document.updateTime),
    ...(document.embedding.length === 0 ? {} : { embedding: document.embedding.toString('base64') }),
    content_hash: document.contentHash,
    commit_sequence: Number(document.commitSequence),
    commit_time: document.commitTime === null ? null : isoTime(document.commitTime),
    generation: document.generation,
    chunk_count: document.chunkCount,
  };
}

function toWireAttribute(value: StoredAttribute): AttributeValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if ('timeMs' in value) return { timeValue: toTimestamp(value.timeMs) };
  return { stringListValue: { values: [...value] } };
}

function plainAttribute(value: AttributeValue__Output): unknown {
  if (value.kind === 'timeValue' && value.timeValue) return { time: isoTime(value.timeValue) };
  if (value.kind === 'stringListValue') return value.stringListValue?.values ?? [];
  return value.stringValue ?? value.numberValue ?? value.boolValue ?? null;
}

function toTimestamp(timeMs: number): Timestamp {
  const seconds = Math.floor(timeMs / 1000);
  return { seconds, nanos: Math.round((timeMs - seconds * 1000) * 1e6) };
}

function littleEndianBytes(values: Float32Array): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes;
}
