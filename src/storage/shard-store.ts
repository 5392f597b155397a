// One shard's truth: an LMDB environment with documents, vectors, labels, the change log and the snapshots' rows.
// Everything else (graph, tail) is derived from it and may be lost.
//
// A write is one abortable transaction whose changes, labels and sequence numbers are decided inside it, so that
// several commits in flight never see half of each other; lmdb-js groups those that wait into one flush.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import { type Clock, sleep } from '../base/clock.ts';
import { KmsError } from '../base/errors.ts';
import type { SegmentRow } from '../lexical/segment-file.ts';
import type { DocumentKey } from '../model/document.ts';
import type { SnapshotRow } from '../vector/snapshot-file.ts';
import { attributesVersion } from './attribute-keys.ts';
import { AttributeReader } from './attribute-reader.ts';
import { logRowOf } from './change-row.ts';
import { CollectionRows } from './collection-rows.ts';
import type { CommitSequence } from './commit-sequence.ts';
import {
  type CollectionRow,
  type DocumentRecord,
  documentKey,
  documentKeyRange,
  type LabelRange,
  type LabelRow,
  type LogRow,
  labelKey,
  labelOfKey,
  segmentKey,
} from './document-record.ts';
import { documentRecordOf } from './document-row.ts';
import { durable } from './durable-commit.ts';
import { LabelRows } from './label-rows.ts';
import {
  factsKey,
  openDatabases,
  type ShardDatabases,
  type ShardFacts,
  shardFormatsRead,
  shardFormatVersion,
} from './shard-databases.ts';
import { areAttributesCurrent, ShardWriter } from './shard-writer.ts';
import { SpaceGuard } from './space-guard.ts';
import { shardFolder } from './state-store.ts';

export interface ShardStoreOptions {
  readonly dataDir: string;
  readonly shard: number;
  readonly shardCount: number;
  readonly dimensions: number;
  readonly mapBytesMax: number;
  readonly sequence: CommitSequence;
  readonly clock: Clock;
  /** Bytes left on the disk; tests pass their own. */
  readonly freeBytes?: () => number;
  /** Resolves when all commits are on disk; tests of a failing disk pass their own. */
  readonly flushed?: () => PromiseLike<unknown>;
}

/** This thread's reads and the two that lmdb-js keeps beside, with room for tools that look in from outside. */
const readersMax = 64;
const brokenCloseMsMax = 1_000;

export class ShardStore {
  readonly folder: string;
  readonly snapshotFolder: string;
  readonly segmentFolder: string;
  /** The secondary indexes. Complete only while `hasAttributes`. */
  readonly attributes: AttributeReader;
  readonly #options: ShardStoreOptions;
  readonly #root: RootDatabase;
  readonly #databases: ShardDatabases;
  readonly #collectionRows: CollectionRows;
  readonly #labelRows: LabelRows;
  readonly #space: SpaceGuard;
  readonly #vector: Float32Array;
  readonly #vectorBytes: Uint8Array;
  /** Never goes back, not even with an aborted transaction: such a label may be in the tail already. */
  #nextLabel: number;
  #brokenBy: KmsError | null = null;

