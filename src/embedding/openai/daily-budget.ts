// A cap on what a day (UTC) may cost. It stops loads and lets live queries pass: they cost next to nothing, and an
// engine that cannot be searched until midnight is no saving.

import type { Lane } from '../../actor/actor.ts';
import type { Clock } from '../../base/clock.ts';
import { KmsError } from '../../base/errors.ts';

/** Where a day's spending is kept; `day` is `2025-07-31`. */
export interface SpendStore {
  read(day: string): number;
  add(day: string, dollars: number): void;
  close(): Promise<void>;
}

export interface DailyBudgetOptions {
  readonly clock: Pick<Clock, 'epochMs'>;
  /** 0: no cap. */
  readonly dollarsPerDay: number;
  readonly store: SpendStore;
}

const dayMs = 86_400_000;

export class DailyBudget {
  readonly #options: DailyBudgetOptions;

  constructor(options: DailyBudgetOptions) {
    this.#options = options;
  }

  /** US dollars; infinite without a cap. Below 0 when live queries went on. */
  get leftDollars(): number {
    const { dollarsPerDay, store } = this.#options;
    return dollarsPerDay === 0 ? Number.POSITIVE_INFINITY : dollarsPerDay - store.read(this.#today());
  }

  /** Throws `resource_exhausted` when a load must not spend so much any more today. */
  check(lane: Lane, dollars: number): void {
    if (lane === 'urgent' || dollars <= this.leftDollars) return;
    const { clock, dollarsPerDay } = this.#options;
    throw new KmsError(
      'resource_exhausted',
      "today's budget for embeddings is spent (KMS_EMBED_BUDGET_PER_DAY)",
      {
        facts: { budgetDollars: dollarsPerDay, retryAfterMs: dayMs - (clock.epochMs() % dayMs) },
      },
    );
  }

  /** Negative: less was spent than was set aside. */
  spend(dollars: number): void {
    if (dollars !== 0) this.#options.store.add(this.#today(), dollars);
  }

  #today(): string {
    return new Date(this.#options.clock.epochMs()).toISOString().slice(0, 10);
  }
}
