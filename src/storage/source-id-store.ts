// Which documents came from which source: what a source no longer has may be removed from the index only if it was that
// source's own. An id is claimed before its document is written: a crash in between leaves a claim without a document,
// which costs a few bytes; the other order would leave a document that nobody ever removes.

import type { Database, RootDatabase } from 'lmdb';
import type { Clock } from '../base/clock.ts';
import type { DocumentKey } from '../model/document.ts';
import { durable } from './durable-commit.ts';

/** Ids read at once: a read transaction stays short however large the source is. */
const idsPerPage = 1_000;
const claimed = Buffer.from([1]);

export class SourceIdStore {
  readonly #root: RootDatabase;
  readonly #clock: Clock;
  /** By source, collection and id, with zeros between: the ids of a source sort by their UTF-8 bytes. */
  readonly #ids: Database<Buffer, Buffer>;

  constructor({ root, clock }: { readonly root: RootDatabase; readonly clock: Clock }) {
    this.#root = root;
    this.#clock = clock;
    this.#ids = root.openDB<Buffer, Buffer>({
      name: 'source-ids',
      keyEncoding: 'binary',
      encoding: 'binary',
    });
  }

  /** Resolves when all of them are the source's on disk; costs nothing where they are already. */
  async claim(source: string, keys: readonly DocumentKey[]): Promise<void> {
    const missing = keys.map((key) => rowKey(source, key)).filter((key) => !this.#ids.doesExist(key));
    if (missing.length === 0) return;
    const written = this.#root.childTransaction(() => {
      for (const key of missing) this.#ids.putSync(key, claimed);
    });
    await durable(written, { flushed: () => this.#root.flushed, clock: this.#clock });
  }

  /** After the documents are gone. On disk with a later commit: a claim that a crash brings back does no harm. */
  async release(source: string, keys: readonly DocumentKey[]): Promise<void> {
    if (keys.length === 0) return;
    await this.#root.childTransaction(() => {
      for (const key of keys) this.#ids.removeSync(rowKey(source, key));
    });
  }

  /** The ids of a source in a collection, in the order of their UTF-8 bytes, some at a time. */
  async *of(source: string, collection: string): AsyncIterable<readonly string[]> {
    const prefix = rowKey(source, { collection, id: '' });
    const end = Buffer.concat([prefix.subarray(0, -1), Buffer.from([1])]);
    let start = prefix;
    for (;;) {
      const keys = [...this.#ids.getKeys({ start, end, limit: idsPerPage })];
      if (keys.length > 0) yield keys.map((key) => key.toString('utf8', prefix.length));
      const last = keys.at(-1);
      if (last === undefined || keys.length < idsPerPage) return;
      // The smallest key behind the last one.
      start = Buffer.concat([last, Buffer.from([0])]);
    }
  }
}

function rowKey(source: string, key: DocumentKey): Buffer {
  return Buffer.from(`${source}\0${key.collection}\0${key.id}`, 'utf8');
}
