// The engine's own environment: which collections exist, and what was fixed when the data folder was made. The main
// thread owns it, together with the lock that keeps a second process out of the folder.

import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import { systemClock } from '../base/clock.ts';
import { KmsError } from '../base/errors.ts';
import { checkLmdbFile } from '../base/lmdb-file-check.ts';
import type { EmbeddingSpec } from '../model/embedding-spec.ts';
import { DeadLetterStore } from './dead-letter-store.ts';
import { durable } from './durable-commit.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { JobStore } from './job-store.ts';
import { SourceIdStore } from './source-id-store.ts';

/** Raised when the layout on disk changes so that older code would misread it. */
export const formatVersion = 1;

export interface CollectionEntry {
  readonly name: string;
  /** The generation that answers its searches; at most one of the next three is set. */
  readonly generation: string;
  readonly createdTimeMs: number;
  /** Being filled beside it. */
  readonly target: string | null;
  /** What answered before, kept in step. */
  readonly previous: string | null;
  /** Being removed. */
  readonly dropping: string | null;
}

/** A vector space that lives in this data folder. */
export interface SpaceEntry {
  readonly generation: string;
  readonly spec: EmbeddingSpec;
  /** Relative to the data folder; empty for the first one, whose shards lie in the data folder itself. */
  readonly folder: string;
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
const spacesName = 'spaces';
const damagedAdvice = 'restore the data folder from a backup, or start with a new one and ingest again';

export class StateStore {
  readonly shardCount: number;
  readonly jobs: JobStore;
  readonly sourceIds: SourceIdStore;
  readonly deadLetters: DeadLetterStore;
  readonly #root: RootDatabase;
  readonly #collections: Database<CollectionEntry, string>;
  readonly #spaces: Database<SpaceEntry, string>;
  readonly #lock: FolderLock;

  constructor(parts: { root: RootDatabase; lock: FolderLock; shardCount: number }) {
    this.#root = parts.root;
    this.#lock = parts.lock;
    this.shardCount = parts.shardCount;
    this.#collections = parts.root.openDB<CollectionEntry, string>({ name: 'collections' });
    this.#spaces = parts.root.openDB<SpaceEntry, string>({ name: spacesName });
    const environment = { root: parts.root, clock: systemClock };
    this.jobs = new JobStore(environment);
    this.sourceIds = new SourceIdStore(environment);
    this.deadLetters = new DeadLetterStore(environment);
  }

  collections(): readonly CollectionEntry[] {
    // Entries of an engine that knew one generation only lack the other three.
    const alone = { target: null, previous: null, dropping: null };
    return [...this.#collections.getRange()].map(({ value }) => ({ ...alone, ...value }));
  }

  /** Resolves when the entry is on disk. The first entry of a name stays. */
  putCollection(entry: CollectionEntry): Promise<void> {
    return this.#write(() => {
      if (this.#collections.get(entry.name) === undefined)
        this.#collections.putSync(entry.name, { ...entry });
    });
  }

  /** Resolves when the entry is on disk in place of the one of its name. */
  replaceCollection(entry: CollectionEntry): Promise<void> {
    return this.#write(() => this.#collections.putSync(entry.name, { ...entry }));
  }

  spaces(): readonly SpaceEntry[] {
    return [...this.#spaces.getRange()].map(({ value }) => value);
  }

  putSpace(entry: SpaceEntry): Promise<void> {
    return this.#write(() => this.#spaces.putSync(entry.generation, { ...entry }));
  }

  removeSpace(generation: string): Promise<void> {
    return this.#write(() => this.#spaces.removeSync(generation));
  }

  async #write(change: () => unknown): Promise<void> {
    const written = this.#root.childTransaction(() => void change());
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
    const spaces = root.openDB<SpaceEntry, string>({ name: spacesName });
    const folders = [...spaces.getRange()].map(({ value }) => join(dataDir, value.folder));
    for (const folder of new Set([dataDir, ...folders])) {
      for (let shard = 0; shard < shardCount; shard++)
        checkLmdbFile(join(shardFolder(folder, shard), 'data.mdb'), damagedAdvice);
    }
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