  constructor(options: ShardStoreOptions) {
    this.#options = options;
    this.folder = shardFolder(options.dataDir, options.shard);
    this.snapshotFolder = join(this.folder, 'snapshots');
    this.segmentFolder = join(this.folder, 'segments');
    mkdirSync(this.snapshotFolder, { recursive: true });
    mkdirSync(this.segmentFolder, { recursive: true });
    this.#root = open({
      path: this.folder,
      mapSize: options.mapBytesMax,
      maxReaders: readersMax,
      maxDbs: 16,
    });
    this.#databases = openDatabases(this.#root);
    this.attributes = new AttributeReader(this.#databases);
    this.#collectionRows = new CollectionRows(this.#databases.collections);
    this.#labelRows = new LabelRows(this.#databases.labels);
    this.#vector = new Float32Array(options.dimensions);
    this.#vectorBytes = new Uint8Array(this.#vector.buffer);
    this.#space = new SpaceGuard({
      folder: this.folder,
      mapBytesMax: options.mapBytesMax,
      use: () => this.use(),
      ...(options.freeBytes === undefined ? {} : { freeBytes: options.freeBytes }),
    });
    const facts = this.#databases.facts.get(factsKey);
    if (facts !== undefined) checkFacts(facts, options);
    this.#nextLabel = facts?.nextLabel ?? 1;
    options.sequence.raiseTo(facts?.lastSequence ?? 0);
  }

  /** The newest change that is readable. */
  get lastSequence(): number {
    return this.#databases.facts.get(factsKey)?.lastSequence ?? 0;
  }

  /** The log begins after this change. */
  get truncatedSequence(): number {
    return this.#databases.facts.get(factsKey)?.truncatedSequence ?? 0;
  }

  /** Whether the secondary indexes hold all documents; if not, `rebuildAttributes` is due before anything is filtered. */
  get hasAttributes(): boolean {
    return areAttributesCurrent(this.#factsNow());
  }

  /** Throws `resource_exhausted` when `bytes` more might not fit, `unavailable` after the disk has failed. */
  checkSpace(bytes: number): void {
    if (this.#brokenBy !== null) throw this.#brokenBy;
    this.#space.check(bytes);
  }

  /**
   * Runs `change` in one transaction, which an exception undoes as a whole; resolves with its result when everything
   * is on disk. After a failed flush nobody can tell what is on disk, so the store refuses all further writes.
   */
  async write<R>(change: (writer: ShardWriter) => R): Promise<R> {
    if (this.#brokenBy !== null) throw this.#brokenBy;
    const { clock, sequence } = this.#options;
    const removals = this.#labelRows.beginWrite();
    const written = this.#root.childTransaction(() => {
      const writer = new ShardWriter({
        databases: this.#databases,
        facts: this.#factsNow(),
        nextLabel: this.#nextLabel,
        dimensions: this.#options.dimensions,
        nextSequence: () => sequence.next(),
        labelRemoved: removals.removed,
      });
      try {
        const result = change(writer);
        writer.finish();
        return result;
      } finally {
        this.#nextLabel = writer.nextLabel;
      }
    });
    this.#collectionRows.changeDuring(written);
    written.then(removals.settled, removals.settled);
    try {
      return await durable(written, { flushed: this.#options.flushed ?? (() => this.#root.flushed), clock });
    } catch (error) {
      if (error instanceof KmsError && error.facts['stage'] === 'committed') this.#brokenBy = error;
      throw error;
    }
  }

  document(key: DocumentKey): DocumentRecord | undefined {
    const stored = this.#databases.documents.get(documentKey(key));
    return stored === undefined ? undefined : documentRecordOf(stored);
  }

  /** In order of the id's UTF-8 bytes, after `afterId`. */
  documents(
    collection: string,
    afterId: string | null,
    limit: number,
  ): { readonly id: string; readonly record: DocumentRecord }[] {
    const range = documentKeyRange(collection);
    const prefixBytes = range.start.length;
    const start = afterId === null ? range.start : documentKey({ collection, id: afterId });
    const rows = this.#databases.documents.getRange({
      start,
      end: range.end,
      exclusiveStart: afterId !== null,
      limit,
    });
    return [...rows].map(({ key, value }) => ({
      id: Buffer.from(key).subarray(prefixBytes).toString('utf8'),
      record: documentRecordOf(value),
    }));
  }

  /** What a label stands for; undefined once its document was deleted or changed. */
  label(collection: number, label: number): LabelRow | undefined {
    return this.#labelRows.get(collection, label);
  }

  /** At most `limit` labels of a collection that live, from `first` upwards, in order. */
  labelsFrom(collection: number, first: number, limit: number): number[] {
    const start = labelKey(collection, first);
    const end = labelKey(collection + 1, 0);
    return [...this.#databases.labels.getKeys({ start, end, limit })].map(labelOfKey);
  }

  /** How many chunks a stored document has, by its first label; 0 when it is not there. Reads a row for each doubling. */
  chunkCount(collection: number, { id, first }: { readonly id: string; readonly first: number }): number {
    const has = (chunk: number) => {
      const row = this.label(collection, first + chunk);
      return row !== undefined && row[0] === id && row[1] === chunk;
    };
    let beyond = 1;
    while (has(beyond - 1)) beyond *= 2;
    let [low, high] = [Math.floor(beyond / 2), beyond - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (has(middle - 1)) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The vector of a live label; null when there is none. Good until the next call. */
  vector(label: number): Float32Array | null {
    const bytes = this.#databases.vectors.getBinaryFast(label);
    if (bytes === undefined || bytes.length !== this.#vectorBytes.length) return null;
    // The buffer behind it is larger than its `length` says, and is used again by the next read.
    this.#vectorBytes.set(bytes.subarray(0, this.#vectorBytes.length));
    return this.#vector;
  }

  /** A document's vectors, shape [labels × dimensions]. */
  vectors({ first, count }: LabelRange): Float32Array {
    const { dimensions } = this.#options;
    const rows = new Float32Array(count * dimensions);
    for (let i = 0; i < count; i++) {
      const row = this.vector(first + i);
      if (row === null) throw new KmsError('data_loss', 'a stored document has lost a vector');
      rows.set(row, i * dimensions);
    }
    return rows;
  }

  /** At most `limit` changes after `sequence`, oldest first. */
  changesAfter(sequence: number, limit: number): { readonly sequence: number; readonly change: LogRow }[] {
    const rows = this.#databases.log.getRange({ start: sequence + 1, limit });
    return [...rows].map(({ key, value }) => ({ sequence: key, change: logRowOf(value) }));
  }

  countChangesAfter(sequence: number): number {
    return this.#databases.log.getKeysCount({ start: sequence + 1 });
  }

  collection(name: string): CollectionRow | undefined {
    return this.#collectionRows.get(name);
  }

  collections(): readonly CollectionRow[] {
    return this.#collectionRows.all();
  }

  snapshot(collection: number): SnapshotRow | undefined {
    return this.#databases.snapshots.get(collection);
  }

  /** The lexical segments of a collection. */
  segments(collection: number): SegmentRow[] {
    const range = { start: segmentKey(collection, 0), end: segmentKey(collection + 1, 0) };
    return [...this.#databases.segments.getRange(range)].map(({ value }) => value);
  }

  use(): { readonly usedBytes: number; readonly fileBytes: number } {
    const root = this.#root.getStats() as { readonly pageSize: number; readonly lastPageNumber: number };
    let pages = 0;
    for (const database of Object.values(this.#databases) as Database[]) pages += pagesOf(database);
    return { usedBytes: pages * root.pageSize, fileBytes: (root.lastPageNumber + 1) * root.pageSize };
  }

  /** Waits for what is being written; after the disk has failed only for a moment, because that wait may never end. */
  async close(): Promise<void> {
    const closed = this.#root.close();
    await (this.#brokenBy === null
      ? closed
      : Promise.race([closed, sleep(this.#options.clock, brokenCloseMsMax)]));
  }

  #factsNow(): ShardFacts {
    const { shard, shardCount, dimensions } = this.#options;
    const fresh = {
      formatVersion: shardFormatVersion,
      shard,
      shardCount,
      dimensions,
      nextLabel: 1,
      lastSequence: 0,
      truncatedSequence: 0,
      attributes: { version: attributesVersion, sequence: 0 },
    };
    const stored = this.#databases.facts.get(factsKey);
    // An older folder becomes one of this format with the first row that is written so.
    return stored === undefined ? fresh : { ...stored, formatVersion: shardFormatVersion };
  }
}

function pagesOf(database: Database): number {
  const stats = database.getStats() as Record<string, number>;
  return (
    (stats['treeBranchPageCount'] ?? 0) + (stats['treeLeafPageCount'] ?? 0) + (stats['overflowPages'] ?? 0)
  );
}

function checkFacts(stored: ShardFacts, options: ShardStoreOptions): void {
  const formatVersion = shardFormatsRead.includes(stored.formatVersion)
    ? stored.formatVersion
    : shardFormatVersion;
  const expected = { formatVersion, ...options };
  for (const fact of ['formatVersion', 'shard', 'shardCount', 'dimensions'] as const) {
    if (stored[fact] === expected[fact]) continue;
    const message = `the shard's folder was made with ${fact} ${stored[fact]}, and the engine runs with ${expected[fact]}`;
    throw new KmsError('failed_precondition', message, {
      facts: { fact, stored: stored[fact], running: expected[fact] },
    });
  }
}
