// Groups what a reader finds into messages of a good size, each with the place behind it in the input.

import type { Document } from '../grpc/generated/kms/v1/Document.ts';
import { limits } from '../model/limits.ts';
import type { SourceEntry, SourcePosition } from '../sources/source.ts';
import { toWireDocument, wireBytesMax } from './document-forms.ts';
import type { Rejection } from './rejection-report.ts';

export interface IngestMessage {
  readonly documents: readonly Document[];
  /** Index-aligned with `documents`. */
  readonly places: readonly string[];
  /** What the reader refused between these documents; reported when the message is acknowledged. */
  readonly rejections: readonly Rejection[];
  /** Behind the last entry of this message. */
  readonly position: SourcePosition;
}

/** 64 to 200 documents a message is the sweet spot of the stream; 2 MiB keeps twelve in flight small. */
const documentsPerMessage = 128;
const bytesPerMessage = 2 * 1024 * 1024;
/** Some room for the message around its only document. */
const documentBytesMax = limits.messageBytesMax - 64 * 1024;

/** In the order of the input. A document that no message can carry is rejected here: it would end the whole stream. */
export async function* ingestMessages(
  entries: AsyncIterable<SourceEntry>,
  collection: string,
): AsyncGenerator<IngestMessage> {
  let message = emptyMessage();
  let position: SourcePosition | null = null;
  let bytes = 0;
  for await (const entry of entries) {
    const { place } = entry;
    const entryBytes = entry.type === 'document' ? wireBytesMax(entry.document) : 0;
    if (position !== null && bytes + entryBytes > bytesPerMessage) {
      yield { ...message, position };
      message = emptyMessage();
      bytes = 0;
    }
    position = entry.position;
    if (entry.type === 'rejected') {
      const { id, violations } = entry;
      message.rejections.push({ place, id, code: 'MALFORMED', message: '', violations, retryable: false });
    } else if (entryBytes > documentBytesMax) {
      message.rejections.push(tooLarge(place, entry.document.id));
    } else {
      message.documents.push(toWireDocument(entry.document, collection));
      message.places.push(place);
      bytes += entryBytes;
    }
    if (message.documents.length + message.rejections.length >= documentsPerMessage) {
      yield { ...message, position };
      message = emptyMessage();
      position = null;
      bytes = 0;
    }
  }
  if (position !== null && message.documents.length + message.rejections.length > 0)
    yield { ...message, position };
}

function emptyMessage(): { documents: Document[]; places: string[]; rejections: Rejection[] } {
  return { documents: [], places: [], rejections: [] };
}

function tooLarge(place: string, id: string): Rejection {
  const description = `the document must take at most ${documentBytesMax} bytes on the wire`;
  const violations = [{ field: 'body', description }];
  return { place, id, code: 'INVALID_ARGUMENT', message: '', violations, retryable: false };
}
