// A report on the searches of a window: counted in one pass over the log, with the main thread given back in between.

import type { SearchMode } from '../../model/query.ts';
import type { Feedback, SearchRecord, SearchReport, ZeroResultQuery } from '../../model/search-record.ts';
import type { SearchLogStore } from '../../storage/search-log-store.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import { searchPages } from './search-pages.ts';

/**
 * Distinct zero-result queries that are counted one by one, 1 KiB each at most; those that come later in the window are
 * counted in sum only.
 */
const zeroQueriesMax = 20_000;

export async function reportOn(
  store: SearchLogStore,
  options: {
    readonly fromMs: number;
    readonly slowMs: number;
    /** Of the two lists. */
    readonly limit: number;
    readonly signal: AbortSignal;
  },
): Promise<Omit<SearchReport, 'keptSinceMs' | 'dropped'>> {
  const counts = new ReportCounts(options);
  for await (const page of searchPages(store, options))
    for (const search of page) counts.add(search, store.feedbackOn(search.id));
  return counts.report();
}

class ReportCounts {
  readonly #slowMs: number;
  readonly #limit: number;
  readonly #latencies = new LatencyHistogram();
  readonly #byMode: Record<SearchMode, number> = { semantic: 0, lexical: 0, hybrid: 0 };
  readonly #zeroQueries = new Map<string, ZeroResultQuery>();
  #slowest: SearchRecord[] = [];
  #searches = 0;
  #zeroResults = 0;
  #withClicks = 0;
  #judged = 0;
  #reciprocalRanks = 0;
  #slow = 0;

  constructor({ slowMs, limit }: { readonly slowMs: number; readonly limit: number }) {
    this.#slowMs = slowMs;
    this.#limit = limit;
  }

  add(search: SearchRecord, feedback: readonly Feedback[]): void {
    this.#searches++;
    this.#byMode[search.mode]++;
    this.#latencies.add(search.totalMs);
    if (search.totalMs > this.#slowMs) this.#slow++;
    this.#addSlowest(search);
    // A page behind the last hit is no query without results.
    if (search.hitCount === 0 && search.offset === 0) this.#addZeroResult(search);
    if (feedback.length > 0) this.#addFeedback(feedback);
  }

  report(): Omit<SearchReport, 'keptSinceMs' | 'dropped'> {
    return {
      searches: this.#searches,
      zeroResults: this.#zeroResults,
      withClicks: this.#withClicks,
      slow: this.#slow,
      p50Ms: this.#latencies.percentile(0.5),
      p95Ms: this.#latencies.percentile(0.95),
      p99Ms: this.#latencies.percentile(0.99),
      clickReciprocalRank: this.#judged === 0 ? 0 : this.#reciprocalRanks / this.#judged,
      searchesByMode: this.#byMode,
      slowest: this.#slowest.sort(bySlowness).slice(0, this.#limit),
      zeroResultQueries: [...this.#zeroQueries.values()]
        .sort((a, b) => b.searches - a.searches || b.lastTimeMs - a.lastTimeMs)
        .slice(0, this.#limit),
    };
  }

  #addSlowest(search: SearchRecord): void {
    this.#slowest.push(search);
    // Cut when it has doubled: cheaper than keeping it in order.
    if (this.#slowest.length > this.#limit * 2)
      this.#slowest = this.#slowest.sort(bySlowness).slice(0, this.#limit);
  }

  #addZeroResult({ text, textHash, timeMs }: SearchRecord): void {
    this.#zeroResults++;
    if (textHash === '') return; // by vector or document: there is no query to name
    const known = this.#zeroQueries.get(textHash);
    if (known === undefined && this.#zeroQueries.size >= zeroQueriesMax) return;
    this.#zeroQueries.set(textHash, {
      text,
      textHash,
      searches: (known?.searches ?? 0) + 1,
      lastTimeMs: timeMs,
    });
  }

  #addFeedback(feedback: readonly Feedback[]): void {
    const opened = feedback.filter(({ kind }) => kind !== 'not_relevant');
    if (opened.length > 0) this.#withClicks++;
    this.#judged++;
    const ranks = opened.flatMap(({ rank }) => (rank > 0 ? [rank] : []));
    if (ranks.length > 0) this.#reciprocalRanks += 1 / Math.min(...ranks);
  }
}

function bySlowness(a: SearchRecord, b: SearchRecord): number {
  return b.totalMs - a.totalMs;
}
