// The engine's own environment: which collections exist, and what was fixed when the data folder was made. The main
// thread owns it, together with the lock that keeps a second process out of the folder.

import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import { systemClock } from '../base/clock.ts';
import { KmsError } from '../base/errors.ts';
import { checkLmdbFile } from '../base/lmdb-file-check.ts';
import { durable } from './durable-commit.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';

/** Raised when the layout on disk changes so that older code would misread it. */
export const formatVersion = 1;

export interface CollectionEntry {
  readonly name: string;
  readonly generation: string;
  readonly createdTimeMs: number;
}

export interface StateStoreOptions {
  readonly dataDir: string;
  /** What the settings ask for; 0: whatever the folder has. */
  readonly shards: number;
  /** For a folder that is new. */
  readonly shardsForNewFolder: number;
}

interface FolderFacts {
  readonly formatVersion: number;
  readonly shardCount: number;
}

const factsKey = 'folder';
const damagedAdvice = 'restore the data folder from a backup, or start with a new one and ingest again';

export class StateStore {
  readonly shardCount: number;
  readonly #root: RootDatabase;
  readonly #collections: Database<CollectionEntry, string>;
  readonly #lock: FolderLock;

  constructor(parts: { root: RootDatabase; lock: FolderLock; shardCount: number }) {
    this.#root = parts.root;
    this.#lock = parts.lock;
    this.shardCount = parts.shardCount;
    this.#collections = parts.root.openDB<CollectionEntry, string>({ name: 'collections' });
  }

  collections(): readonly CollectionEntry[] {
    return [...this.#collections.getRange()].map(({ value }) => value);
  }

  /** Resolves when the entry is on disk. The first entry of a name stays. */
  async putCollection(entry: CollectionEntry): Promise<void> {
    const written = this.#root.childTransaction(() => {
      if (this.#collections.get(entry.name) === undefined)
        this.#collections.putSync(entry.name, { ...entry });
    });
    await durable(written, { flushed: () => this.#root.flushed, clock: systemClock });
  }

  async close(): Promise<void> {
    await this.#root.close();
    await this.#lock.release();
  }
}

/** Where a shard's own environment and its snapshots lie. */
export function shardFolder(dataDir: string, shard: number): string {
  return join(dataDir, `shard-${String(shard).padStart(2, '0')}`);
}

/**
 * Locks and opens the data folder. Throws `failed_precondition` when it is no folder that can be written, when another
 * process has it, when it was made by another format version, or with another shard count than the settings ask for;
 * `data_loss` when a store in it is damaged, the shards' stores among them.
 */
export async function openStateStore(options: StateStoreOptions): Promise<StateStore> {
  const dataDir = resolve(options.dataDir);
  const lock = await inWritableFolder(dataDir, () => {
    mkdirSync(dataDir, { recursive: true });
    return lockFolder(dataDir);
  });
  try {
    return await openLocked(dataDir, lock, options);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openLocked(
  dataDir: string,
  lock: FolderLock,
  options: StateStoreOptions,
): Promise<StateStore> {
  const path = join(dataDir, 'state');
  checkLmdbFile(join(path, 'data.mdb'), damagedAdvice);
  const root = open({ path, maxReaders: 64, maxDbs: 16 });
  try {
    const facts = root.openDB<FolderFacts, string>({ name: 'facts' });
    const stored = facts.get(factsKey);
    const shardCount = checkFacts(stored, options);
    if (stored === undefined) {
      const written = root.childTransaction(() => {
        facts.putSync(factsKey, { formatVersion, shardCount });
      });
      await durable(written, { flushed: () => root.flushed, clock: systemClock });
    }
    // Here and not where they are opened: no restart of a shard's thread would mend its file.
    for (let shard = 0; shard < shardCount; shard++)
      checkLmdbFile(join(shardFolder(dataDir, shard), 'data.mdb'), damagedAdvice);
    return new StateStore({ root, lock, shardCount });
  } catch (error) {
    await root.close();
    throw error;
  }
}

/** LMDB and the file system each have their own words for a folder that cannot be used; an operator gets ours. */
async function inWritableFolder<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof KmsError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new KmsError('failed_precondition', `the data folder ${dataDir} cannot be used: ${reason}`, {
      cause,
      facts: { dataDir },
    });
  }
}

function checkFacts(stored: FolderFacts | undefined, options: StateStoreOptions): number {
  if (stored === undefined) return options.shardsForNewFolder;
  if (stored.formatVersion !== formatVersion) {
    const message = `the data folder has format ${stored.formatVersion}, and this engine reads format ${formatVersion}`;
    throw new KmsError('failed_precondition', message, {
      facts: { stored: stored.formatVersion, supported: formatVersion },
    });
  }
  if (options.shards !== 0 && options.shards !== stored.shardCount) {
    const message = `the data folder was made with ${stored.shardCount} shards, and ${options.shards} are asked for: leave the number out, or use a new folder`;
    throw new KmsError('failed_precondition', message, {
      facts: { stored: stored.shardCount, asked: options.shards },
    });
  }
  return stored.shardCount;
}
