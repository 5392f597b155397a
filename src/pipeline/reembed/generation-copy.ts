// Reads a collection in the generation that answers and writes it to another one. Knows nothing of progress and time.

import { KmsError } from '../../base/errors.ts';
import type { Document, DocumentKey, IngestResult } from '../../model/document.ts';
import type { CollectionRegistry } from '../collection-registry.ts';
import type { CallOptions } from '../engine-api.ts';
import type { SpaceRuntimes } from '../space-runtimes.ts';
import { isFailed } from '../stage-calls.ts';
import { copyOf, fetchAll, type StoredCopy } from './stored-copies.ts';

export interface GenerationCopyOptions {
  readonly collection: string;
  /** The one that is written to. */
  readonly generation: string;
  readonly collections: CollectionRegistry;
  readonly spaces: SpaceRuntimes;
}

interface Page {
  readonly afterId: string | null;
  readonly limit: number;
}

export class GenerationCopy {
  readonly #options: GenerationCopyOptions;

  constructor(options: GenerationCopyOptions) {
    this.#options = options;
  }

  /** Documents of the collection in the generation that answers. */
  async count(): Promise<number> {
    const { collection, spaces } = this.#options;
    const { shards } = spaces.of(this.#serving());
    const replies = await Promise.all(shards.map((shard) => shard.ask('collections', {})));
    const rows = replies.flatMap((reply) => reply.collections).filter((row) => row.collection === collection);
    return rows.reduce((sum, row) => sum + row.documents, 0);
  }

  /** In order. */
  servingIds(page: Page, call: CallOptions): Promise<string[]> {
    return this.#ids(this.#serving(), page, call);
  }

  /** In order. */
  otherIds(page: Page, call: CallOptions): Promise<string[]> {
    return this.#ids(this.#options.generation, page, call);
  }

  /** Those of `ids` that the generation that answers does not have. */
  async idsGone(ids: readonly string[], call: CallOptions): Promise<string[]> {
    const shown = { omitBody: true };
    const stored = await this.#options.spaces.use(this.#serving(), ({ search }) =>
      search.fetch(this.#keys(ids), shown, call),
    );
    return ids.filter((_, i) => stored[i] === null);
  }

  /** The documents as the generation that answers has them, and the keys that it has not. */
  async read(
    ids: readonly string[],
    call: CallOptions,
  ): Promise<{ readonly copies: readonly StoredCopy[]; readonly gone: readonly DocumentKey[] }> {
    const keys = this.#keys(ids);
    const stored = await this.#options.spaces.use(this.#serving(), ({ search }) =>
      fetchAll(search, keys, call),
    );
    const copies = stored.flatMap((document) => (document === null ? [] : [copyOf(document)]));
    return { copies, gone: keys.filter((_, i) => stored[i] === null) };
  }

  /** Embeds what `write` of the same documents will need, and leaves it in the cache. */
  async warm(ids: readonly string[], call: CallOptions): Promise<void> {
    const { copies } = await this.read(ids, call);
    const documents = copies.map(({ document }) => document);
    const { spaces, generation } = this.#options;
    await spaces.use(generation, ({ line }) => line.warm(documents, call));
  }

  /** Index-aligned. From their texts, whatever vectors their clients made: those belong to the other model. */
  async write(documents: readonly Document[], call: CallOptions): Promise<readonly IngestResult[]> {
    if (documents.length === 0) return [];
    const results = new Array<IngestResult>(documents.length);
    const parcels = documents.map((document, position) => ({
      position,
      document: { ...document, embedding: null },
    }));
    const { spaces, generation } = this.#options;
    await spaces.use(generation, ({ line }) => line.run(parcels, { results, call, admit: null }));
    return results;
  }

  /** Resolves to how many there were. */
  async remove(keys: readonly DocumentKey[], call: CallOptions): Promise<number> {
    if (keys.length === 0) return 0;
    const { spaces, generation } = this.#options;
    const replies = await spaces.use(generation, ({ stages }) => stages.delete(keys, call));
    const failed = replies.find(isFailed);
    if (failed !== undefined) throw new KmsError('unavailable', failed.fault.message);
    return replies.filter((reply) => reply !== null).length;
  }

  async #ids(generation: string, page: Page, call: CallOptions): Promise<string[]> {
    const { collection, spaces } = this.#options;
    const documents = await spaces.use(generation, ({ search }) =>
      search.list({ collection, ...page, omitBody: true }, call),
    );
    return documents.map(({ id }) => id);
  }

  #serving(): string {
    const { collections, collection } = this.#options;
    return collections.require(collection).generation;
  }

  #keys(ids: readonly string[]): DocumentKey[] {
    const { collection } = this.#options;
    return ids.map((id) => ({ collection, id }));
  }
}
