// Which priority comes next: by weight, and never never. Smooth weighted round robin: each round everybody who waits
// gains its weight, the one with the most goes and pays what all gained. No chance, no clock, and a bound that can be
// computed: with all three waiting, LOW goes once in every thirteen rounds.

import { type JobPriority, jobPriorities } from '../../model/job.ts';

const weights: Readonly<Record<JobPriority, number>> = { high: 8, normal: 4, low: 1 };

export class WeightedChoice {
  readonly #gained: Record<JobPriority, number> = { high: 0, normal: 0, low: 0 };

  /** One of the priorities that wait; null when none does. What does not wait gains nothing. */
  choose(waiting: ReadonlySet<JobPriority>): JobPriority | null {
    let chosen: JobPriority | null = null;
    let sum = 0;
    for (const priority of jobPriorities) {
      if (!waiting.has(priority)) continue;
      this.#gained[priority] += weights[priority];
      sum += weights[priority];
      if (chosen === null || this.#gained[priority] > this.#gained[chosen]) chosen = priority;
    }
    if (chosen !== null) this.#gained[chosen] -= sum;
    return chosen;
  }
}
