// The way of documents in: room for them first, then each key's turn, then the line of the generation that serves their
// collection, and, where a collection has a second generation, that one too.

import type { Fault } from '../base/errors.ts';
import { KmsError, toFault } from '../base/errors.ts';
import type { Document, DocumentKey, IngestResult } from '../model/document.ts';
import type { CollectionRegistry } from './collection-registry.ts';
import type { DocumentCredits } from './document-credits.ts';
import type { CallOptions } from './engine-api.ts';
import type { FlowMetrics } from './flow-metrics.ts';
import type { KeyTurns } from './key-turns.ts';
import { type Parcel, rejected } from './parcels.ts';
import type { SpaceRuntimes } from './space-runtimes.ts';
import { isFailed } from './stage-calls.ts';

/** A collection's second generation, as a writer sees it. None of its methods rejects: it catches up by itself. */
export interface WriteFollower {
  /** Resolves when the second generation has the documents too, or has noted that it lacks them. */
  write(documents: readonly Document[], call: CallOptions): Promise<void>;
  delete(keys: readonly DocumentKey[], call: CallOptions): Promise<void>;
  /** These may differ between the two generations: to be compared. */
  note(keys: readonly DocumentKey[]): void;
  /** While a switch is being decided; null: none is. */
  readonly switching: Promise<void> | null;
}

export interface WriteFollowers {
  of(collection: string): WriteFollower | undefined;
}

export interface IngestFlowOptions {
  readonly spaces: SpaceRuntimes;
  readonly collections: CollectionRegistry;
  readonly followers: WriteFollowers;
  readonly turns: KeyTurns;
  readonly credits: DocumentCredits;
  readonly metrics: FlowMetrics;
}

/** A write that meets a switch is done again for the generation that serves from then on; nobody switches this often. */
const switchesMax = 4;

export class IngestFlow {
  readonly #options: IngestFlowOptions;

  constructor(options: IngestFlowOptions) {
    this.#options = options;
  }

