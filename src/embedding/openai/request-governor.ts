// Decides when a request may be sent, for all callers of one service together: its rate limits, its Retry-After, the
// circuit breaker, how many are under way, and live before bulk. Pure but for the clock.

import type { Lane } from '../../actor/actor.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { KmsError } from '../../base/errors.ts';
import { AnnouncedLimit } from './announced-limit.ts';
import { type BreakerState, CircuitBreaker } from './circuit-breaker.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import type { RateHeaders } from './rate-headers.ts';
import { TokenBucket } from './token-bucket.ts';

export interface GovernorOptions {
  readonly clock: Clock;
  /** 0: no limit. */
  readonly requestsPerMinute: number;
  readonly tokensPerMinute: number;
  /** A caller waited so long to send. */
  readonly onWaited?: (seconds: number) => void;
  readonly onBreaker?: (state: BreakerState, reason: string) => void;
}

/** What became of a request, as far as the next ones are concerned. */
export type RequestOutcome =
  /** It was answered, if only with a refusal of its own content. */
  | { readonly type: 'answered' }
  | { readonly type: 'limited' }
  | { readonly type: 'failed'; readonly reason: string }
  /** No request can succeed: a wrong key, a model that does not exist. */
  | { readonly type: 'unusable'; readonly reason: string }
  | { readonly type: 'cancelled' };

export interface Permit {
  /** To be called once, whatever happens to the request. */
  settle(outcome: RequestOutcome, headers: RateHeaders | null): void;
}

interface Ask {
  readonly lane: Lane;
  readonly tokens: number;
  readonly sinceMs: number;
  readonly grant: (permit: Permit) => void;
  readonly refuse: (error: KmsError) => void;
}

/** A person who searches is told; a load has time. Beyond these the caller is answered `unavailable` at once. */
const pauseMsMax = { urgent: 10_000, bulk: 600_000 } as const;
/** So long a load waits for a service that is down. */
const outageMsMax = { urgent: 0, bulk: 30_000 } as const;
/** Live requests may exceed the concurrency limit by these: a load must not fill every slot. */
const urgentExtra = 2;

export class RequestGovernor {
  readonly #options: GovernorOptions;
  readonly #requests: TokenBucket;
  readonly #tokens: TokenBucket;
  readonly #announced = { requests: new AnnouncedLimit(), tokens: new AnnouncedLimit() };
  readonly #concurrency = new ConcurrencyLimit();
  readonly #breaker = new CircuitBreaker();
  /** At most as many as the callers have pieces: tasks under way × pieces a task. */
  readonly #waiting: Record<Lane, Ask[]> = { urgent: [], bulk: [] };
  #underWay = 0;
  #pausedUntilMs = 0;
  #timer: Timer | null = null;

  constructor(options: GovernorOptions) {
    const { clock, requestsPerMinute, tokensPerMinute } = options;
    const nowMs = clock.nowMs();
    this.#options = options;
    this.#requests = new TokenBucket({ perMinute: requestsPerMinute, nowMs });
    this.#tokens = new TokenBucket({ perMinute: tokensPerMinute, nowMs });
  }

  /** Requests of more tokens wait for a full bucket and hold up everything behind them. */
  get tokensAtOnceMax(): number {
    return this.#tokens.capacity;
  }

  get breakerState(): BreakerState {
    return this.#breaker.state;
  }

  get concurrency(): number {
    return this.#concurrency.limit;
  }

  /** Resolves when the request may be sent at once. Rejects with `unavailable`, or with the signal's reason. */
  async acquire(wish: {
    readonly lane: Lane;
    readonly tokens: number;
    readonly signal: AbortSignal;
  }): Promise<Permit> {
    const { lane, tokens, signal } = wish;
    signal.throwIfAborted();
    const sinceMs = this.#options.clock.nowMs();
    const queue = this.#waiting[lane];
    let giveUp = () => {};
    try {
      return await new Promise<Permit>((grant, refuse) => {
        const ask: Ask = { lane, tokens, sinceMs, grant, refuse };
        giveUp = () => {
          const index = queue.indexOf(ask);
          if (index < 0) return;
          queue.splice(index, 1);
          refuse(signal.reason);
          this.#pump();
        };
        signal.addEventListener('abort', giveUp, { once: true });
        queue.push(ask);
        this.#pump();
      });
    } finally {
      signal.removeEventListener('abort', giveUp);
      this.#options.onWaited?.((this.#options.clock.nowMs() - sinceMs) / 1_000);
    }
  }

