// What any embedding model offers, local or remote, and the tokenizer that the chunker measures with.

import type { ActorStats, Lane } from '../actor/actor.ts';
import { type Fault, fromFault } from '../base/errors.ts';

export interface EmbeddedTexts {
  /** Shape [texts × dimensions], rows of unit length. A failed text's row is zeros. */
  readonly vectors: Float32Array;
  readonly tokens: number;
  /**
   * A fault that a repetition may heal, `cancelled` included, is not the text's own: some of the batch got through and
   * is to be kept, the rest is to be asked for again. See `isOwnFault`.
   */
  readonly failures: readonly { readonly index: number; readonly fault: Fault }[];
}

export interface EmbeddingProvider {
  /** For example `minilm-l6-v2/int8`: part of the cache key and of the vector space's name. */
  readonly model: string;
  readonly dimensions: number;
  /** Whether a vector costs less to compute than to look up on disk: then nobody should keep it. Absent: no. */
  readonly isCheap?: boolean;
  embed(
    texts: readonly string[],
    options: { readonly lane: Lane; readonly signal: AbortSignal },
  ): Promise<EmbeddedTexts>;
  close(): Promise<void>;
  /** Numbers and short texts for the status of the embed actor. */
  stats?(): ActorStats;
}

/** Whether a text failed because of what it is, so that asking again would change nothing. */
export function isOwnFault(fault: Fault): boolean {
  return !fromFault(fault).isRetryable && fault.code !== 'cancelled' && fault.code !== 'deadline_exceeded';
}

export interface ModelTokenizer {
  /** Tokens a text may have, the two special ones included. */
  readonly tokensMax: number;
  /** Token ids with the special ones, cut to tokensMax. */
  encode(text: string): number[];
  /** How many tokens `text` has, without the special ones and without a limit. */
  countTokens(text: string): number;
}
