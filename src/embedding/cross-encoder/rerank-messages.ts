// What goes to a reranking thread and comes back. Threads tokenise as well: fifty texts would hold the main thread for
// longer than a search takes.

import type { Fault } from '../../base/errors.ts';

export interface RerankTask {
  readonly query: string;
  /** None: load the model and no more. */
  readonly texts: readonly string[];
  /** On the clock of all threads (clock.ts); texts not begun by then are left. */
  readonly deadlineMs: number;
}

export type RerankTaskReply =
  /** Of the first texts; fewer than were asked for when the time was over. */
  | { readonly type: 'scored'; readonly scores: Float32Array }
  /** A task never throws: to the pool that would be a dead thread. */
  | { readonly type: 'failed'; readonly fault: Fault };
