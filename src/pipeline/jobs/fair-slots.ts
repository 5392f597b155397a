// Running jobs share the batches in flight: who waits for one is served by the weight of its priority.

import { type JobPriority, jobPriorities } from '../../model/job.ts';
import { WeightedChoice } from './weighted-choice.ts';

interface Waiter {
  readonly grant: () => void;
}

export class FairSlots {
  #free: number;
  readonly #choice = new WeightedChoice();
  /** First come, first served within a priority. Bounded by the running jobs: each waits for one slot at a time. */
  readonly #waiters: Readonly<Record<JobPriority, Set<Waiter>>> = {
    high: new Set(),
    normal: new Set(),
    low: new Set(),
  };

  constructor(slots: number) {
    this.#free = slots;
  }

  /** Resolves with the way to give the slot back. Rejects with the signal's reason. */
  async take(priority: JobPriority, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(priority, signal);
    let isGivenBack = false;
    return () => {
      if (isGivenBack) return;
      isGivenBack = true;
      this.#pass();
    };
  }

  #wait(priority: JobPriority, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiters = this.#waiters[priority];
      const onAbort = () => {
        waiters.delete(waiter);
        reject(signal.reason);
      };
      const waiter: Waiter = {
        grant: () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      waiters.add(waiter);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  #pass(): void {
    const waiting = new Set(jobPriorities.filter((priority) => this.#waiters[priority].size > 0));
    const chosen = this.#choice.choose(waiting);
    if (chosen === null) {
      this.#free += 1;
      return;
    }
    for (const waiter of this.#waiters[chosen]) {
      this.#waiters[chosen].delete(waiter);
      waiter.grant();
      return;
    }
  }
}
