// A real HTTP server that speaks POST /v1/embeddings, keeps a rate limit, counts everything, and misbehaves on demand.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, sleep, systemClock } from '../../src/base/clock.ts';
import { type EmbeddingBehaviour, serverError, tooMany } from './embedding-behaviour.ts';
import { randomFrom } from './random.ts';
import { wordVector } from './word-vectors.ts';

export interface EmbeddingServerOptions {
  /** Vector length when the request does not name one. Default 32. */
  readonly dimensions?: number;
  /** A bucket: so many a minute, and at most `burst` (default a tenth) at once; what is above gets 429 with Retry-After. */
  readonly requestsPerMinute?: number;
  readonly burst?: number;
  /** Texts a request may have; more get 413. Default 2,048. */
  readonly textsMax?: number;
  /** A request with such a text gets 400 as a whole. Default: texts that contain POISON. */
  readonly isPoisonous?: (text: string) => boolean;
  /** Shares of the requests that are answered with 429 and with 500 by chance. */
  readonly chance?: {
    readonly tooMany: number;
    readonly error: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly seed: number;
  };
  /** Ignores encoding_format and answers with numbers, as several servers do. */
  readonly isFloatOnly?: boolean;
  readonly clock?: Clock;
}

export interface EmbeddingRequest {
  /** By the server's clock. */
  readonly timeMs: number;
  readonly texts: readonly string[];
  /** 0: the connection was cut. */
  status: number;
  /** True when it came although the server had asked everybody to wait, and had done so long enough ago to be heard. */
  readonly isEarly: boolean;
}

/** A request that was on its way while the 429 was: no client can take it back. */
const onItsWayMs = 100;

export class EmbeddingServer {
  readonly requests: EmbeddingRequest[] = [];
  /** How often each text was embedded and answered: what a paid service would have charged. */
  readonly timesEmbedded = new Map<string, number>();
  tokens = 0;
  /** Requests that the bucket of the rate limit refused. */
  refusedByRate = 0;
  /** Bearer token of the last request. */
  apiKey = '';
  isPoisonous: (text: string) => boolean;
  /** A request with such a text always ends with 500. */
  isBreaking: (text: string) => boolean = () => false;
  readonly #server: Server;
  readonly #options: EmbeddingServerOptions;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #next: EmbeddingBehaviour[] = [];
  #always: EmbeddingBehaviour | null = null;
  #bucket: number;
  #bucketTimeMs: number;
  #startMs: number;
  #bucketAtStart: number;
  #notBefore = { saidMs: 0, untilMs: 0 };

