// The back-pressure of a shard: a commit takes room for its vectors in the tail before it writes, and waits while there
// is none. First come, first served; every wait ends with room, a deadline, a cancellation, or a time limit.
//
// A queue that empties now and then takes up bursts; one that stands makes every search longer, as it scans the tail, and
// ingest no faster (K. Nichols and V. Jacobson, Controlling Queue Delay, 2012, tell the two apart in the same way). So all of
// the tail is for bursts, and while a load goes on less and less of it is given out: half of what leaves, so that commits
// always come through.

import type { Clock } from '../../base/clock.ts';
import { KmsError } from '../../base/errors.ts';

export interface TailRoomOptions {
  /** Vectors that may wait for the graph. */
  readonly tailMax: number;
  /** How many wait now. */
  readonly pending: () => number;
  /** Of them, those of collections that are not loaded: they stay, however long it takes. */
  readonly cold: () => number;
  readonly clock: Clock;
}

export interface RoomRequest {
  readonly vectors: number;
  readonly signal: AbortSignal;
  readonly deadlineMs: number | null;
}

/** Up to so many are no queue: 128 are under way into the graph, and a commit or two is being written. */
const emptyMax = 256;
/** What lasts longer is no burst. */
const burstMs = 1_000;
const standingShare = 1 / 8;
/** As many as keep the inserting thread busy while the next commits are written. */
const standingMin = 1_024;
/** Moving a full tail of 10,000 takes some 3 s; who waits much longer had better be told. */
const waitMsMax = 60_000;

interface Waiter {
  readonly vectors: number;
  readonly admit: () => void;
}

export class TailRoom {
  readonly #options: TailRoomOptions;
  #reserved = 0;
  /** Vectors that were ever let in. */
  #admitted = 0;
  /** Since when there has been a queue, as far as is known. */
  #queuedSinceMs: number | null = null;
  /** Vectors that had ever left when that was no burst any more. */
  #leftInBurst = 0;
  /** As many as the actor runs commits at once. */
  readonly #waiters: Waiter[] = [];

  constructor(options: TailRoomOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiters.length;
  }

  /** Resolves with the way to give the room back, which is due when the vectors count as pending, or will never come. */
  async take(request: RoomRequest): Promise<() => void> {
    // A change of attributes brings no vectors and waits for nobody.
    if (request.vectors === 0) return () => undefined;
    if (this.#waiters.length > 0 || !this.#fits(request.vectors)) await this.#wait(request);
    else this.#admit(request.vectors);
    return () => {
      this.#reserved -= request.vectors;
      this.release();
    };
  }

  /** Lets in whoever fits now; to be called after something has left the tail. */
  release(): void {
    for (;;) {
      const first = this.#waiters[0];
      if (first === undefined || !this.#fits(first.vectors)) return;
      this.#waiters.shift();
      this.#admit(first.vectors);
      first.admit();
    }
  }

  #admit(vectors: number): void {
    this.#reserved += vectors;
    this.#admitted += vectors;
  }

  /** A batch larger than the whole tail gets in when it is alone. */
  #fits(vectors: number): boolean {
    const taken = this.#options.pending() + this.#reserved;
    const bound = this.#bound(taken, vectors);
    return taken === 0 || taken + vectors <= bound;
  }

  #bound(taken: number, vectors: number): number {
    const { tailMax, clock } = this.#options;
    const cold = this.#options.cold();
    if (taken - cold <= emptyMax) {
      this.#queuedSinceMs = null;
      return tailMax;
    }
    const nowMs = clock.nowMs();
    this.#queuedSinceMs ??= nowMs;
    const left = this.#admitted - taken;
    if (nowMs - this.#queuedSinceMs < burstMs) {
      this.#leftInBurst = left;
      return tailMax;
    }
    // Two batches at least: one is written while the one before it enters the graph.
    const standing = cold + Math.max(standingMin, tailMax * standingShare, 2 * vectors);
    return Math.min(tailMax, Math.max(standing, tailMax - (left - this.#leftInBurst) / 2));
  }

  #wait({ vectors, signal, deadlineMs }: RoomRequest): Promise<void> {
    const { clock } = this.#options;
    return new Promise((resolve, reject) => {
      const remainingMs = deadlineMs === null ? waitMsMax : Math.max(0, deadlineMs - clock.nowMs());
      const timer = clock.setTimer(Math.min(remainingMs, waitMsMax), () => {
        const isDeadline = remainingMs <= waitMsMax && deadlineMs !== null;
        leave();
        reject(
          isDeadline
            ? new KmsError('deadline_exceeded', 'the deadline passed while the index was full')
            : new KmsError('resource_exhausted', 'the index has been full for too long', {
                facts: { waitMsMax },
              }),
        );
      });
      const onAbort = () => {
        leave();
        reject(new KmsError('cancelled', 'the commit was cancelled while the index was full'));
      };
      const leave = () => {
        timer.cancel();
        signal.removeEventListener('abort', onAbort);
        const index = this.#waiters.indexOf(waiter);
        if (index < 0) return;
        this.#waiters.splice(index, 1);
        // A smaller one behind may fit where this one did not.
        this.release();
      };
      const waiter: Waiter = {
        vectors,
        admit: () => {
          leave();
          resolve();
        },
      };
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiters.push(waiter);
    });
  }
}
