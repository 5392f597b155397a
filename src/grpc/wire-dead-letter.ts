// Dead letters to the wire, and the filters that select them into the model.

import type { DeadLetter, DeadLetterFilter } from '../model/dead-letter.ts';
import type { Document } from '../model/document.ts';
import { limits } from '../model/limits.ts';
import type { DeadLetter as WireDeadLetter } from './generated/kms/v1/DeadLetter.ts';
import type { DeadLetterFilter__Output } from './generated/kms/v1/DeadLetterFilter.ts';
import type { Document as WireDocument } from './generated/kms/v1/Document.ts';
import type { InputFaults } from './input-faults.ts';
import { codeOfReason, toOperatorError } from './status.ts';
import { documentBytes, sentDocumentToWire, timeToWire } from './wire-answer.ts';
import { checkBytes, checkEngineId, collectionFromWire, quote } from './wire-checks.ts';
import { vectorToWire } from './wire-vector.ts';

/** Room for the fields of fixed size, the names, and a fault at its bounds (status.ts). */
const letterBytes = 8 * 1024;
const stageBytesMax = 128;

export interface LetterOptions {
  readonly withPayload: boolean;
}

export function deadLetterToWire(letter: DeadLetter, { withPayload }: LetterOptions): WireDeadLetter {
  const { document } = letter;
  return {
    id: letter.id,
    collection: letter.collection,
    documentId: letter.documentId,
    source: letter.source,
    jobId: letter.jobId,
    stage: letter.stage,
    error: toOperatorError(letter.fault),
    attempts: letter.attempts,
    createTime: timeToWire(letter.createdTimeMs),
    lastTryTime: timeToWire(letter.lastTriedTimeMs),
    hasDocument: document !== null,
    document: withPayload && document !== null ? payloadToWire(document) : null,
    raw: withPayload && document === null ? letter.raw : '',
  };
}

function payloadToWire({ embedding, ...document }: Document): WireDocument {
  const wire = sentDocumentToWire(document);
  return embedding === null ? wire : { ...wire, embedding: vectorToWire(embedding) };
}

/** About what a dead letter takes on the wire; rather more than less. */
export function deadLetterBytes({ document, raw }: DeadLetter, { withPayload }: LetterOptions): number {
  if (!withPayload) return letterBytes;
  if (document === null) return letterBytes + Buffer.byteLength(raw);
  return letterBytes + documentBytes({ ...document, vectors: document.embedding }, { omitBody: false });
}

/** A filter, of use only when no fault was added; null: nothing is given, so it would match all. */
export function deadLetterFilterFromWire(
  wire: DeadLetterFilter__Output | null,
  faults: InputFaults,
): DeadLetterFilter | null {
  if (wire === null) return null;
  const { ids, collection, source, stage, reason } = wire;
  if (ids.length > limits.deadLetterIdsMax) {
    faults.add('filter.ids', `has ${ids.length} ids: at most ${limits.deadLetterIdsMax}`);
  } else {
    for (const [index, id] of ids.entries()) checkEngineId(id, `filter.ids[${index}]`, faults);
  }
  // Here an empty name is no default: it leaves the collection open.
  if (collection !== '') collectionFromWire(collection, 'filter.collection', faults);
  checkBytes(source, limits.sourceNameBytesMax, 'filter.source', faults);
  checkBytes(stage, stageBytesMax, 'filter.stage', faults);
  const code = reason === '' ? '' : codeOfReason(reason);
  if (code === null) {
    faults.add('filter.reason', `is ${quote(reason)}: a reason of error.proto, such as POISONED`);
  }
  const isEmpty = ids.length === 0 && [collection, source, stage, reason].every((text) => text === '');
  return isEmpty ? null : { ids, collection, source, stage, code: code ?? '' };
}

export const everyDeadLetter: DeadLetterFilter = { ids: [], collection: '', source: '', stage: '', code: '' };

/** For what changes dead letters: an empty filter is no way to say "all of them", which is easily sent by mistake. */
export function chosenDeadLettersFromWire(
  wire: { readonly filter: DeadLetterFilter__Output | null; readonly all: boolean },
  faults: InputFaults,
): DeadLetterFilter {
  const filter = deadLetterFilterFromWire(wire.filter, faults);
  if (filter === null && !wire.all) faults.add('filter', 'is empty: set one of its fields, or all');
  if (filter !== null && wire.all) faults.add('all', 'is set, and filter too: set one of them');
  return filter ?? everyDeadLetter;
}
