// Keeps a collection's second generation equal to the one that answers: writes go there too, a pass compares all
// documents, and whatever a write could not bring there is noted and brought later. Everything it does is idempotent and
// in the key's turn, so it needs no checkpoint: after a restart a pass compares again, and embeds only what is missing.

import { setMaxListeners } from 'node:events';
import type { ActorLog } from '../../actor/actor.ts';
import { type Clock, sleep } from '../../base/clock.ts';
import { type Deferred, deferred } from '../../base/deferred.ts';
import { type Fault, KmsError, toFault } from '../../base/errors.ts';
import type { Document, DocumentKey, IngestResult } from '../../model/document.ts';
import type { CollectionRegistry } from '../collection-registry.ts';
import type { CallOptions, ReembedProgress } from '../engine-api.ts';
import type { WriteFollower } from '../ingest-flow.ts';
import type { KeyTurns } from '../key-turns.ts';
import type { SpaceRuntimes } from '../space-runtimes.ts';
import { GenerationCopy } from './generation-copy.ts';
import { timeLimited } from './time-limited.ts';

export interface FollowerParts {
  readonly collections: CollectionRegistry;
  readonly spaces: SpaceRuntimes;
  readonly turns: KeyTurns;
  readonly clock: Clock;
  readonly log: ActorLog;
}

export interface FollowerOptions extends FollowerParts {
  readonly collection: string;
  /** The generation that is kept equal to the one that answers. */
  readonly generation: string;
  /** Whether the two are equal already, because this is a switch's other side. Otherwise a pass finds out. */
  readonly isLevel: boolean;
  /** Kept for a rollback: a pass removes nothing from it, because it may hold documents that the newer model refused. */
  readonly isWayBack?: boolean;
}

/** Documents of one page of a pass, and of one part of it, whose turns are held together. */
const pageDocuments = 128;
const partDocuments = 32;
/** How long a live write waits for the second generation before it leaves the document to the follower. */
const liveWaitMsMax = 3_000;
/** The same for a live write that finds the follower at work on its document. */
const turnMsMax = 5_000;
/** The time for embedding a part beforehand; what was embedded by then is in the cache and not paid again. */
const warmMsMax = 60_000;
/** More noted documents than this are found again by a pass. */
const notedMax = 100_000;
/** Refused documents that are kept by id; beyond it a pass that finds more fails. */
const rejectedMax = 10_000;
const backoffMs = { first: 250, last: 30_000 };

