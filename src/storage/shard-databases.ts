// The databases of one shard's environment, by name, and what each holds.

import type { Database, RootDatabase } from 'lmdb';
import type { SnapshotRow } from '../vector/snapshot-file.ts';
import type { CollectionRow, DocumentRecord, LabelRow, LogRow } from './document-record.ts';

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
}

export interface ShardDatabases {
  readonly documents: Database<DocumentRecord, Uint8Array>;
  readonly vectors: Database<Uint8Array, number>;
  readonly labels: Database<LabelRow, Uint8Array>;
  readonly log: Database<LogRow, number>;
  readonly facts: Database<ShardFacts, string>;
  readonly collections: Database<CollectionRow, string>;
  readonly snapshots: Database<SnapshotRow, number>;
}

export const factsKey = 'shard';
export function openDatabases(root: RootDatabase): ShardDatabases {
  return {
    documents: root.openDB({ name: 'documents', keyEncoding: 'binary', encoding: 'msgpack' }),
    vectors: root.openDB({ name: 'vectors', keyEncoding: 'uint32', encoding: 'binary' }),
    labels: root.openDB({ name: 'labels', keyEncoding: 'binary', encoding: 'msgpack' }),
    log: root.openDB({ name: 'log', encoding: 'msgpack' }),
    facts: root.openDB({ name: 'facts', encoding: 'msgpack' }),
    collections: root.openDB({ name: 'collections', encoding: 'msgpack' }),
    snapshots: root.openDB({ name: 'snapshots', keyEncoding: 'uint32', encoding: 'msgpack' }),
  };
}

/** Writes behind the last key; false, and nothing written, when `key` is not above all others. Inside a write only. */
export function append<V>(database: Database<V, number>, key: number, value: V): boolean {
  // The types say void, and lmdb-js returns whether the row was written.
  return database.putSync(key, value, { append: true }) as unknown as boolean;
}
