// Reads of a shard by key: comparing, fetching, listing. All synchronous; each sees one state of the store.

import { KmsError } from '../../base/errors.ts';
import type { DocumentKey, StoredDocument } from '../../model/document.ts';
import { limits } from '../../model/limits.ts';
import { type DocumentRecord, toStoredDocument } from '../../storage/document-record.ts';
import type { ShardStore } from '../../storage/shard-store.ts';
import type { CompareItem, Verdict } from './index-messages.ts';

/** For display: about two lines. */
const snippetCharactersMax = 240;

export function compare(store: ShardStore, item: CompareItem): Verdict {
  const stored = store.document(item);
  if (stored?.contentHash !== item.contentHash) return { type: 'changed' };
  if (stored.attributesHash !== item.attributesHash) return { type: 'attributes_changed' };
  return { type: 'unchanged', commitSequence: stored.commitSequence };
}

export interface FetchOptions {
  readonly withVectors: boolean;
  readonly omitBody: boolean;
}

/**
 * Fetches for one task. Together the documents go into one answer, so that more of them than one message holds are
 * refused at the first that is too many, instead of read, copied between threads, and refused at the door.
 */
export class Fetcher {
  readonly #store: ShardStore;
  readonly #options: FetchOptions;
  #bytes = 0;

  constructor(store: ShardStore, options: FetchOptions) {
    this.#store = store;
    this.#options = options;
  }

  fetch(key: DocumentKey, chunk: number): ReturnType<typeof fetchDocument> {
    const fetched = fetchDocument(this.#store, key, { chunk, ...this.#options });
    if (fetched === null) return null;
    const { body, vectors } = fetched.document;
    // A character has at least one byte, so what is refused here would certainly be refused later. One document alone
    // is always given: its vectors may be wanted for more than showing them.
    const isFirst = this.#bytes === 0;
    this.#bytes += body.length + (vectors?.byteLength ?? 0);
    if (!isFirst && this.#bytes > limits.messageBytesMax) throw tooManyBytes();
    return fetched;
  }
}

function tooManyBytes(): KmsError {
  const description = `gives an answer of more than ${limits.messageBytesMax} bytes: ask for fewer hits, or set omit_body`;
  return new KmsError('invalid_argument', `limit: ${description}`, {
    violations: [{ field: 'limit', description }],
    facts: { messageBytesMax: limits.messageBytesMax },
  });
}

/** The document with the snippet of one of its chunks; null when it is not there. */
export function fetchDocument(
  store: ShardStore,
  key: DocumentKey,
  options: FetchOptions & { readonly chunk: number },
): { readonly document: StoredDocument; readonly snippet: string } | null {
  const record = store.document(key);
  if (record === undefined) return null;
  const vectors = options.withVectors ? store.vectors(record.labels) : null;
  return {
    document: toStoredDocument(key, shown(record, options), vectors),
    snippet: snippetOf(record, options.chunk),
  };
}

/** Documents of one collection, in order of the UTF-8 bytes of the id. */
export function listDocuments(
  store: ShardStore,
  page: {
    readonly collection: string;
    readonly afterId: string | null;
    readonly limit: number;
    readonly omitBody: boolean;
  },
): StoredDocument[] {
  const { collection, afterId, limit } = page;
  return store
    .documents(collection, afterId, limit)
    .map(({ id, record }) => toStoredDocument({ collection, id }, shown(record, page), null));
}

function shown(record: DocumentRecord, { omitBody }: { readonly omitBody: boolean }): DocumentRecord {
  return omitBody ? { ...record, body: '' } : record;
}

/** The chunk's text on one line, cut at a word. */
function snippetOf(record: DocumentRecord, chunk: number): string {
  const start = record.spans[chunk * 2] ?? 0;
  const end = record.spans[chunk * 2 + 1] ?? record.text.length;
  // Twice the length is enough: collapsing spaces rarely halves a text, and chunks may be long.
  const text = record.text.slice(start, Math.min(end, start + snippetCharactersMax * 2));
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= snippetCharactersMax) return line;
  // A cut must not leave half of a surrogate pair behind.
  const cut = line.slice(0, snippetCharactersMax).replace(/[\ud800-\udbff]$/, '');
  const space = cut.lastIndexOf(' ');
  return `${space > snippetCharactersMax / 2 ? cut.slice(0, space) : cut}…`;
}
