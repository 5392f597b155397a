// What a write transaction may do to a shard. Labels and sequence numbers are given here, inside the transaction, so
// that their order is the order of the commits. Counts and facts are written once, by `finish`.

import { KmsError } from '../base/errors.ts';
import type { SegmentRow } from '../lexical/segment-file.ts';
import type { DocumentKey } from '../model/document.ts';
import type { SnapshotRow } from '../vector/snapshot-file.ts';
import { attributesVersion } from './attribute-keys.ts';
import { AttributeWriter } from './attribute-writer.ts';
import { toChangeRow } from './change-row.ts';
import {
  type CollectionRow,
  type DocumentRecord,
  documentKey,
  type LabelRange,
  type LogRow,
  labelKey,
  noLabels,
  segmentKey,
} from './document-record.ts';
import { documentRecordOf, toDocumentRow } from './document-row.ts';
import { append, factsKey, type ShardDatabases, type ShardFacts } from './shard-databases.ts';

export interface ShardWriterParts {
  readonly databases: ShardDatabases;
  readonly facts: ShardFacts;
  readonly nextLabel: number;
  readonly dimensions: number;
  readonly nextSequence: () => number;
  /** Told each label whose row is removed, while the transaction is open. */
  readonly labelRemoved: (label: number) => void;
}

/** hnswlib-node takes labels as unsigned 32-bit numbers. */
const labelMax = 0xffff_ffff;

/**
 * Changes of the secondary indexes after which a transaction that has more to do ends, and the next one begins: about a
 * quarter of a second, and as much again for a last document with 64 lists of 256 texts. A usual batch of 128 documents
 * has 3,000.
 */
export const attributeStepsMax = 32_768;

/** Whether the secondary indexes hold every change. */
export function areAttributesCurrent({ attributes, lastSequence }: ShardFacts): boolean {
  return attributes?.version === attributesVersion && attributes.sequence === lastSequence;
}

export class ShardWriter {
  readonly #databases: ShardDatabases;
  readonly #parts: ShardWriterParts;
  readonly #changed = new Map<string, CollectionRow>();
  readonly #attributes: AttributeWriter;
  readonly #row: Float32Array;
  readonly #rowBytes: Buffer;
  #areAttributesCurrent: boolean;
  #nextLabel: number;
  #lastSequence: number;
  #truncatedSequence: number;

  constructor(parts: ShardWriterParts) {
    this.#parts = parts;
    this.#databases = parts.databases;
    this.#nextLabel = Math.max(parts.nextLabel, parts.facts.nextLabel);
    this.#lastSequence = parts.facts.lastSequence;
    this.#truncatedSequence = parts.facts.truncatedSequence;
    this.#attributes = new AttributeWriter(parts.databases);
    this.#row = new Float32Array(parts.dimensions);
    this.#rowBytes = Buffer.from(this.#row.buffer);
    this.#areAttributesCurrent = areAttributesCurrent(parts.facts);
  }

  get nextLabel(): number {
    return this.#nextLabel;
  }

  /** Whether the transaction has changed so much of the secondary indexes that the rest is for the next one. */
  get isFull(): boolean {
    return this.#attributes.stepCount >= attributeStepsMax;
  }

  document(key: DocumentKey): DocumentRecord | undefined {
    const stored = this.#databases.documents.get(documentKey(key));
    return stored === undefined ? undefined : documentRecordOf(stored);
  }

