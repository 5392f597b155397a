// The engine's own environment: which collections exist, and what was fixed when the data folder was made. The main
// thread owns it, together with the lock that keeps a second process out of the folder.

import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import { systemClock } from '../base/clock.ts';
import { KmsError } from '../base/errors.ts';
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

/**
 * Locks and opens the data folder. Throws `failed_precondition` when another process has it, when it was made by
 * another format version, or with another shard count than the settings ask for.
 */
export async function openStateStore(options: StateStoreOptions): Promise<StateStore> {
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });
  const lock = await lockFolder(dataDir);
  const root = open({ path: join(dataDir, 'state'), maxReaders: 64, maxDbs: 16 });
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
    return new StateStore({ root, lock, shardCount });
  } catch (error) {
    await root.close();
    await lock.release();
    throw error;
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
