// How an EmbeddingServer may misbehave, one request at a time.

export type EmbeddingBehaviour =
  | {
      readonly type: 'status';
      readonly status: number;
      /** Sent as they are: `{ 'retry-after': '2' }`. */
      readonly headers?: Readonly<Record<string, string>>;
      readonly code?: string;
      readonly message?: string;
    }
  /** The headers and half of the body at once, the rest after `delayMs`; null: never. */
  | { readonly type: 'slow'; readonly delayMs: number | null }
  /** Half of the body, then the connection is gone. */
  | { readonly type: 'cut' }
  | { readonly type: 'wrong_dimensions' }
  /** The first vector begins with NaN. */
  | { readonly type: 'nan' }
  /** One vector less than was asked for. */
  | { readonly type: 'fewer' }
  /** Answers well, once the test opens the gate. */
  | { readonly type: 'held'; readonly until: Promise<void> };

export function tooMany(headers: Readonly<Record<string, string>>): EmbeddingBehaviour {
  return { type: 'status', status: 429, headers, code: 'rate_limit_exceeded', message: 'slow down' };
}

export const serverError: EmbeddingBehaviour = { type: 'status', status: 500, message: 'out of luck' };