  /** The collection's row, made at first use. Throws `failed_precondition` for one of another generation. */
  collection(name: string, generation: string): CollectionRow {
    const row = this.#changed.get(name) ?? this.#databases.collections.get(name);
    if (row === undefined) {
      const number = 1 + Math.max(0, ...this.#numbersInUse());
      const made = { number, name, generation, documents: 0, vectors: 0 };
      this.#changed.set(name, made);
      return made;
    }
    if (row.generation !== generation) {
      const message = `collection ${JSON.stringify(name)} holds vectors of ${row.generation}, not ${generation}`;
      throw new KmsError('failed_precondition', message, {
        facts: { collection: name, stored: row.generation, given: generation },
      });
    }
    return row;
  }

  nextSequence(): number {
    this.#lastSequence = this.#parts.nextSequence();
    return this.#lastSequence;
  }

  /** Labels that no vector has ever had. */
  takeLabels(count: number): LabelRange {
    const first = this.#nextLabel;
    if (first + count - 1 > labelMax) {
      throw new KmsError('resource_exhausted', 'the shard has used up its labels', { facts: { labelMax } });
    }
    this.#nextLabel = first + count;
    return { first, count };
  }

  /** Writes a document; with `vectors` (shape [labels × dimensions]) also its new labels, in place of the old ones. */
  put(
    key: DocumentKey,
    record: DocumentRecord,
    replaced: DocumentRecord | undefined,
    vectors: Float32Array | null,
  ): void {
    const row = this.collection(key.collection, record.generation);
    this.#databases.documents.putSync(documentKey(key), toDocumentRow(record));
    this.#attributes.replace(row.number, replaced ?? null, record);
    const removed = vectors === null || replaced === undefined ? noLabels : replaced.labels;
    const added = vectors === null ? noLabels : record.labels;
    if (vectors !== null) {
      this.#removeVectors(row.number, removed);
      this.#addVectors(row.number, key.id, added, vectors);
    }
    this.#appendLog(record.commitSequence, {
      type: 'upsert',
      collection: row.number,
      id: key.id,
      added,
      removed,
    });
    this.#changed.set(row.name, {
      ...row,
      documents: row.documents + (replaced === undefined ? 1 : 0),
      vectors: row.vectors + added.count - removed.count,
    });
  }

  /** Removes a document and its vectors; returns the change's sequence number. */
  remove(key: DocumentKey, record: DocumentRecord): number {
    const row = this.collection(key.collection, record.generation);
    const sequence = this.nextSequence();
    this.#databases.documents.removeSync(documentKey(key));
    this.#attributes.replace(row.number, record, null);
    this.#removeVectors(row.number, record.labels);
    this.#appendLog(sequence, {
      type: 'delete',
      collection: row.number,
      id: key.id,
      added: noLabels,
      removed: record.labels,
    });
    const vectors = row.vectors - record.labels.count;
    this.#changed.set(row.name, { ...row, documents: row.documents - 1, vectors });
    return sequence;
  }

  putSnapshot(collection: number, row: SnapshotRow): void {
    this.#databases.snapshots.putSync(collection, row);
  }

  removeSnapshot(collection: number): void {
    this.#databases.snapshots.removeSync(collection);
  }

  putSegment(collection: number, row: SegmentRow): void {
    this.#databases.segments.putSync(segmentKey(collection, row.id), row);
  }

  removeSegment(collection: number, id: number): void {
    this.#databases.segments.removeSync(segmentKey(collection, id));
  }

  /** Forgets at most `limit` changes up to and with `sequence`; returns how many. */
  truncateLog(sequence: number, limit: number): number {
    const keys = [...this.#databases.log.getKeys({ end: sequence + 1, limit })];
    for (const key of keys) this.#databases.log.removeSync(key);
    this.#truncatedSequence = Math.max(this.#truncatedSequence, keys.at(-1) ?? 0);
    return keys.length;
  }

  /** The first step of making the secondary indexes anew: they are empty, and known to be incomplete. */
  clearAttributes(): void {
    this.#databases.attributes.clearSync();
    this.#databases.labelFacts.clearSync();
    this.#areAttributesCurrent = false;
  }

  /** Further steps: rows of documents that have none yet. */
  indexAttributes(collection: number, record: DocumentRecord): void {
    this.#attributes.replace(collection, null, record);
  }

  /** The last step. */
  completeAttributes(): void {
    this.#areAttributesCurrent = true;
  }

  /** Writes what all changes have in common; the store calls it last. */
  finish(): void {
    this.#attributes.flush();
    for (const row of this.#changed.values()) this.#databases.collections.putSync(row.name, row);
    const { facts } = this.#parts;
    const { attributes: _attributes, ...otherFacts } = facts;
    const next: ShardFacts = {
      ...otherFacts,
      nextLabel: this.#nextLabel,
      lastSequence: this.#lastSequence,
      truncatedSequence: this.#truncatedSequence,
      ...(this.#areAttributesCurrent
        ? { attributes: { version: attributesVersion, sequence: this.#lastSequence } }
        : {}),
    };
    const isChanged =
      areAttributesCurrent(next) !== areAttributesCurrent(facts) ||
      next.nextLabel !== facts.nextLabel ||
      next.lastSequence !== facts.lastSequence ||
      next.truncatedSequence !== facts.truncatedSequence;
    if (isChanged) this.#databases.facts.putSync(factsKey, next);
  }

  #addVectors(collection: number, id: string, labels: LabelRange, vectors: Float32Array): void {
    const { dimensions } = this.#parts;
    for (let chunk = 0; chunk < labels.count; chunk++) {
      const label = labels.first + chunk;
      // Copied, since lmdb-js does not reach memory that threads share; within a transaction it is done with it at once.
      this.#row.set(vectors.subarray(chunk * dimensions, (chunk + 1) * dimensions));
      // An append that is out of order writes nothing and says so in its result only.
      if (!append(this.#databases.vectors, label, this.#rowBytes))
        throw new KmsError('internal', 'a vector was not appended: its label is not above all others');
      this.#databases.labels.putSync(labelKey(collection, label), [id, chunk]);
    }
  }

  #removeVectors(collection: number, { first, count }: LabelRange): void {
    for (let label = first; label < first + count; label++) {
      this.#databases.vectors.removeSync(label);
      this.#databases.labels.removeSync(labelKey(collection, label));
      this.#parts.labelRemoved(label);
    }
  }

  #appendLog(sequence: number, row: LogRow): void {
    if (!append(this.#databases.log, sequence, toChangeRow(row)))
      throw new KmsError(
        'internal',
        'a change was not appended to the log: its number is not above all others',
      );
  }

  #numbersInUse(): number[] {
    const stored = [...this.#databases.collections.getRange()].map(({ value }) => value.number);
    return [...stored, ...[...this.#changed.values()].map(({ number }) => number)];
  }
}
