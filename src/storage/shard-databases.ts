// The databases of one shard's environment, by name, and what each holds.

import type { Database, RootDatabase } from 'lmdb';
import type { SegmentRow } from '../lexical/segment-file.ts';
import type { SnapshotRow } from '../vector/snapshot-file.ts';
import type { FactsRow } from './attribute-facts.ts';
import type { ChangeRow } from './change-row.ts';
import type { CollectionRow, DocumentRecord, LabelRow, LogRow } from './document-record.ts';
import type { DocumentRow } from './document-row.ts';

/**
 * Of what is written. 2: documents by place, see document-row.ts. 3: changes too, see change-row.ts. An engine that does not
 * know it refuses the folder.
 */
export const shardFormatVersion = 3;
export const shardFormatsRead: readonly number[] = [1, 2, shardFormatVersion];

export interface ShardFacts {
  readonly formatVersion: number;
  readonly shard: number;
  readonly shardCount: number;
  readonly dimensions: number;
  /** The first label that was never given away. */
  readonly nextLabel: number;
  readonly lastSequence: number;
  /** Changes up to here have been taken out of the log. */
  readonly truncatedSequence: number;
  /**
   * How the rows of the secondary indexes are written, and the newest change that they hold. Missing or behind after an
   * engine that knew no such rows has written: then they are made anew.
   */
  readonly attributes?: { readonly version: number; readonly sequence: number };
}

export interface ShardDatabases {
  /** Records are what format 1 wrote. */
  readonly documents: Database<DocumentRow | DocumentRecord, Uint8Array>;
  readonly vectors: Database<Uint8Array, number>;
  readonly labels: Database<LabelRow, Uint8Array>;
  /** Records are what formats 1 and 2 wrote. */
  readonly log: Database<ChangeRow | LogRow, number>;
  readonly facts: Database<ShardFacts, string>;
  readonly collections: Database<CollectionRow, string>;
  readonly snapshots: Database<SnapshotRow, number>;
  /** By collection and id, eight bytes. */
  readonly segments: Database<SegmentRow, Uint8Array>;
  /** Sets of labels by field and value; see attribute-keys.ts and attribute-row.ts. */
  readonly attributes: Database<Buffer, Uint8Array>;
  /** What filters ask about, by a document's first label. */
  readonly labelFacts: Database<FactsRow, number>;
}

export const factsKey = 'shard';
export function openDatabases(root: RootDatabase): ShardDatabases {
  return {
    documents: openDocuments(root),
    vectors: root.openDB({ name: 'vectors', keyEncoding: 'uint32', encoding: 'binary' }),
    labels: root.openDB({ name: 'labels', keyEncoding: 'binary', encoding: 'msgpack' }),
    log: root.openDB({ name: 'log', encoding: 'msgpack' }),
    facts: root.openDB({ name: 'facts', encoding: 'msgpack' }),
    collections: root.openDB({ name: 'collections', encoding: 'msgpack' }),
    snapshots: root.openDB({ name: 'snapshots', keyEncoding: 'uint32', encoding: 'msgpack' }),
    segments: root.openDB({ name: 'segments', keyEncoding: 'binary', encoding: 'msgpack' }),
    attributes: root.openDB({ name: 'attributes', keyEncoding: 'binary', encoding: 'binary' }),
    labelFacts: root.openDB({ name: 'label-facts', keyEncoding: 'uint32', encoding: 'msgpack' }),
  };
}

/** Without the names of fields in the values; a row that has them is read all the same. */
function openDocuments(root: RootDatabase): ShardDatabases['documents'] {
  // msgpackr's own option, which lmdb-js hands on and its types lack.
  const options = { keyEncoding: 'binary', encoding: 'msgpack', useRecords: false } as const;
  return root.openDB('documents', options);
}

/** Writes a row that is not there; false, and nothing written, when it is. Inside a write only. */
export function insert<V>(database: Database<V, Uint8Array>, key: Uint8Array, value: V): boolean {
  return database.putSync(key, value, { noOverwrite: true }) as unknown as boolean;
}

/** Writes behind the last key; false, and nothing written, when `key` is not above all others. Inside a write only. */
export function append<V>(database: Database<V, number>, key: number, value: V): boolean {
  // The types say void, and lmdb-js returns whether the row was written.
  return database.putSync(key, value, { append: true }) as unknown as boolean;
}
