// Embeddings that were paid for once, on disk, by content. A hit saves 3 ms of inference, or a remote call's money.
//
// Two LMDB databases: `labels` finds a text's label by key, `vectors` holds `key + vector` by label. Labels only grow,
// so vectors are appended (half the space of random keys), the oldest have the smallest labels, and the cache is
// bounded by dropping from the front. Both change in one transaction. Reads see the last commit and never block.

import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import { assert } from '../base/assert.ts';
import { KmsError } from '../base/errors.ts';
import { isWholeLmdbFile } from '../base/lmdb-file-check.ts';

export interface EmbeddingCacheOptions {
  /** The environment is `embedding-cache/` below it. */
  readonly dataDir: string;
  /** Disk space, about; older entries make room. */
  readonly bytesMax: number;
  /** These three are part of each key: another model or another cleaning never sees these vectors. */
  readonly model: string;
  readonly dimensions: number;
  readonly cleanerVersion: number;
  /** Called when the folder was unreadable and has been started afresh. */
  readonly onReset?: (cause: unknown) => void;
}

const keyBytes = 16;
/** One entry of `labels` and the free half of LMDB's pages, at most. */
const entryOverheadBytes = 200;
const pageBytes = 4096;
/** Several batches share a commit and its flush to disk; until then the embed actor still knows what is in flight. */
const commitDelayMs = 50;

export class EmbeddingCache {
  readonly entriesMax: number;
  readonly #options: EmbeddingCacheOptions;
  readonly #root: RootDatabase;
  readonly #labels: Database<number, Buffer>;
  readonly #vectors: Database<Buffer, number>;

  constructor(options: EmbeddingCacheOptions) {
    this.#options = options;
    this.entriesMax = Math.max(1, Math.floor(options.bytesMax / entryBytes(options.dimensions)));
    this.#root = openOrReset(join(options.dataDir, 'embedding-cache'), options.onReset);
    this.#labels = this.#root.openDB({ name: 'labels', keyEncoding: 'binary', encoding: 'ordered-binary' });
    this.#vectors = this.#root.openDB({ name: 'vectors', encoding: 'binary' });
  }

  get entries(): number {
    const first = this.#labelAt({ reverse: false });
    const last = this.#labelAt({ reverse: true });
    return first === null || last === null ? 0 : last - first + 1;
  }

  /** What a text is filed under: 128 bits of a SHA-256, so that no two texts ever share a vector by chance. */
  keyOf(text: string): Buffer {
    const { model, dimensions, cleanerVersion } = this.#options;
    return createHash('sha256')
      .update(`${model}\0${dimensions}\0${cleanerVersion}\0`)
      .update(text)
      .digest()
      .subarray(0, keyBytes);
  }

  /** Copies the vector into `row` (shape [dimensions]) and returns true, or returns false and leaves it as it is. */
  read(key: Buffer, row: Float32Array): boolean {
    const label = this.#labels.get(key);
    if (label === undefined) return false;
    const entry = this.#vectors.get(label);
    // Evicted between the two reads, or written by something else: a miss either way.
    if (entry?.length !== keyBytes + row.byteLength || !entry.subarray(0, keyBytes).equals(key)) return false;
    new Uint8Array(row.buffer, row.byteOffset, row.byteLength).set(entry.subarray(keyBytes));
    return true;
  }

  /**
   * Files vectors under their keys; resolves when they can be read (not yet synced to disk: a crash may lose the last
   * ones, never mix them up). A key that is there already stays. The vectors are read before this returns.
   */
  async write(rows: readonly { readonly key: Buffer; readonly vector: Float32Array }[]): Promise<void> {
    const entries = rows.map(({ key, vector }) => {
      assert(vector.length === this.#options.dimensions, 'a cached vector has the dimensions of its model');
      const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
      return { key, bytes: Buffer.concat([key, bytes]) };
    });
    await this.#root.transaction(() => {
      let next = (this.#labelAt({ reverse: true }) ?? 0) + 1;
      for (const { key, bytes } of entries) {
        if (this.#labels.get(key) !== undefined) continue;
        this.#labels.putSync(key, next);
        this.#vectors.putSync(next, bytes, { append: true });
        next++;
      }
      this.#evict(next - this.entriesMax);
    });
  }

  async close(): Promise<void> {
    await this.#root.close();
  }

  /** Drops every label below `labelMin`; as many as the transaction added, so its cost is theirs. */
  #evict(labelMin: number): void {
    const oldest = [...this.#vectors.getRange({ end: labelMin })];
    for (const { key: label, value } of oldest) {
      this.#labels.removeSync(value.subarray(0, keyBytes));
      this.#vectors.removeSync(label);
    }
  }

  #labelAt(options: { readonly reverse: boolean }): number | null {
    for (const label of this.#vectors.getKeys({ ...options, limit: 1 })) return label;
    return null;
  }
}

/** LMDB puts as many entries on a page as fit, and larger ones on pages of their own. */
function entryBytes(dimensions: number): number {
  const entry = keyBytes + 4 * dimensions + 24;
  const perPage = Math.floor((pageBytes - 16) / entry);
  return perPage >= 2 ? pageBytes / perPage + entryOverheadBytes : pageBytes + entry + entryOverheadBytes;
}

/** Nothing in a cache is worth refusing to start: a damaged one is thrown away. */
function openOrReset(path: string, onReset: EmbeddingCacheOptions['onReset']): RootDatabase {
  const options = { path, commitDelay: commitDelayMs, maxDbs: 2, maxReaders: 32 };
  try {
    const file = join(path, 'data.mdb');
    if (existsSync(file) && !isWholeLmdbFile(file)) {
      throw new KmsError('data_loss', `${file} is not a whole LMDB file`);
    }
    return open(options);
  } catch (error) {
    rmSync(path, { recursive: true, force: true });
    onReset?.(error);
    return open(options);
  }
}