  private constructor(options: EmbeddingServerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = randomFrom(options.chance?.seed ?? 1);
    this.isPoisonous = options.isPoisonous ?? ((text) => text.includes('POISON'));
    this.#bucket = this.#burst();
    this.#bucketAtStart = this.#bucket;
    this.#startMs = this.#clock.nowMs();
    this.#bucketTimeMs = this.#startMs;
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch(() => response.destroy());
    });
  }

  static async start(options: EmbeddingServerOptions = {}): Promise<EmbeddingServer> {
    const server = new EmbeddingServer(options);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  /** For OPENAI_BASE_URL. */
  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  /** Texts that were embedded, repetitions counted. */
  get textsEmbedded(): number {
    return [...this.timesEmbedded.values()].reduce((sum, times) => sum + times, 0);
  }

  get earlyRequests(): number {
    return this.requests.filter(({ isEarly }) => isEarly).length;
  }

  /** Requests that the rate limit would have let through from the start, or from `forget`, until now. */
  get requestsAllowed(): number {
    const { requestsPerMinute = Number.POSITIVE_INFINITY } = this.#options;
    return this.#bucketAtStart + ((this.#clock.nowMs() - this.#startMs) / 60_000) * requestsPerMinute;
  }

  /** The next requests meet these, one each; later ones are answered as usual. */
  next(...behaviours: readonly EmbeddingBehaviour[]): void {
    this.#next.push(...behaviours);
  }

  /** Every request meets this from now on; null: none. */
  always(behaviour: EmbeddingBehaviour | null): void {
    this.#always = behaviour;
  }

  /** Begins to count anew. */
  forget(): void {
    this.#refillBucket();
    this.#bucketAtStart = this.#bucket;
    this.#startMs = this.#bucketTimeMs;
    this.refusedByRate = 0;
    this.requests.length = 0;
    this.timesEmbedded.clear();
    this.tokens = 0;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const timeMs = this.#clock.nowMs();
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (request.method !== 'POST' || request.url !== '/v1/embeddings')
      return fail(response, 404, 'no such route');
    this.apiKey = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    const body = JSON.parse(Buffer.concat(parts).toString('utf8')) as WireRequest;
    const texts = typeof body.input === 'string' ? [body.input] : body.input;
    const { saidMs, untilMs } = this.#notBefore;
    const isEarly = timeMs > saidMs + onItsWayMs && timeMs < untilMs;
    const entry: EmbeddingRequest = { timeMs, texts, status: 200, isEarly };
    this.requests.push(entry);
    const behaviour = this.#behaviour();
    if (behaviour?.type === 'held') await behaviour.until;
    if (behaviour?.type === 'status') {
      entry.status = behaviour.status;
      this.#askToWait(behaviour);
      return fail(response, behaviour.status, behaviour.message ?? '', behaviour.headers, behaviour.code);
    }
    const refusal = this.#refusal(texts);
    if (refusal !== null) {
      entry.status = refusal.status;
      return fail(response, refusal.status, refusal.message);
    }
    if (behaviour?.type === 'cut') entry.status = 0;
    else this.#charge(texts);
    await this.#answer(response, { body, texts, behaviour });
  }

  #behaviour(): EmbeddingBehaviour | null {
    const scripted = this.#next.shift() ?? this.#always;
    if (scripted !== null && scripted !== undefined) return scripted;
    const { chance } = this.#options;
    const dice = chance === undefined ? 1 : this.#random();
    // What is refused with 429 was not let in, so it takes nothing from the bucket; what ends with 500 was.
    if (chance !== undefined && dice < chance.tooMany) return tooMany(chance.headers);
    const waitMs = this.#takeFromBucket();
    if (waitMs > 0) {
      this.refusedByRate++;
      return tooMany({ 'retry-after-ms': String(Math.ceil(waitMs)) });
    }
    return chance !== undefined && dice < chance.tooMany + chance.error ? serverError : null;
  }

  /** Milliseconds to wait; 0: one request was taken. */
  #takeFromBucket(): number {
    const { requestsPerMinute } = this.#options;
    if (requestsPerMinute === undefined) return 0;
    this.#refillBucket();
    if (this.#bucket < 1) return ((1 - this.#bucket) * 60_000) / requestsPerMinute;
    this.#bucket--;
    return 0;
  }

  #refillBucket(): void {
    const now = this.#clock.nowMs();
    const perMs = (this.#options.requestsPerMinute ?? 0) / 60_000;
    this.#bucket = Math.min(this.#burst(), this.#bucket + (now - this.#bucketTimeMs) * perMs);
    this.#bucketTimeMs = now;
  }

  #burst(): number {
    const { requestsPerMinute, burst } = this.#options;
    return burst ?? Math.max(1, (requestsPerMinute ?? 0) / 10);
  }

  #askToWait({ headers = {} }: Extract<EmbeddingBehaviour, { type: 'status' }>): void {
    const seconds = Number(headers['retry-after'] ?? Number.NaN);
    const date = Date.parse(headers['retry-after'] ?? '') - this.#clock.epochMs();
    const waits = [Number(headers['retry-after-ms'] ?? Number.NaN), 1_000 * seconds, date];
    const waitMs = waits.find((ms) => Number.isFinite(ms) && ms > 0);
    if (waitMs === undefined) return;
    const saidMs = this.#clock.nowMs();
    if (saidMs + waitMs > this.#notBefore.untilMs) this.#notBefore = { saidMs, untilMs: saidMs + waitMs };
  }

  #refusal(texts: readonly string[]): { readonly status: number; readonly message: string } | null {
    if (texts.length > (this.#options.textsMax ?? 2_048))
      return { status: 413, message: 'batch is too large' };
    if (texts.some((text) => text === '' || this.isPoisonous(text)))
      return { status: 400, message: 'input is invalid' };
    if (texts.some(this.isBreaking)) return { status: 500, message: 'the model has crashed' };
    return null;
  }

  #charge(texts: readonly string[]): void {
    for (const text of texts) this.timesEmbedded.set(text, (this.timesEmbedded.get(text) ?? 0) + 1);
    this.tokens += tokensOf(texts);
  }

  async #answer(
    response: ServerResponse,
    {
      body,
      texts,
      behaviour,
    }: { body: WireRequest; texts: readonly string[]; behaviour: EmbeddingBehaviour | null },
  ): Promise<void> {
    const wanted = body.dimensions ?? this.#options.dimensions ?? 32;
    const dimensions = behaviour?.type === 'wrong_dimensions' ? wanted + 1 : wanted;
    const vectors = texts.map((text) => wordVector(text, { model: body.model, dimensions }));
    if (behaviour?.type === 'nan') vectors[0]?.fill(Number.NaN, 0, 1);
    if (behaviour?.type === 'fewer') vectors.pop();
    const isFloat = this.#options.isFloatOnly === true || body.encoding_format !== 'base64';
    const data = vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: isFloat ? [...vector] : Buffer.from(vector.buffer).toString('base64'),
    }));
    const tokens = tokensOf(texts);
    const usage = { prompt_tokens: tokens, total_tokens: tokens };
    const text = JSON.stringify({ object: 'list', data, model: body.model, usage });
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    if (behaviour?.type !== 'cut' && behaviour?.type !== 'slow') {
      response.end(text);
      return;
    }
    const half = text.length >> 1;
    await new Promise((resolve) => response.write(text.slice(0, half), resolve));
    if (behaviour.type === 'cut') response.destroy();
    else if (behaviour.delayMs !== null) {
      await sleep(this.#clock, behaviour.delayMs);
      response.end(text.slice(half));
    }
  }
}

interface WireRequest {
  readonly model: string;
  readonly input: string | readonly string[];
  readonly dimensions?: number;
  readonly encoding_format?: string;
}

/** About what a tokenizer counts; a service's own count is its own affair. */
function tokensOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0);
}

function fail(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  code: string | null = null,
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ error: { message, type: 'test', param: null, code } }));
}
