// What is remembered of searches. A search leaves a few facts in memory, and once a second they go to disk together:
// nothing here makes a search wait, and nothing that fails here fails a search. Old ones are forgotten by age and by
// number.

import { createHmac } from 'node:crypto';
import type { ActorLog } from '../../actor/actor.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { KmsError } from '../../base/errors.ts';
import type { SearchAnswer, SearchQuery } from '../../model/query.ts';
import {
  type Feedback,
  type FeedbackKind,
  type Judgement,
  recordedHitsMax,
  type SearchRecord,
  type SearchReport,
} from '../../model/search-record.ts';
import { cleanQuery } from '../../stages/clean/clean-text.ts';
import type { SearchLogStore } from '../../storage/search-log-store.ts';
import type { AnalyticsApi, CallOptions } from '../engine-api.ts';
import { SortableIds } from '../sortable-ids.ts';
import { judgementsOf } from './judgements.ts';
import type { SearchObserver } from './search-observer.ts';
import { idAt } from './search-pages.ts';
import { reportOn } from './search-report.ts';

export interface SearchAnalyticsOptions {
  /** Null: nothing is remembered. */
  readonly store: SearchLogStore | null;
  readonly days: number;
  readonly keepsTexts: boolean;
  readonly slowMs: number;
  readonly searchesMax: number;
  readonly clock: Clock;
  readonly log: ActorLog;
  readonly onDropped: (searches: number) => void;
  readonly onFeedback: (kind: FeedbackKind) => void;
}

/** A search that waits to be written; its text is cleaned and hashed then. */
interface PendingSearch {
  readonly text: string | null;
  /** As of a search without a text. */
  readonly record: SearchRecord;
}

const flushMs = 1_000;
/** Two seconds of the fastest traffic that was measured, 5,000 searches a second; more is dropped and counted. */
const pendingMax = 10_000;
/** Texts may have 32 KiB; the pending ones together hold no more than this many characters. */
const pendingCharactersMax = 8 * 2 ** 20;
/** Rows of one transaction, and characters cleaned in one go on the main thread: about two milliseconds. */
const rowsPerWrite = 200;
const charactersPerWrite = 32_768;
const dayMs = 86_400_000;
/** Of a text that is kept: enough to know the query by, and a million of them stay below a gigabyte. */
const keptCharactersMax = 1_024;
/** A disk that is full fails every second; the log hears of it once in a while. */
const complainEveryMs = 60_000;

export class SearchAnalytics implements AnalyticsApi, SearchObserver {
  readonly #options: SearchAnalyticsOptions;
  readonly #ids: SortableIds;
  /** In the order of their ids. An array: what a Map lets go of stays in memory for long (see live-entries.ts). */
  readonly #pending: PendingSearch[] = [];
  #pendingCharacters = 0;
  #stored: number;
  #dropped = 0;
  #timer: Timer | null = null;
  #flushing: Promise<void> = Promise.resolve();
  #complainedMs = Number.NEGATIVE_INFINITY;

  constructor(options: SearchAnalyticsOptions) {
    this.#options = options;
    this.#ids = new SortableIds(options.clock, options.store?.newestId() ?? null);
    this.#stored = options.store?.count() ?? 0;
  }

  /** Searches that are on disk. */
  get stored(): number {
    return this.#stored;
  }

