// The bound of the whole line: how many documents may be between a client's stream and the disk at once. A caller
// that finds no credits waits, so it stops reading its stream, and the client feels it as HTTP/2 flow control. The
// engine's own jobs have a part of it: what somebody waits for goes first, and the jobs never quite stop.

import { KmsError } from '../base/errors.ts';
import type { CallLane } from './engine-api.ts';

interface Waiter {
  readonly documents: number;
  readonly grant: () => void;
}

/** Bulk never holds more than this share, so that a live call finds room at once unless live calls took it. */
const bulkShareMax = 0.5;
/** Up to this share bulk goes before live calls that wait: whoever streams for hours must not stop every job. */
const bulkShareMin = 0.125;

export class DocumentCredits {
  readonly #max: number;
  readonly #bulkMax: number;
  readonly #bulkMin: number;
  readonly #taken: Record<CallLane, number> = { live: 0, bulk: 0 };
  /** First come, first served in each lane. Bounded by the callers: one waiting message a stream, a unary call, or a batch. */
  readonly #waiters: Readonly<Record<CallLane, Set<Waiter>>> = { live: new Set(), bulk: new Set() };

  constructor(documentsMax: number) {
    this.#max = documentsMax;
    this.#bulkMax = Math.max(1, Math.floor(documentsMax * bulkShareMax));
    this.#bulkMin = Math.floor(documentsMax * bulkShareMin);
  }

  /** Waits for `documents` credits (a larger batch counts as all of its lane); returns the way to give them back. */
  async take(documents: number, signal: AbortSignal, lane: CallLane = 'live'): Promise<() => void> {
    const wanted = Math.min(documents, lane === 'live' ? this.#max : this.#bulkMax);
    if (signal.aborted) throw cancelled(signal);
    if (this.#waiters[lane].size === 0 && this.#isFree(wanted, lane)) this.#taken[lane] += wanted;
    else await this.#wait(wanted, signal, lane);
    let isGivenBack = false;
    return () => {
      if (isGivenBack) return;
      isGivenBack = true;
      this.#taken[lane] -= wanted;
      this.#grant();
    };
  }

  get taken(): number {
    return this.#taken.live + this.#taken.bulk;
  }

  #isFree(documents: number, lane: CallLane): boolean {
    if (this.taken + documents > this.#max) return false;
    if (lane === 'live') return !this.#isBulkOwed();
    const bulk = this.#taken.bulk + documents;
    return bulk <= (this.#waiters.live.size > 0 ? this.#bulkMin : this.#bulkMax);
  }

  /** Whether what is free is kept for a batch that fits into what bulk has in any case. */
  #isBulkOwed(): boolean {
    const [first] = this.#waiters.bulk;
    return first !== undefined && this.#taken.bulk + first.documents <= this.#bulkMin;
  }

  #wait(documents: number, signal: AbortSignal, lane: CallLane): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiters[lane].delete(waiter);
        reject(cancelled(signal));
        this.#grant(); // the next one may need fewer
      };
      const waiter: Waiter = {
        documents,
        grant: () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      this.#waiters[lane].add(waiter);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  #grant(): void {
    for (const lane of ['bulk', 'live', 'bulk'] as const) {
      for (const waiter of this.#waiters[lane]) {
        if (!this.#isFree(waiter.documents, lane)) break;
        this.#taken[lane] += waiter.documents;
        this.#waiters[lane].delete(waiter);
        waiter.grant();
      }
    }
  }
}

function cancelled(signal: AbortSignal): KmsError {
  return signal.reason instanceof KmsError ? signal.reason : new KmsError('cancelled', 'the caller has gone');
}
