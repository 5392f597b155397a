// Which collections exist, and the generation that answers for each. Kept in memory for every request's routing and in
// the state store for the next start; a collection is made by the first document that names it.

import { KmsError } from '../base/errors.ts';
import type { VectorSpace } from '../model/vector-space.ts';
import { generationOf } from '../model/vector-space.ts';

/** At most one of `target`, `previous` and `dropping` is set: a collection has two generations at most. */
export interface CollectionRecord {
  readonly name: string;
  /** The generation that answers its searches. */
  readonly generation: string;
  readonly createdTimeMs: number;
  /** The generation that is being filled beside it, and may be switched to. */
  readonly target: string | null;
  /** The generation that answered before the switch, kept in step so that the switch can be taken back. */
  readonly previous: string | null;
  /** The generation that is being removed. */
  readonly dropping: string | null;
}

/** Where the records are kept; both writes resolve when the record is on disk. */
export interface CollectionStore {
  collections(): readonly CollectionRecord[];
  putCollection(record: CollectionRecord): Promise<void>;
  replaceCollection(record: CollectionRecord): Promise<void>;
}

/** Each collection costs memory for good, so their number has a bound. */
export const collectionsMax = 10_000;

export class CollectionRegistry {
  readonly #store: CollectionStore;
  readonly #generation: string;
  readonly #epochMs: () => number;
  #servingGenerations: readonly string[] | null = null;
  readonly #known = new Map<string, CollectionRecord>();
  /** Collections being made; one write for all who wait for it. */
  readonly #pending = new Map<string, Promise<void>>();

  /** `space`: what new collections are made for. */
  constructor(options: { store: CollectionStore; space: VectorSpace; epochMs: () => number }) {
    this.#store = options.store;
    this.#generation = generationOf(options.space);
    this.#epochMs = options.epochMs;
    for (const record of options.store.collections()) this.#known.set(record.name, record);
  }

  /** Throws `not_found` for a collection that does not exist. */
  require(name: string): CollectionRecord {
    const record = this.#known.get(name);
    if (record !== undefined) return record;
    throw new KmsError('not_found', `collection ${JSON.stringify(name)} does not exist`, {
      facts: { resource: 'collection', collection: name },
    });
  }

  /** The generation that answers for a collection; for one that is yet to be made, the one it will be made for. */
  generationOf(name: string): string {
    return this.#known.get(name)?.generation ?? this.#generation;
  }

  /** What new collections are made for. */
  get defaultGeneration(): string {
    return this.#generation;
  }

  /** Each generation that answers for some collection, once. Asked by every search of all collections, so it is kept. */
  get servingGenerations(): readonly string[] {
    this.#servingGenerations ??= [...new Set(this.records().map(({ generation }) => generation))];
    return this.#servingGenerations;
  }

  has(name: string): boolean {
    return this.#known.has(name);
  }

  names(): string[] {
    return [...this.#known.keys()];
  }

  records(): readonly CollectionRecord[] {
    return [...this.#known.values()];
  }

  /** Makes the collection when it is new; resolves when its record is on disk. Throws `resource_exhausted`. */
  async ensure(name: string): Promise<void> {
    if (this.#known.has(name)) return;
    await (this.#pending.get(name) ?? this.#create(name));
  }

  /**
   * Writes the changed record, then shows it to everybody. `confirm` runs in that same step, so that nobody sees a
   * record and what belongs to it apart; when it says no, the old record is put back. Resolves to what it said.
   */
  async update(
    name: string,
    change: Partial<Pick<CollectionRecord, 'generation' | 'target' | 'previous' | 'dropping'>>,
    confirm: () => boolean = () => true,
  ): Promise<boolean> {
    const before = this.require(name);
    const record = { ...before, ...change };
    await this.#store.replaceCollection(record);
    if (confirm()) {
      this.#show(record);
      return true;
    }
    await this.#store.replaceCollection(before);
    return false;
  }

  #show(record: CollectionRecord): void {
    this.#known.set(record.name, record);
    this.#servingGenerations = null;
  }

  #create(name: string): Promise<void> {
    if (this.#known.size + this.#pending.size >= collectionsMax) {
      throw new KmsError('resource_exhausted', `there are ${collectionsMax} collections already`, {
        facts: { collectionsMax },
      });
    }
    const record: CollectionRecord = {
      name,
      generation: this.#generation,
      createdTimeMs: this.#epochMs(),
      target: null,
      previous: null,
      dropping: null,
    };
    const write = this.#store
      .putCollection(record)
      .then(() => {
        this.#show(record);
      })
      .finally(() => this.#pending.delete(name));
    this.#pending.set(name, write);
    return write;
  }
}
