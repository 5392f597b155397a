// The log of searches and the feedback on them: an LMDB environment of its own, because none of it is worth making a
// document wait. Feedback is on disk when it is acknowledged; searches are a statistic, and a crash may cost the last
// second of them.

import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import type { Clock } from '../base/clock.ts';
import { KmsError } from '../base/errors.ts';
import { checkLmdbFile } from '../base/lmdb-file-check.ts';
import type { DocumentKey } from '../model/document.ts';
import type { Feedback, SearchRecord } from '../model/search-record.ts';
import { durable } from './durable-commit.ts';

const hashKeyBytes = 32;
const hashKeyName = 'text-hash-key';
/** A million rows of about 600 bytes, and as much again for feedback and the free space of a tree. */
const mapBytesMax = 4 * 1024 ** 3;

export class SearchLogStore {
  /** What texts are hashed with: without it, the hash of a short text could be looked up in a table. */
  readonly hashKey: Buffer;
  readonly #root: RootDatabase;
  readonly #clock: Clock;
  readonly #searches: Database<SearchRecord, string>;
  readonly #feedback: Database<Feedback, Buffer>;

  constructor(parts: { readonly root: RootDatabase; readonly hashKey: Buffer; readonly clock: Clock }) {
    this.#root = parts.root;
    this.#clock = parts.clock;
    this.hashKey = parts.hashKey;
    this.#searches = openSearches(parts.root);
    this.#feedback = parts.root.openDB<Feedback, Buffer>({ name: 'feedback', keyEncoding: 'binary' });
  }

  /** Resolves when the rows can be read; the disk may get them a moment later. */
  async append(records: readonly SearchRecord[]): Promise<void> {
    await this.#write(() => {
      for (const record of records) this.#searches.putSync(record.id, record);
    });
  }

  search(id: string): SearchRecord | undefined {
    return this.#searches.get(id);
  }

  /**
   * Resolves when the feedback is on disk in place of an older one on the same hit. `search` is written with it. Throws
   * `resource_exhausted` when there is feedback on so many hits of the search that no more is taken.
   */
  async putFeedback(search: SearchRecord, feedback: Feedback): Promise<void> {
    const key = feedbackKey(feedback.searchId, feedback.document);
    const written = this.#root.childTransaction(() => {
      // Counted in here: of two that come at once, the second one sees the first.
      const isNew = this.#feedback.get(key) === undefined;
      if (isNew && this.feedbackOn(search.id).length >= feedbackMax) {
        const message = `there is feedback on ${feedbackMax} hits of this search already`;
        throw new KmsError('resource_exhausted', message, { facts: { feedbackMax } });
      }
      this.#searches.putSync(search.id, search);
      this.#feedback.putSync(key, feedback);
    });
    await durable(written, { flushed: () => this.#root.flushed, clock: this.#clock });
  }

  /** At most `limit` searches from `fromId` on, oldest first. */
  searchesFrom(fromId: string, limit: number, { isExclusive }: { readonly isExclusive: boolean }) {
    const range = this.#searches.getRange({ start: fromId, limit, exclusiveStart: isExclusive });
    return [...range].map(({ value }) => value);
  }

  /** At most `feedbackMax`. */
  feedbackOn(searchId: string): Feedback[] {
    const start = Buffer.from(`${searchId}\0`, 'utf8');
    const end = Buffer.from(`${searchId}\u0001`, 'utf8');
    return [...this.#feedback.getRange({ start, end, limit: feedbackMax })].map(({ value }) => value);
  }

  count(): number {
    return this.#searches.getKeysCount({});
  }

  oldest(): SearchRecord | null {
    const [first] = this.#searches.getRange({ limit: 1 });
    return first?.value ?? null;
  }

  newestId(): string | null {
    const [last] = this.#searches.getKeys({ reverse: true, limit: 1 });
    return last ?? null;
  }

  /** Forgets at most `limit` of the oldest searches, those below `belowId` only, with their feedback; resolves with their number. */
  async prune(belowId: string, limit: number): Promise<number> {
    const ids = [...this.#searches.getKeys({ end: belowId, limit })];
    if (ids.length === 0) return 0;
    await this.#write(() => {
      for (const id of ids) {
        this.#searches.removeSync(id);
        for (const { document } of this.feedbackOn(id)) this.#feedback.removeSync(feedbackKey(id, document));
      }
    });
    return ids.length;
  }

  async close(): Promise<void> {
    await this.#root.close();
  }

  /** A write that nobody waits for on disk; what a failing disk says late is caught with what it says at once. */
  async #write(change: () => void): Promise<void> {
    await durable(
      this.#root.childTransaction(() => change()),
      { flushed: () => Promise.resolve(), clock: this.#clock },
    );
  }
}

/** A search has no more hits that anybody judges one by one. */
const feedbackMax = 100;

/** Opens or makes the log in the data folder. Throws `data_loss` for a damaged one. */
export async function openSearchLog(dataDir: string, clock: Clock): Promise<SearchLogStore> {
  const path = join(dataDir, 'analytics');
  mkdirSync(path, { recursive: true });
  checkLmdbFile(join(path, 'data.mdb'), 'remove its folder: it holds statistics of searches only');
  const root = open({ path, mapSize: mapBytesMax, maxReaders: 16, maxDbs: 4 });
  const facts = root.openDB<Buffer, string>({ name: 'facts', encoding: 'binary' });
  const known = facts.get(hashKeyName);
  const hashKey = known === undefined ? randomBytes(hashKeyBytes) : Buffer.from(known);
  if (known === undefined) {
    const written = root.childTransaction(() => void facts.putSync(hashKeyName, hashKey));
    await durable(written, { flushed: () => root.flushed, clock });
  }
  return new SearchLogStore({ root, hashKey, clock });
}

function openSearches(root: RootDatabase): Database<SearchRecord, string> {
  return root.openDB<SearchRecord, string>({ name: 'searches' });
}

/** Feedback lies beside the search it is about. Ids of searches and names of collections hold no zero. */
function feedbackKey(searchId: string, { collection, id }: DocumentKey): Buffer {
  return Buffer.from(`${searchId}\0${collection}\0${id}`, 'utf8');
}
