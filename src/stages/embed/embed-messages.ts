// What goes into and comes out of the embed actor.

import type { Task } from '../../actor/actor.ts';
import type { Fault } from '../../base/errors.ts';

export interface EmbedBatch {
  /** Cleaned texts, each within the model's token limit (a longer one is cut). */
  readonly texts: readonly string[];
}

export interface EmbeddedBatch {
  /** Shape [texts × dimensions], rows of unit length; transferred. A failed text's row is zeros. */
  readonly vectors: Float32Array;
  readonly cacheHits: number;
  /** Tokens that went through the model (cache hits cost none). */
  readonly tokens: number;
  readonly failures: readonly { readonly index: number; readonly fault: Fault }[];
}

export interface EmbedTasks {
  /** Bulk: through the cache, in length-sorted batches on the inference pool. */
  embed: Task<EmbedBatch, EmbeddedBatch>;
  /** Urgent: on a session of its own that bulk work never occupies. */
  embedQueries: Task<EmbedBatch, EmbeddedBatch>;
}
