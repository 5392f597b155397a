// One request to an OpenAI-compatible service: the client of that name, without its own retries, and a reply that never
// throws.

import OpenAI from 'openai';
import type { Clock } from '../../base/clock.ts';
import { checkAnswer } from './embedding-answer.ts';
import { readRateHeaders } from './rate-headers.ts';
import { replyOfError, type ServiceReply } from './service-reply.ts';

export interface ServiceClientOptions {
  readonly clock: Clock;
  readonly baseUrl: string | null;
  readonly apiKey: string | null;
  readonly model: string;
  readonly dimensions: number;
  /** Asks the service to shorten its vectors. */
  readonly sendsDimensions: boolean;
  readonly fetch?: typeof fetch;
}

/** Services without keys get this one: the client insists on some. */
const noKey = 'none';

export class ServiceClient {
  readonly #options: ServiceClientOptions;
  readonly #client: OpenAI;

  constructor(options: ServiceClientOptions) {
    const { baseUrl, apiKey, fetch } = options;
    this.#options = options;
    this.#client = new OpenAI({
      apiKey: apiKey ?? noKey,
      ...(baseUrl === null ? {} : { baseURL: baseUrl }),
      ...(fetch === undefined ? {} : { fetch }),
      // Only the governor knows when to try again.
      maxRetries: 0,
      logLevel: 'off',
    });
  }

  /** Throws the signal's reason when it is aborted, and nothing else. An answer later than `timeoutMs` is a failure. */
  async send(
    texts: readonly string[],
    { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<ServiceReply> {
    const { clock, model, dimensions, sendsDimensions } = this.#options;
    // The client's own timeout ends with the headers; a body that never comes would be waited for.
    const late = new AbortController();
    const timer = clock.setTimer(timeoutMs, () => late.abort());
    try {
      const body = { model, input: [...texts], encoding_format: 'base64' as const };
      const { data, response } = await this.#client.embeddings
        .create(sendsDimensions ? { ...body, dimensions } : body, {
          signal: AbortSignal.any([signal, late.signal]),
          timeout: timeoutMs,
        })
        .withResponse();
      const headers = readRateHeaders(response.headers, clock.epochMs());
      const answer = checkAnswer(data.data, { texts: texts.length, dimensions });
      const tokens = data.usage?.prompt_tokens ?? null;
      if (answer.type === 'unusable')
        return { type: 'failed', reason: answer.reason, headers, chargedTokens: tokens };
      return { type: 'rows', rows: answer.rows, tokens, headers };
    } catch (error) {
      signal.throwIfAborted();
      if (late.signal.aborted) {
        return {
          type: 'failed',
          reason: `the embedding service gave no answer in ${timeoutMs} ms`,
          headers: null,
        };
      }
      return replyOfError(error, clock.epochMs());
    } finally {
      timer.cancel();
    }
  }
}
