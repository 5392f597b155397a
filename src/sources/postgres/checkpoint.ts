// How far a PostgreSQL source has been read: plain data that the engine keeps, and only this room reads.

import { createHash } from 'node:crypto';
import type { PostgresSpec } from '../source-spec.ts';
import type { SourceCheckpoint } from '../sync-source.ts';
import { firstMarks, type Mark } from './sync-horizon.ts';

/** Where a load goes on. Ids and times are the server's own text: exact to the last digit. */
export interface LoadScan {
  readonly type: 'load';
  /** Null: from the first row. */
  readonly afterId: string | null;
  /** What is gone is looked for at its end. */
  readonly isFull: boolean;
}

/** Where a scan for changes goes on. */
export interface ChangesScan {
  readonly type: 'changes';
  readonly afterTime: string;
  readonly afterId: string;
  /** The watermark that it leads to, at most. */
  readonly until: string;
}

export interface PostgresCheckpoint {
  readonly kind: 'postgres';
  /** Of the mapping: documents made by another one are made again. */
  readonly mapping: string;
  /** A scan that is not at its end yet. */
  readonly scan: LoadScan | ChangesScan | null;
  /** Update time from which the next scan for changes reads, once `scan` is done; null: there is no such column. */
  readonly watermark: string | null;
  readonly marks: readonly Mark[];
  /** End of the last transaction whose changes are covered; null without change data capture. */
  readonly lsn: string | null;
  /** By the server's clock. */
  readonly reconciledTime: string | null;
  /** Every collection that rows have gone to, in order; where to look for what is gone. */
  readonly collections: readonly string[];
}

/** Null when there is none that this mapping can go on from. */
export function readCheckpoint(from: SourceCheckpoint | null, spec: PostgresSpec): PostgresCheckpoint | null {
  const checkpoint = from as unknown as PostgresCheckpoint | null;
  const isOurs = checkpoint?.kind === 'postgres' && checkpoint.mapping === mappingHash(spec);
  return isOurs ? checkpoint : null;
}

/** Nothing is read yet. `isFull`: the index may hold documents of rows that are gone. */
export function emptyCheckpoint(
  spec: PostgresSpec,
  { lsn, isFull }: { readonly lsn: string | null; readonly isFull: boolean },
): PostgresCheckpoint {
  return {
    kind: 'postgres',
    mapping: mappingHash(spec),
    scan: { type: 'load', afterId: null, isFull },
    watermark: null,
    marks: firstMarks,
    lsn,
    reconciledTime: null,
    collections: spec.collection.type === 'fixed' ? [spec.collection.value] : [],
  };
}

export function toSourceCheckpoint(checkpoint: PostgresCheckpoint): SourceCheckpoint {
  return { ...checkpoint };
}

/** Changes with whatever decides what a row becomes, and with nothing else. */
function mappingHash({ relation, collection, mediaType, columns, changes }: PostgresSpec): string {
  const meaning = JSON.stringify([relation, collection, mediaType, columns, changes.type === 'cdc']);
  return createHash('sha256').update(meaning).digest('hex').slice(0, 32);
}
