// What a service's answer or failure means for the texts that were sent, in a closed set.

import { APIConnectionError, APIError } from 'openai';
import { type RateHeaders, readRateHeaders } from './rate-headers.ts';

export type ServiceReply =
  | {
      readonly type: 'rows';
      readonly rows: readonly (Float32Array | null)[];
      /** As the service counted them; null: it does not say. */
      readonly tokens: number | null;
      readonly headers: RateHeaders | null;
    }
  /** Not now: nothing is wrong with the texts or with the service. */
  | { readonly type: 'limited'; readonly reason: string; readonly headers: RateHeaders | null }
  /** Fewer texts at once may do. */
  | { readonly type: 'too_large'; readonly reason: string; readonly headers: RateHeaders | null }
  /** At least one of the texts is not to its liking. */
  | { readonly type: 'refused'; readonly reason: string; readonly headers: RateHeaders | null }
  | {
      readonly type: 'failed';
      readonly reason: string;
      readonly headers: RateHeaders | null;
      /** Set when it answered, and charged for, something that is of no use; null: it does not say for how much. */
      readonly chargedTokens?: number | null;
    }
  /** No request can succeed until somebody changes something. */
  | { readonly type: 'unusable'; readonly reason: string; readonly headers: RateHeaders | null };

/** A service's own words, cut: some repeat the whole input. */
const reasonLengthMax = 200;

export function replyOfError(error: unknown, epochMs: number): ServiceReply {
  if (error instanceof APIConnectionError) {
    return {
      type: 'failed',
      reason: `the embedding service cannot be reached: ${causeOf(error)}`,
      headers: null,
    };
  }
  if (!(error instanceof APIError) || error.status === undefined) {
    // A body that ends early or is no JSON.
    return {
      type: 'failed',
      reason: `the embedding service's answer is broken: ${causeOf(error)}`,
      headers: null,
    };
  }
  const { status, code } = error;
  const headers = error.headers === undefined ? null : readRateHeaders(error.headers, epochMs);
  const reason = `the embedding service answered ${error.message}`.slice(0, reasonLengthMax);
  return { type: typeOfStatus(Number(status), `${code} ${error.message}`), reason, headers };
}

function typeOfStatus(status: number, text: string): Exclude<ServiceReply['type'], 'rows'> {
  // OpenAI says 429 for an empty account, too, where waiting does not help.
  if (status === 429) return text.includes('insufficient_quota') ? 'unusable' : 'limited';
  if (status === 413) return 'too_large';
  if (status === 400 || status === 422) {
    return /batch size|too many inputs|array too long/i.test(text) ? 'too_large' : 'refused';
  }
  if (status === 408 || status === 409 || status >= 500) return 'failed';
  return 'unusable';
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const text =
    cause instanceof Error ? `${(cause as NodeJS.ErrnoException).code ?? cause.message}` : String(cause);
  return text.slice(0, reasonLengthMax);
}