  /** See SearchObserver.observe. */
  observe(query: SearchQuery, answer: Omit<SearchAnswer, 'searchId'>): string {
    const id = this.#ids.next();
    if (this.#options.store === null) return id;
    const text = query.target.type === 'text' ? query.target.text : null;
    const characters = text?.length ?? 0;
    if (this.#pending.length >= pendingMax || this.#pendingCharacters + characters > pendingCharactersMax) {
      this.#drop(1);
      return id;
    }
    const { timings, hits } = answer;
    this.#pendingCharacters += characters;
    this.#pending.push({
      text,
      record: {
        id,
        timeMs: this.#options.clock.epochMs(),
        mode: query.mode,
        hitCount: hits.length,
        hits: hits.slice(0, recordedHitsMax).map(({ document: { collection, id: documentId } }) => ({
          collection,
          id: documentId,
        })),
        offset: query.offset,
        isFiltered: query.filter !== null,
        totalMs: timings.totalMs,
        embedMs: timings.embedMs,
        searchMs: timings.searchMs,
        text: '',
        textHash: '',
        characters: 0,
        words: 0,
      },
    });
    this.#timer ??= this.#options.clock.setTimer(flushMs, () => void this.flush());
    return id;
  }

  /** See AnalyticsApi.recordFeedback. */
  async recordFeedback(given: Parameters<AnalyticsApi['recordFeedback']>[0]): Promise<void> {
    const store = this.#store();
    const { searchId, document, kind } = given;
    const waiting = this.#pending.find(({ record }) => record.id === searchId);
    const search = waiting === undefined ? store.search(searchId) : this.#recordOf(waiting);
    if (search === undefined) {
      throw new KmsError('not_found', 'the search is not remembered', { facts: { resource: 'search' } });
    }
    const position = search.hits.findIndex(
      (hit) => hit.collection === document.collection && hit.id === document.id,
    );
    if (position < 0 && search.hitCount <= search.hits.length) throw notAmongHits();
    const feedback: Feedback = {
      searchId,
      document,
      kind,
      rank: position < 0 ? 0 : search.offset + position + 1,
      timeMs: this.#options.clock.epochMs(),
    };
    await store.putFeedback(search, feedback);
    this.#options.onFeedback(kind);
  }

  /** See AnalyticsApi.report. */
  async report(
    { windowMs, limit }: { readonly windowMs: number; readonly limit: number },
    options: CallOptions,
  ): Promise<SearchReport> {
    const store = this.#store();
    await this.flush();
    const fromMs = this.#options.clock.epochMs() - windowMs;
    const { slowMs } = this.#options;
    const found = await reportOn(store, { fromMs, slowMs, limit, signal: options.signal });
    return { ...found, keptSinceMs: store.oldest()?.timeMs ?? null, dropped: this.#dropped };
  }

  /** See AnalyticsApi.judgements. */
  async *judgements(
    { windowMs }: { readonly windowMs: number },
    signal: AbortSignal,
  ): AsyncGenerator<readonly Judgement[]> {
    const store = this.#store();
    if (!this.#options.keepsTexts) {
      const message =
        'texts of queries are not kept, and judgements without them name no query: set KMS_ANALYTICS_TEXTS=true';
      throw new KmsError('failed_precondition', message);
    }
    await this.flush();
    yield* judgementsOf(store, { fromMs: this.#options.clock.epochMs() - windowMs, signal });
  }

  /** Writes what is pending and forgets what is old; resolves when that is done, never rejects. */
  flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = null;
    this.#flushing = this.#flushing.then(() => this.#flushNow());
    return this.#flushing;
  }

  /** Writes what is pending, then closes the log. */
  async close(): Promise<void> {
    const { store } = this.#options;
    if (store === null) return;
    await this.flush();
    this.#timer?.cancel();
    await store.close();
  }

  async #flushNow(): Promise<void> {
    const { store } = this.#options;
    if (store === null) return;
    try {
      while (this.#pending.length > 0) {
        const next = this.#nextPending();
        const records = next.map((pending) => this.#recordOf(pending));
        try {
          await store.append(records);
          this.#stored += records.length;
        } catch (error) {
          this.#drop(records.length);
          this.#complain(error);
        }
        this.#forgetFirst(next.length);
      }
      await this.#prune(store);
    } catch (error) {
      this.#complain(error);
    }
  }

  /** The oldest that wait, as many as are written together; at least one. They wait until they are forgotten. */
  #nextPending(): PendingSearch[] {
    let count = 0;
    let characters = 0;
    for (const { text } of this.#pending) {
      characters += text?.length ?? 0;
      if (count > 0 && (count === rowsPerWrite || characters > charactersPerWrite)) break;
      count += 1;
    }
    return this.#pending.slice(0, count);
  }

  async #prune(store: SearchLogStore): Promise<void> {
    const { clock, days, searchesMax } = this.#options;
    const oldest = idAt(clock.epochMs() - days * dayMs);
    for (;;) {
      const removed = await store.prune(oldest, rowsPerWrite);
      this.#stored -= removed;
      if (removed < rowsPerWrite) break;
    }
    while (this.#stored > searchesMax) {
      const removed = await store.prune(lastId, Math.min(rowsPerWrite, this.#stored - searchesMax));
      if (removed === 0) return;
      this.#stored -= removed;
      this.#drop(removed);
    }
  }

  /** A pending search as it will be written. */
  #recordOf(pending: PendingSearch): SearchRecord {
    if (pending.text === null) return pending.record;
    const { store, keepsTexts } = this.#options;
    const text = cleanQuery(pending.text);
    const textHash =
      store === null ? '' : createHmac('sha256', store.hashKey).update(text).digest('hex').slice(0, 32);
    return {
      ...pending.record,
      // A cut must not leave half of a surrogate pair behind.
      text: keepsTexts ? text.slice(0, keptCharactersMax).replace(/[\ud800-\udbff]$/, '') : '',
      textHash,
      characters: text.length,
      words: text === '' ? 0 : text.split(/\s+/).length,
    };
  }

  #forgetFirst(count: number): void {
    for (const { text } of this.#pending.splice(0, count)) this.#pendingCharacters -= text?.length ?? 0;
  }

  #store(): SearchLogStore {
    const { store } = this.#options;
    if (store !== null) return store;
    throw new KmsError('failed_precondition', 'searches are not remembered: KMS_ANALYTICS_DAYS is 0');
  }

  #drop(searches: number): void {
    this.#dropped += searches;
    this.#options.onDropped(searches);
  }

  #complain(error: unknown): void {
    const { clock, log } = this.#options;
    const nowMs = clock.nowMs();
    if (nowMs - this.#complainedMs < complainEveryMs) return;
    this.#complainedMs = nowMs;
    log.warn({ error: String(error) }, 'searches could not be written to the log');
  }
}

/** Above every id. */
const lastId = 'zzzzzzzzzzzzzz';

function notAmongHits(): KmsError {
  const description = 'was not among the hits of this search';
  return new KmsError('invalid_argument', `document ${description}`, {
    violations: [{ field: 'document', description }],
  });
}
