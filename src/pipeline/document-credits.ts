// The bound of the whole line: how many documents may be between a client's stream and the disk at once. A caller
// that finds no credits waits, so it stops reading its stream, and the client feels it as HTTP/2 flow control.

import { KmsError } from '../base/errors.ts';

interface Waiter {
  readonly documents: number;
  readonly grant: () => void;
}

export class DocumentCredits {
  readonly #max: number;
  #taken = 0;
  /** First come, first served. Bounded by the callers: one waiting message a stream, or one a unary call. */
  readonly #waiters = new Set<Waiter>();

  constructor(documentsMax: number) {
    this.#max = documentsMax;
  }

  /** Waits for `documents` credits (a larger batch counts as all of them); returns the way to give them back. */
  async take(documents: number, signal: AbortSignal): Promise<() => void> {
    const wanted = Math.min(documents, this.#max);
    if (signal.aborted) throw cancelled(signal);
    if (this.#waiters.size > 0 || this.#taken + wanted > this.#max) await this.#wait(wanted, signal);
    else this.#taken += wanted;
    let isGivenBack = false;
    return () => {
      if (isGivenBack) return;
      isGivenBack = true;
      this.#taken -= wanted;
      this.#grant();
    };
  }

  get taken(): number {
    return this.#taken;
  }

  #wait(documents: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiters.delete(waiter);
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
      this.#waiters.add(waiter);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  #grant(): void {
    for (const waiter of this.#waiters) {
      if (this.#taken + waiter.documents > this.#max) return;
      this.#taken += waiter.documents;
      this.#waiters.delete(waiter);
      waiter.grant();
    }
  }
}

function cancelled(signal: AbortSignal): KmsError {
  return signal.reason instanceof KmsError ? signal.reason : new KmsError('cancelled', 'the caller has gone');
}
