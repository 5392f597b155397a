// Which collections exist, and the vector space that each was made for. Kept in memory for every request's check and
// in the state store for the next start; a collection is made by the first document that names it.

import { KmsError } from '../base/errors.ts';
import type { VectorSpace } from '../model/vector-space.ts';
import { generationOf } from '../model/vector-space.ts';

export interface CollectionRecord {
  readonly name: string;
  readonly generation: string;
  readonly createdTimeMs: number;
}

/** Where the records are kept; `putCollection` resolves when the record is on disk. */
export interface CollectionStore {
  collections(): readonly CollectionRecord[];
  putCollection(record: CollectionRecord): Promise<void>;
}

/** Each collection costs memory for good, so their number has a bound. */
export const collectionsMax = 10_000;

export class CollectionRegistry {
  readonly #store: CollectionStore;
  readonly #generation: string;
  readonly #epochMs: () => number;
  readonly #known = new Map<string, CollectionRecord>();
  /** Collections being made; one write for all who wait for it. */
  readonly #pending = new Map<string, Promise<void>>();

  constructor(options: { store: CollectionStore; space: VectorSpace; epochMs: () => number }) {
    this.#store = options.store;
    this.#generation = generationOf(options.space);
    this.#epochMs = options.epochMs;
    for (const record of options.store.collections()) this.#known.set(record.name, record);
  }

  /** Throws `not_found` for a collection that does not exist, `failed_precondition` for one of another vector space. */
  require(name: string): void {
    const record = this.#known.get(name);
    if (record === undefined) {
      throw new KmsError('not_found', `collection ${JSON.stringify(name)} does not exist`, {
        facts: { resource: 'collection', collection: name },
      });
    }
    this.#checkSpace(record);
  }

  has(name: string): boolean {
    return this.#known.has(name);
  }

  names(): string[] {
    return [...this.#known.keys()];
  }

  /** Makes the collection when it is new; resolves when its record is on disk. Throws like `require`, and `resource_exhausted`. */
  async ensure(name: string): Promise<void> {
    const record = this.#known.get(name);
    if (record !== undefined) return this.#checkSpace(record);
    const pending = this.#pending.get(name) ?? this.#create(name);
    await pending;
  }

  #create(name: string): Promise<void> {
    if (this.#known.size + this.#pending.size >= collectionsMax) {
      throw new KmsError('resource_exhausted', `there are ${collectionsMax} collections already`, {
        facts: { collectionsMax },
      });
    }
    const record = { name, generation: this.#generation, createdTimeMs: this.#epochMs() };
    const write = this.#store
      .putCollection(record)
      .then(() => {
        this.#known.set(name, record);
      })
      .finally(() => this.#pending.delete(name));
    this.#pending.set(name, write);
    return write;
  }

  #checkSpace(record: CollectionRecord): void {
    if (record.generation === this.#generation) return;
    const message = `collection ${JSON.stringify(record.name)} holds vectors of ${record.generation}, and the engine runs ${this.#generation}`;
    throw new KmsError('failed_precondition', message, {
      facts: { collection: record.name, stored: record.generation, running: this.#generation },
    });
  }
}