  /** See EngineApi.ingest. */
  async ingest(documents: readonly Document[], call: CallOptions): Promise<readonly IngestResult[]> {
    if (documents.length === 0) return [];
    const giveBack = await this.#options.credits.take(documents.length, call.signal, call.lane);
    try {
      const results = new Array<IngestResult>(documents.length);
      await this.#options.turns.run(documents, async () => {
        for (const wave of wavesOf(documents)) await this.#runWave(wave, results, call);
      });
      this.#report(results);
      return results;
    } finally {
      giveBack();
    }
  }

  /** See EngineApi.delete. */
  async delete(keys: readonly DocumentKey[], call: CallOptions): Promise<readonly (number | null)[]> {
    const sequences = await this.#options.turns.run(keys, () => this.#deleteInTurn(keys, call));
    const deleted = sequences.filter((sequence) => sequence !== null).length;
    this.#options.metrics.documents('deleted', deleted);
    return sequences;
  }

  /** Writes documents of distinct keys to whatever serves their collections when the write is done. */
  async #runWave(wave: readonly Parcel[], results: IngestResult[], call: CallOptions): Promise<void> {
    const { collections } = this.#options;
    const admit = (collection: string) => collections.ensure(collection);
    let pending = wave;
    /** Positions of what a generation has taken that does not serve any more. */
    const written = new Set<number>();
    for (let round = 0; pending.length > 0 && round < switchesMax; round++) {
      const routes = this.#routesOf(pending.map((parcel) => parcel.document));
      await this.#eachGeneration(
        pending,
        ({ document }) => document,
        (generation, parcels) =>
          this.#options.spaces.use(generation, ({ line }) => line.run(parcels, { results, call, admit })),
      );
      await this.#follow(pending, results, call);
      const isMoved = this.#movedSince(routes);
      pending = pending.filter(
        ({ position, document }) => isMoved(document.collection) && results[position]?.outcome !== 'rejected',
      );
      for (const { position } of pending) if (results[position]?.outcome === 'indexed') written.add(position);
    }
    // The generation that serves now had it from its follower and finds it unchanged; it is this call's write all the same.
    for (const position of written) {
      const result = results[position];
      if (result?.outcome === 'unchanged') results[position] = { ...result, outcome: 'indexed' };
    }
    const fault = toFault(keptSwitching());
    for (const parcel of pending) results[parcel.position] = rejected(parcel, fault);
  }

  /** Brings the second generations up to date; resolves when no switch is being decided any more. */
  async #follow(parcels: readonly Parcel[], results: readonly IngestResult[], call: CallOptions) {
    for (const [collection, members] of byCollection(parcels, ({ document }) => document)) {
      const follower = this.#options.followers.of(collection);
      if (follower === undefined) continue;
      const isWritten = ({ position }: Parcel) => results[position]?.outcome === 'indexed';
      const documents = members.filter(isWritten).map(({ document }) => document);
      follower.note(members.filter((parcel) => isDoubtful(results[parcel.position])).map(keyOf));
      await follower.write(documents, call);
      await follower.switching;
    }
  }

  async #deleteInTurn(keys: readonly DocumentKey[], call: CallOptions): Promise<(number | null)[]> {
    const sequences = new Array<number | null>(keys.length).fill(null);
    let pending = keys.map((key, position) => ({ key, position }));
    for (let round = 0; pending.length > 0 && round < switchesMax; round++) {
      const routes = this.#routesOf(keys);
      await this.#eachGeneration(
        pending,
        ({ key }) => key,
        async (generation, members) => {
          const replies = await this.#options.spaces.use(generation, ({ stages }) =>
            stages.delete(
              members.map(({ key }) => key),
              call,
            ),
          );
          for (const [i, { position }] of members.entries())
            sequences[position] = deletedAt(replies[i]) ?? sequences[position] ?? null;
        },
      );
      for (const [collection, members] of byCollection(pending, ({ key }) => key)) {
        const follower = this.#options.followers.of(collection);
        await follower?.delete(
          members.map(({ key }) => key),
          call,
        );
        await follower?.switching;
      }
      const isMoved = this.#movedSince(routes);
      pending = pending.filter(({ key }) => isMoved(key.collection));
    }
    if (pending.length > 0) throw keptSwitching();
    return sequences;
  }

  /** Runs `work` for each serving generation's items; whatever fails half-way is left for the followers to compare. */
  async #eachGeneration<Item>(
    items: readonly Item[],
    keyOfItem: (item: Item) => DocumentKey,
    work: (generation: string, items: Item[]) => Promise<void>,
  ): Promise<void> {
    const groups = new Map<string, Item[]>();
    for (const item of items) {
      const generation = this.#options.collections.generationOf(keyOfItem(item).collection);
      const group = groups.get(generation) ?? [];
      group.push(item);
      groups.set(generation, group);
    }
    try {
      await Promise.all([...groups].map(([generation, members]) => work(generation, members)));
    } catch (error) {
      for (const [collection, members] of byCollection(items, keyOfItem))
        this.#options.followers.of(collection)?.note(members.map(keyOfItem));
      throw error;
    }
  }

  #routesOf(keys: readonly DocumentKey[]): Map<string, string> {
    const { collections } = this.#options;
    return new Map(keys.map(({ collection }) => [collection, collections.generationOf(collection)]));
  }

  #movedSince(routes: ReadonlyMap<string, string>): (collection: string) => boolean {
    return (collection) => this.#options.collections.generationOf(collection) !== routes.get(collection);
  }

  #report(results: readonly IngestResult[]): void {
    for (const outcome of ['indexed', 'unchanged', 'rejected'] as const) {
      const count = results.filter((result) => result.outcome === outcome).length;
      if (count > 0) this.#options.metrics.documents(outcome, count);
    }
  }
}

/** Distinct keys in each wave: a key's second document starts only when its first one is written. Mostly one wave. */
function wavesOf(documents: readonly Document[]): Parcel[][] {
  const waves: Parcel[][] = [];
  const seen = new Map<string, number>();
  for (const [position, document] of documents.entries()) {
    const key = `${document.collection}\0${document.id}`;
    const wave = seen.get(key) ?? 0;
    seen.set(key, wave + 1);
    const parcels = waves[wave] ?? [];
    parcels.push({ position, document });
    waves[wave] = parcels;
  }
  return waves;
}

function byCollection<Item>(
  items: readonly Item[],
  keyOfItem: (item: Item) => DocumentKey,
): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const { collection } = keyOfItem(item);
    const group = groups.get(collection) ?? [];
    group.push(item);
    groups.set(collection, group);
  }
  return groups;
}

function keyOf({ document: { collection, id } }: Parcel): DocumentKey {
  return { collection, id };
}

/** Whether a refused document may have been written all the same: only bad input is certain not to have been. */
function isDoubtful(result: IngestResult | undefined): boolean {
  return result?.outcome === 'rejected' && result.fault.code !== 'invalid_argument';
}

function deletedAt(reply: number | null | { readonly fault: Fault } | undefined): number | null {
  if (isFailed(reply)) throw new KmsError('unavailable', reply.fault.message, { facts: reply.fault.facts });
  return typeof reply === 'number' ? reply : null;
}

function keptSwitching(): KmsError {
  return new KmsError('aborted', 'the collection kept changing its generation; send it again');
}
