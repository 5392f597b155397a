// The documents that a query names outright: by id, or by an identifier that only a few hold. They are put on top
// whatever their scores, so they must be exactly what was named, and pass what every hit must pass.

import type { PinQuery } from './index-messages.ts';
import type { SearchedCollection } from './searched-collection.ts';
import type { ShardState } from './shard-state.ts';

export interface PinnedDocument {
  readonly id: string;
  /** The document's first label. */
  readonly first: number;
  readonly pinnedBy: 'id' | 'identifier';
}

/** An identifier that more documents of a shard hold is a topic, not a name. Whoever asks has looked at all shards first. */
const identifierDocumentsMax = 10;
/** Deleted documents count until a merge removes them, so an identifier is looked up when it seems to stand in as many. */
const lookedUpMax = 1_000;

/** Each document once; at most the ids, and so many documents an identifier. */
export function pinnedDocuments(
  state: ShardState,
  collection: SearchedCollection,
  pins: PinQuery,
): PinnedDocument[] {
  const { row, words, selection, excluded } = collection;
  const pinned = new Map<number, PinnedDocument>();
  const add = (document: PinnedDocument) => {
    const { first } = document;
    if (pinned.has(first) || excluded.has(first) || selection?.passes(first) === false) return;
    pinned.set(first, document);
  };
  for (const id of pins.ids) {
    const record = state.store.document({ collection: row.name, id });
    if (record !== undefined) add({ id, first: record.labels.first, pinnedBy: 'id' });
  }
  const { documentFrequencies } = words.lexical.statistics(pins.identifiers);
  for (const [i, identifier] of pins.identifiers.entries()) {
    if ((documentFrequencies[i] ?? 0) > lookedUpMax) continue;
    for (const { id, first } of holdersOf(state, collection, identifier))
      add({ id, first, pinnedBy: 'identifier' });
  }
  return [...pinned.values()];
}

/** The stored documents that hold the term; none where they are too many. */
function holdersOf(
  state: ShardState,
  { row, words }: SearchedCollection,
  term: string,
): { readonly id: string; readonly first: number }[] {
  const holders: { readonly id: string; readonly first: number }[] = [];
  words.lexical.forEachLabel(term, (first) => {
    if (holders.length > identifierDocumentsMax) return;
    const labelRow = state.store.label(row.number, first);
    if (labelRow !== undefined) holders.push({ id: labelRow[0], first });
  });
  return holders.length > identifierDocumentsMax ? [] : holders;
}