export class GenerationFollower implements WriteFollower {
  readonly #options: FollowerOptions;
  readonly #copy: GenerationCopy;
  readonly #stopping = new AbortController();
  /** Ids that may differ between the generations. */
  readonly #noted = new Set<string>();
  readonly #rejected = new Map<string, Fault>();
  readonly #counts = {
    total: 0,
    compared: 0,
    written: 0,
    unchanged: 0,
    removed: 0,
    fromClientVectors: 0,
  };
  /** Where the pass is; null: it has come to its end. */
  #pass: { phase: 'copy' | 'remove'; afterId: string | null } | null = { phase: 'copy', afterId: null };
  #wake: Deferred<void> = deferred();
  #fault: Fault | null = null;
  #running: Promise<void> | null = null;
  #switching: Promise<void> | null = null;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#copy = new GenerationCopy(options);
    setMaxListeners(0, this.#stopping.signal); // one listener a live write
    if (options.isLevel) this.#pass = null;
  }

  get generation(): string {
    return this.#options.generation;
  }

  /** Whether the second generation has every document that its model does not refuse. */
  get isLevel(): boolean {
    return this.#pass === null && this.#noted.size === 0;
  }

  get fault(): Fault | null {
    return this.#fault;
  }

  /** What is still to be compared, for the follower that takes over. */
  get notedIds(): readonly string[] {
    return [...this.#noted];
  }

  progress(): ReembedProgress {
    return { ...this.#counts, waiting: this.#noted.size, rejected: this.#rejected.size };
  }

  get switching(): Promise<void> | null {
    return this.#switching;
  }

  /** Writes that end while `exchange` is under way are answered when it has settled, and they know who answers then. */
  holdAcknowledgements(exchange: Promise<void>): void {
    const settled = exchange
      .catch(() => undefined)
      .finally(() => {
        if (this.#switching === settled) this.#switching = null;
      });
    this.#switching = settled;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Resolves when nothing of it is under way any more. */
  async stop(): Promise<void> {
    this.#stopping.abort(new KmsError('cancelled', 'the second generation is no longer followed'));
    this.#wake.resolve();
    await this.#running;
  }

  async write(documents: readonly Document[], call: CallOptions): Promise<void> {
    await this.#live(documents, call, async (within) => {
      const results = await this.#copy.write(documents, within);
      for (const { id, outcome } of results) if (outcome !== 'rejected') this.#rejected.delete(id);
      return documents.filter((_, i) => results[i]?.outcome === 'rejected');
    });
  }

  async delete(keys: readonly DocumentKey[], call: CallOptions): Promise<void> {
    await this.#live(keys, call, async (within) => {
      await this.#remove(keys, within);
      return [];
    });
  }

  note(keys: readonly DocumentKey[]): void {
    if (keys.length === 0) return;
    for (const { id } of keys) this.#noted.add(id);
    if (this.#noted.size > notedMax) {
      this.#noted.clear();
      this.#pass = { phase: 'copy', afterId: null };
    }
    this.#wake.resolve();
  }

  /** A live write's part: never rejects, and while the follower has trouble of its own, never waits for it. */
  async #live(
    keys: readonly DocumentKey[],
    call: CallOptions,
    work: (within: CallOptions) => Promise<readonly DocumentKey[]>,
  ): Promise<void> {
    if (keys.length === 0) return;
    if (this.#fault !== null) {
      this.note(keys);
      return;
    }
    try {
      this.note(await this.#within(liveWaitMsMax, [call.signal, this.#stopping.signal], work));
    } catch (error) {
      // That the caller has gone says nothing about the second generation.
      if (!call.signal.aborted) this.#fault = toFault(error);
      this.note(keys);
    }
  }

  async #run(): Promise<void> {
    const { clock, collection, generation, log } = this.#options;
    const { signal } = this.#stopping;
    let delayMs: number = backoffMs.first;
    while (!signal.aborted) {
      this.#wake = deferred();
      try {
        if (this.#noted.size > 0) await this.#catchUp();
        else if (this.#pass !== null) await this.#passOn();
        else await this.#wake.promise;
        this.#fault = null;
        delayMs = backoffMs.first;
      } catch (error) {
        if (signal.aborted) return;
        this.#fault = toFault(error);
        log.warn({ collection, generation, fault: this.#fault, delayMs }, 'second generation falls behind');
        await sleep(clock, delayMs, signal).catch(() => undefined);
        delayMs = Math.min(delayMs * 2, backoffMs.last);
      }
    }
  }

  async #catchUp(): Promise<void> {
    const ids = [...this.#noted].slice(0, pageDocuments);
    await this.#mirrorParts(ids);
  }

  /** One page: first every document of the serving generation, then what the other one has beyond them. */
  async #passOn(): Promise<void> {
    const pass = this.#pass;
    if (pass === null) return;
    const { collection, generation, log, isWayBack = false } = this.#options;
    const isCopying = pass.phase === 'copy';
    if (isCopying && pass.afterId === null) await this.#beginPass();
    const call = { signal: this.#stopping.signal, deadlineMs: null };
    const page = { afterId: pass.afterId, limit: pageDocuments };
    const ids = await (isCopying ? this.#copy.servingIds(page, call) : this.#copy.otherIds(page, call));
    const differing = isCopying ? ids : await this.#copy.idsGone(ids, call);
    const fromClientVectors = await this.#mirrorParts(differing);
    // A note that overflowed has begun another pass meanwhile.
    if (this.#pass !== pass) return;
    if (isCopying) {
      this.#counts.compared += ids.length;
      this.#counts.fromClientVectors += fromClientVectors;
    }
    if (ids.length === pageDocuments) pass.afterId = ids.at(-1) ?? null;
    else this.#pass = isCopying && !isWayBack ? { phase: 'remove', afterId: null } : null;
    if (this.#pass === null)
      log.info({ collection, generation, ...this.#counts }, 'second generation is level');
  }

  async #beginPass(): Promise<void> {
    this.#counts.total = await this.#copy.count();
    this.#counts.compared = 0;
    this.#counts.fromClientVectors = 0;
  }

  async #mirrorParts(ids: readonly string[]): Promise<number> {
    const parts: string[][] = [];
    for (let start = 0; start < ids.length; start += partDocuments)
      parts.push(ids.slice(start, start + partDocuments));
    const own = await Promise.all(parts.map((part) => this.#mirrorPart(part)));
    return own.reduce((sum, count) => sum + count, 0);
  }

  /** Embeds first, in nobody's turn: a model that takes its time, or is down, holds no live write of these ids. */
  async #mirrorPart(ids: readonly string[]): Promise<number> {
    const { collection, turns } = this.#options;
    const { signal } = this.#stopping;
    await this.#within(warmMsMax, [signal], (call) => this.#copy.warm(ids, call));
    const keys = ids.map((id) => ({ collection, id }));
    return turns.run(keys, () => this.#within(turnMsMax, [signal], (call) => this.#mirror(ids, call)));
  }

  /** Makes the second generation equal to the serving one for these ids; resolves to how many came with their own vector. */
  async #mirror(ids: readonly string[], call: CallOptions): Promise<number> {
    const { copies, gone } = await this.#copy.read(ids, call);
    await this.#remove(gone, call);
    for (const { id } of gone) this.#noted.delete(id);
    const documents = copies.map(({ document }) => document);
    for (const result of await this.#copy.write(documents, call)) this.#settle(result);
    return copies.filter(({ hasOwnVector }) => hasOwnVector).length;
  }

  async #remove(keys: readonly DocumentKey[], call: CallOptions): Promise<void> {
    this.#counts.removed += await this.#copy.remove(keys, call);
    for (const { id } of keys) this.#rejected.delete(id);
  }

  #within<T>(
    msMax: number,
    signals: readonly AbortSignal[],
    work: (call: CallOptions) => Promise<T>,
  ): Promise<T> {
    return timeLimited({ clock: this.#options.clock, msMax, signals }, work);
  }

  #settle(result: IngestResult): void {
    const { id } = result;
    if (result.outcome === 'rejected' && isPassing(result.fault))
      throw new KmsError(result.fault.code, result.fault.message, { facts: result.fault.facts });
    this.#noted.delete(id);
    if (result.outcome === 'rejected') {
      this.#rejected.set(id, result.fault);
      if (this.#rejected.size > rejectedMax)
        throw new KmsError('failed_precondition', `the model refuses more than ${rejectedMax} documents`);
      return;
    }
    this.#rejected.delete(id);
    if (result.outcome === 'indexed') this.#counts.written += 1;
    else this.#counts.unchanged += 1;
  }
}

/** Whether the same document may get through later. */
function isPassing({ code }: Fault): boolean {
  return (
    code === 'unavailable' || code === 'resource_exhausted' || code === 'aborted' || code === 'actor_down'
  );
}