  /** Sends what may be sent, refuses what must not wait any longer, and comes back when that changes. */
  #pump(): void {
    this.#timer?.cancel();
    this.#timer = null;
    let nextMs = Number.POSITIVE_INFINITY;
    for (const lane of ['urgent', 'bulk'] as const) {
      const queue = this.#waiting[lane];
      nextMs = Math.min(nextMs, this.#refuseHopeless(lane));
      for (let head = queue[0]; head !== undefined; head = queue[0]) {
        const waitMs = this.#waitMs(head);
        if (waitMs > 0) {
          nextMs = Math.min(nextMs, waitMs);
          break;
        }
        queue.shift();
        head.grant(this.#permit(head));
      }
      // A load never takes what a live request is waiting for.
      if (queue.length > 0) break;
    }
    if (nextMs === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#options.clock.setTimer(nextMs, () => this.#pump());
  }

  /** Milliseconds until this one may go as far as time alone decides; infinite: until another request is settled. */
  #waitMs({ lane, tokens }: Ask): number {
    const nowMs = this.#options.clock.nowMs();
    const limit = this.#concurrency.limit + (lane === 'urgent' ? urgentExtra : 0);
    const breakerMs = this.#breaker.waitMs(nowMs);
    if (this.#underWay >= limit || breakerMs === null) return Number.POSITIVE_INFINITY;
    return Math.max(
      breakerMs,
      this.#pausedUntilMs - nowMs,
      this.#requests.waitMs(1, nowMs),
      this.#tokens.waitMs(tokens, nowMs),
      this.#announced.requests.waitMs(1, nowMs),
      this.#announced.tokens.waitMs(tokens, nowMs),
    );
  }

  /** Answers those whose wait is too long; returns milliseconds until the next one's would be. */
  #refuseHopeless(lane: Lane): number {
    const nowMs = this.#options.clock.nowMs();
    const queue = this.#waiting[lane];
    const pauseMs = this.#pausedUntilMs - nowMs;
    if (pauseMs > pauseMsMax[lane]) {
      const error = unavailable('the embedding service asked to wait', pauseMs);
      for (const ask of queue.splice(0)) ask.refuse(error);
    }
    const { openSinceMs, reason } = this.#breaker;
    if (openSinceMs === null) return Number.POSITIVE_INFINITY;
    const retryAfterMs = this.#breaker.waitMs(nowMs);
    // The one that is to try must wait for nobody's patience.
    if (retryAfterMs === 0) return Number.POSITIVE_INFINITY;
    let nextMs = Number.POSITIVE_INFINITY;
    for (const ask of [...queue]) {
      const patienceMs = Math.max(openSinceMs, ask.sinceMs) + outageMsMax[lane] - nowMs;
      if (patienceMs > 0) nextMs = Math.min(nextMs, patienceMs);
      else {
        queue.splice(queue.indexOf(ask), 1);
        ask.refuse(unavailable(`the embedding service is down: ${reason}`, retryAfterMs ?? 0));
      }
    }
    return nextMs;
  }

  #permit({ tokens }: Ask): Permit {
    const nowMs = this.#options.clock.nowMs();
    this.#underWay++;
    this.#requests.take(1, nowMs);
    this.#tokens.take(tokens, nowMs);
    this.#announced.requests.take(1, nowMs);
    this.#announced.tokens.take(tokens, nowMs);
    this.#changeBreaker(() => this.#breaker.enter());
    let isSettled = false;
    return {
      settle: (outcome, headers) => {
        if (isSettled) return;
        isSettled = true;
        this.#underWay--;
        this.#hear(headers);
        this.#judge(outcome, { tokens, isCounted: headers?.requests !== null && headers !== null });
        this.#pump();
      },
    };
  }

  #hear(headers: RateHeaders | null): void {
    if (headers === null) return;
    const nowMs = this.#options.clock.nowMs();
    if (headers.retryAfterMs !== null)
      this.#pausedUntilMs = Math.max(this.#pausedUntilMs, nowMs + headers.retryAfterMs);
    if (headers.requests !== null) this.#announced.requests.hear(headers.requests, nowMs);
    if (headers.tokens !== null) this.#announced.tokens.hear(headers.tokens, nowMs);
  }

  #judge(outcome: RequestOutcome, request: { readonly tokens: number; readonly isCounted: boolean }): void {
    const nowMs = this.#options.clock.nowMs();
    if (outcome.type !== 'cancelled')
      this.#concurrency.note(outcome.type === 'limited' || outcome.type === 'failed');
    this.#changeBreaker(() => {
      switch (outcome.type) {
        case 'answered':
          return this.#breaker.succeed();
        case 'failed':
        case 'unusable':
          return this.#breaker.fail({ reason: outcome.reason, isFatal: outcome.type === 'unusable', nowMs });
        default:
          return this.#breaker.abandon();
      }
    });
    // Whoever says when to come again has not let this one in; where a count is announced, that count is the truth.
    if (outcome.type !== 'limited' || request.isCounted) return;
    this.#requests.giveBack(1, nowMs);
    this.#tokens.giveBack(request.tokens, nowMs);
  }

  #changeBreaker(change: () => void): void {
    const before = this.#breaker.state;
    change();
    const { state, reason } = this.#breaker;
    if (state !== before) this.#options.onBreaker?.(state, reason);
  }
}

function unavailable(message: string, retryAfterMs: number): KmsError {
  return new KmsError('unavailable', message, { facts: { retryAfterMs: Math.ceil(retryAfterMs) } });
}
