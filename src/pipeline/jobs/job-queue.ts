// Which queued job starts next. Pure but for the memory of whose turn it is.

import type { Job, JobPriority } from '../../model/job.ts';
import { WeightedChoice } from './weighted-choice.ts';

/**
 * Jobs running at once, of a priority and those below it: a job that somebody marked as urgent never waits for two long
 * ones, and one of them is enough to use what LOW may have.
 */
const runningMax: Readonly<Record<JobPriority, number>> = { high: 3, normal: 2, low: 1 };
const ranks: Readonly<Record<JobPriority, number>> = { low: 0, normal: 1, high: 2 };

export class JobQueue {
  readonly #choice = new WeightedChoice();

  /** `queued` and `running` oldest first. Of one priority the oldest goes first; of one source one runs at a time. */
  next(queued: readonly Job[], running: readonly Job[]): Job | null {
    const busy = new Set(running.map(({ task }) => task.source));
    const startable = queued.filter((job) => !busy.has(job.task.source) && hasRoom(job.priority, running));
    const chosen = this.#choice.choose(new Set(startable.map((job) => job.priority)));
    return startable.find((job) => job.priority === chosen) ?? null;
  }
}

function hasRoom(priority: JobPriority, running: readonly Job[]): boolean {
  // Starting it must keep its own bound and those of the priorities above, which count it too.
  return (['low', 'normal', 'high'] as const)
    .filter((bound) => ranks[bound] >= ranks[priority])
    .every((bound) => {
      const counted = running.filter((job) => ranks[job.priority] <= ranks[bound]);
      return counted.length < runningMax[bound];
    });
}
