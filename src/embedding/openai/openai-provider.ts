// Embeddings from a service that speaks OpenAI's API. What is here is the life of one piece of a batch: sent, sent
// again, cut in halves; when anything may be sent is the governor's business. A piece never throws: whatever got through
// is kept, because it was paid for.

import { setMaxListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { ActorStats, Lane } from '../../actor/actor.ts';
import { type Clock, sleep } from '../../base/clock.ts';
import { type Fault, KmsError, toFault } from '../../base/errors.ts';
import type { EmbeddedTexts, EmbeddingProvider } from '../embedding-provider.ts';
import type { DailyBudget } from './daily-budget.ts';
import { fullJitterMs } from './full-jitter.ts';
import type { OpenAiTokenizer } from './openai-tokenizer.ts';
import type { Permit, RequestGovernor, RequestOutcome } from './request-governor.ts';
import { cutIntoPieces } from './request-pieces.ts';
import type { ServiceClient } from './service-client.ts';
import type { ServiceReply } from './service-reply.ts';

export interface OpenAiProviderParts {
  readonly model: string;
  readonly dimensions: number;
  readonly dollarsPerMillionTokens: number;
  readonly client: Pick<ServiceClient, 'send'>;
  readonly governor: RequestGovernor;
  readonly budget: DailyBudget;
  readonly tokenizer: OpenAiTokenizer;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly onRequest?: (outcome: RequestOutcomeName) => void;
  readonly onSpent?: (dollars: number) => void;
  /** Called every few seconds while anything is under way, and whenever something is done. */
  readonly onProgress?: () => void;
  readonly closeStore: () => Promise<void>;
}

export type RequestOutcomeName = ServiceReply['type'] | 'cancelled';

/** OpenAI's own limits of a request. */
const textsMaxOfService = 2_048;
const tokensMaxOfService = 300_000;
/** Long batches get their answers in parts: less is lost with one, and live requests find gaps. */
const tokensMaxOfRequest = 32_768;
/** At 25 % failures one piece in a million fails ten times. A person does not wait for so many. */
const attemptsMax = { urgent: 4, bulk: 10 } as const;
/** From this attempt on a failing piece is cut in halves: one text in it may be what the service stumbles over. */
const splitFromAttempt = 5;
/** A text that failed so often alone, not counting rate limits, may be what the service stumbles over. */
const suspectFromFailures = 5;
const timeoutMs = { urgent: 10_000, bulk: 60_000 } as const;
/** A search that has not got its vector by then is no use to anybody. */
const urgentMsMax = 20_000;
const signOfLifeMs = 2_000;
/** Texts tokenised between two looks at the urgent work: some milliseconds. */
const tokeniseUnitTexts = 8;
/** Nobody refuses it. Asks whether the service refuses a text or everything. */
const harmlessText = 'hello';

/** One call of `embed`. */
interface Batch {
  readonly texts: readonly string[];
  readonly tokens: readonly number[];
  readonly lane: Lane;
  readonly signal: AbortSignal;
  readonly vectors: Float32Array;
  readonly faults: Map<number, Fault>;
  tokensSpent: number;
}

export class OpenAiProvider implements EmbeddingProvider {
  readonly model: string;
  readonly dimensions: number;
  readonly #parts: OpenAiProviderParts;
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();
  /** Learned when a batch that was too large went through in halves. */
  #textsMax = textsMaxOfService;
  /** Since then a refusal is about the text. */
  #hasAnswered = false;

  constructor(parts: OpenAiProviderParts) {
    this.model = parts.model;
    this.dimensions = parts.dimensions;
    this.#parts = parts;
  }

  async embed(
    texts: readonly string[],
    { lane, signal }: Parameters<EmbeddingProvider['embed']>[1],
  ): Promise<EmbeddedTexts> {
    const call = this.#embed(texts, lane, signal);
    this.#underWay.add(call);
    try {
      return await call;
    } finally {
      this.#underWay.delete(call);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new KmsError('unavailable', 'the embedding provider is closed'));
    await Promise.allSettled(this.#underWay);
    await this.#parts.closeStore();
  }

  stats(): ActorStats {
    const { governor, budget } = this.#parts;
    const { leftDollars } = budget;
    return {
      breaker: governor.breakerState,
      concurrency: governor.concurrency,
      ...(Number.isFinite(leftDollars) ? { budget_left_dollars: leftDollars } : {}),
    };
  }

  async #embed(texts: readonly string[], lane: Lane, signal: AbortSignal): Promise<EmbeddedTexts> {
    const { clock, onProgress } = this.#parts;
    const ending = new AbortController();
    const late = () => ending.abort(new KmsError('unavailable', 'the embedding service took too long'));
    const deadline = lane === 'urgent' ? clock.setTimer(urgentMsMax, late) : null;
    const life = beat(clock, signOfLifeMs, () => onProgress?.());
    try {
      const all = AbortSignal.any([signal, ending.signal, this.#closing.signal]);
      // One listener a piece that waits, which is no leak.
      setMaxListeners(0, all);
      const batch = await this.#batch(texts, lane, all);
      const limits = { textsMax: this.#textsMax, tokensMax: this.#requestTokensMax() };
      await Promise.all(
        cutIntoPieces(batch.tokens, limits).map((piece) => this.#embedPiece(batch, piece, 1)),
      );
      const failures = [...batch.faults].map(([index, fault]) => ({ index, fault }));
      return { vectors: batch.vectors, tokens: batch.tokensSpent, failures };
    } finally {
      deadline?.cancel();
      life.cancel();
    }
  }

  async #batch(texts: readonly string[], lane: Lane, signal: AbortSignal): Promise<Batch> {
    const cut: { readonly text: string; readonly tokens: number }[] = [];
    for (const text of texts) {
      if (cut.length % tokeniseUnitTexts === tokeniseUnitTexts - 1) await setImmediate();
      signal.throwIfAborted();
      cut.push(this.#parts.tokenizer.cut(text));
    }
    return {
      texts: cut.map(({ text }) => text),
      tokens: cut.map(({ tokens }) => tokens),
      lane,
      signal,
      vectors: new Float32Array(texts.length * this.dimensions),
      faults: new Map(),
      tokensSpent: 0,
    };
  }

  /** No larger than what the rate limit lets through at once: a larger one would wait for long and then be refused. */
  #requestTokensMax(): number {
    return Math.min(tokensMaxOfService, tokensMaxOfRequest, this.#parts.governor.tokensAtOnceMax);
  }

  /** Fills in vectors or faults for each text of the piece. Returns whether it went through in one request. */
  async #embedPiece(batch: Batch, piece: readonly number[], firstAttempt: number): Promise<boolean> {
    let reason = 'the embedding service keeps failing';
    let isToldWhen = false;
    /** Attempts of these very texts that failed for no reason that a rate limit or a key would explain. */
    let failures = 0;
    for (let attempt = firstAttempt; attempt <= attemptsMax[batch.lane]; attempt++) {
      let reply: ServiceReply;
      try {
        if (attempt > 1 && !isToldWhen) await this.#backOff(attempt - 1, batch.signal);
        reply = await this.#request(batch, piece);
      } catch (error) {
        this.#fail(batch, piece, error);
        return false;
      }
      // Whoever is told when to come again need not guess: the governor keeps that for everybody.
      isToldWhen = reply.type === 'limited' && reply.headers?.retryAfterMs != null;
      if (reply.type === 'rows') {
        const missing = this.#keep(batch, piece, reply.rows);
        if (missing.length === 0) return true;
        if (missing.length < piece.length) return this.#splitAt(batch, [missing], attempt + 1);
        reason = 'the embedding service returned numbers that are not finite';
      } else {
        reason = reply.reason;
      }
      if (reply.type === 'too_large' || reply.type === 'refused') {
        return piece.length === 1
          ? this.#refuse(batch, piece, reason)
          : this.#halve(batch, piece, reply.type);
      }
      const isFailure = reply.type === 'failed' || reply.type === 'rows';
      if (isFailure) failures++;
      if (isFailure && attempt >= splitFromAttempt && piece.length > 1)
        return this.#splitAt(batch, halves(piece), attempt + 1);
    }
    return this.#giveUp(batch, piece, { reason, failures });
  }

  /** A text of a document that fails alone, time and again, is at fault when the service answers for another one. */
  async #giveUp(
    batch: Batch,
    piece: readonly number[],
    { reason, failures }: { readonly reason: string; readonly failures: number },
  ): Promise<false> {
    const facts = { attempts: attemptsMax[batch.lane] };
    const isSuspect = piece.length === 1 && batch.lane === 'bulk' && failures >= suspectFromFailures;
    const error =
      isSuspect && (await this.#probe(batch))
        ? new KmsError('poisoned', `${reason}, each time for this text and not for others`, { facts })
        : new KmsError('unavailable', reason, { facts });
    this.#fail(batch, piece, error);
    return false;
  }

  async #splitAt(batch: Batch, pieces: readonly (readonly number[])[], attempt: number): Promise<false> {
    await Promise.all(pieces.map((piece) => this.#embedPiece(batch, piece, attempt)));
    return false;
  }

  async #halve(batch: Batch, piece: readonly number[], why: 'too_large' | 'refused'): Promise<false> {
    const wholes = await Promise.all(halves(piece).map((half) => this.#embedPiece(batch, half, 1)));
    // Only when both halves pass it was the number of texts; otherwise it may have been one long text among them.
    if (why === 'too_large' && wholes.every((isWhole) => isWhole)) {
      this.#textsMax = Math.min(this.#textsMax, (piece.length + 1) >> 1);
    }
    return false;
  }

  /** A text that the service refuses alone is at fault, unless the service refuses every text. */
  async #refuse(batch: Batch, piece: readonly number[], reason: string): Promise<false> {
    let error = new KmsError('invalid_argument', `${reason}: the text cannot be embedded`);
    if (!this.#hasAnswered) {
      const probe = await this.#probe(batch);
      if (!probe) error = new KmsError('unavailable', `the embedding service refuses every text: ${reason}`);
    }
    this.#fail(batch, piece, error);
    return false;
  }

  async #probe({ signal, lane }: Batch): Promise<boolean> {
    const vectors = new Float32Array(this.dimensions);
    const probe: Batch = {
      texts: [harmlessText],
      tokens: [1],
      lane,
      signal,
      vectors,
      faults: new Map(),
      tokensSpent: 0,
    };
    try {
      return (await this.#request(probe, [0])).type === 'rows';
    } catch {
      // Whatever is in the way, it is not the text that is asked about.
      return false;
    }
  }

  async #backOff(failures: number, signal: AbortSignal): Promise<void> {
    await sleep(this.#parts.clock, fullJitterMs(failures, this.#parts.random), signal);
  }

  /** One request with all that belongs to it. Throws when it must not be sent: the budget, the breaker, an abort. */
  async #request(batch: Batch, piece: readonly number[]): Promise<ServiceReply> {
    const { governor, budget, client, onProgress } = this.#parts;
    const { lane, signal } = batch;
    const tokens = piece.reduce((sum, index) => sum + (batch.tokens[index] as number), 0);
    const dollars = this.#dollars(tokens);
    budget.check(lane, dollars);
    const permit = await governor.acquire({ lane, tokens, signal });
    let reply: ServiceReply | null = null;
    try {
      // Again, because others have spent meanwhile.
      budget.check(lane, dollars);
      // Before it is sent: what a crash hides from us may still be charged.
      budget.spend(dollars);
      const texts = piece.map((index) => batch.texts[index] as string);
      reply = await client.send(texts, { timeoutMs: timeoutMs[lane], signal });
      this.#account(batch, reply, { tokens, dollars });
      return reply;
    } finally {
      this.#settle(permit, reply);
      onProgress?.();
    }
  }

  #account(
    batch: Batch,
    reply: ServiceReply,
    set: { readonly tokens: number; readonly dollars: number },
  ): void {
    const { budget, onSpent } = this.#parts;
    const isUseless = reply.type === 'failed' && reply.chargedTokens !== undefined;
    if (reply.type === 'rows' || isUseless) {
      this.#hasAnswered ||= reply.type === 'rows';
      const tokens = (reply.type === 'rows' ? reply.tokens : reply.chargedTokens) ?? set.tokens;
      batch.tokensSpent += tokens;
      budget.spend(this.#dollars(tokens) - set.dollars);
      onSpent?.(this.#dollars(tokens));
    } else if (reply.type !== 'failed' || reply.headers !== null) {
      // Refused, in so many words: nobody charges for that. Silence may have been charged, so it stays counted.
      budget.spend(-set.dollars);
    }
  }

  #settle(permit: Permit, reply: ServiceReply | null): void {
    permit.settle(outcomeOf(reply), reply?.headers ?? null);
    this.#parts.onRequest?.(reply?.type ?? 'cancelled');
  }

  /** Returns the indexes whose rows are unusable. */
  #keep(batch: Batch, piece: readonly number[], rows: readonly (Float32Array | null)[]): number[] {
    return piece.filter((index, place) => {
      const row = rows[place] ?? null;
      if (row !== null) batch.vectors.set(row, index * this.dimensions);
      return row === null;
    });
  }

  #fail(batch: Batch, piece: readonly number[], error: unknown): void {
    const isCancelled = batch.signal.aborted && !(error instanceof KmsError);
    const fault = toFault(isCancelled ? new KmsError('cancelled', 'embedding was cancelled') : error);
    for (const index of piece) batch.faults.set(index, fault);
  }

  #dollars(tokens: number): number {
    return (tokens * this.#parts.dollarsPerMillionTokens) / 1e6;
  }
}

function outcomeOf(reply: ServiceReply | null): RequestOutcome {
  switch (reply?.type) {
    case undefined:
      return { type: 'cancelled' };
    case 'rows':
    case 'too_large':
    case 'refused':
      return { type: 'answered' };
    case 'limited':
      return { type: 'limited' };
    case 'failed':
    case 'unusable':
      return { type: reply.type, reason: reply.reason };
  }
}

function halves(piece: readonly number[]): [readonly number[], readonly number[]] {
  const middle = piece.length >> 1;
  return [piece.slice(0, middle), piece.slice(middle)];
}

/** Calls `action` every `everyMs` until it is cancelled. */
function beat(clock: Clock, everyMs: number, action: () => void): { cancel(): void } {
  let timer = clock.setTimer(everyMs, tick);
  function tick(): void {
    action();
    timer = clock.setTimer(everyMs, tick);
  }
  return { cancel: () => timer.cancel() };
}
