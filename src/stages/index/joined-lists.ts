// The lists of a query as one, each document once and with all of its scores: a hit that only one list knows gets the
// score that the other would have given it, so that whoever fuses them never has to guess.

import type { LexicalQuery, LexicalScore } from '../../lexical/lexical-query.ts';
import type { ShardStore } from '../../storage/shard-store.ts';
import { dotProduct } from '../../vector/dot-product.ts';
import type { ShardHit } from './index-messages.ts';
import type { MatchingDocument } from './matching-documents.ts';
import type { NearDocument } from './nearest-documents.ts';
import type { PinnedDocument } from './pinned-documents.ts';
import type { SearchedCollection } from './searched-collection.ts';
import type { ShardState } from './shard-state.ts';

interface InCollection {
  readonly collection: SearchedCollection;
}
export type Near = NearDocument & InCollection;
export type Matching = MatchingDocument & InCollection;
export type Pinned = PinnedDocument & InCollection;

export interface Lists {
  readonly nearest: readonly Near[];
  readonly matching: readonly Matching[];
  readonly pinned: readonly Pinned[];
}

/** A long document's cosine is that of the best of at most so many chunks, spread over its length: 2 µs each. */
const chunksComparedMax = 16;

interface Entry {
  readonly collection: SearchedCollection;
  readonly id: string;
  readonly first: number;
  near: { readonly chunk: number; readonly cosine: number } | null;
  lexical: LexicalScore | null;
  isSemantic: boolean;
  isLexical: boolean;
  pinnedBy: 'id' | 'identifier' | null;
}

/** In no order. */
export function joinLists(
  state: ShardState,
  query: { readonly vector: Float32Array | null; readonly lexical: LexicalQuery | null },
  lists: Lists,
): ShardHit[] {
  const entries = unionOf(lists);
  const { vector, lexical } = query;
  if (vector !== null) {
    for (const entry of entries.values()) entry.near ??= bestChunk(state.store, entry, vector);
  }
  if (lexical !== null) scoreByWords([...entries.values()], lexical);
  return [...entries.values()].map(asHit);
}

/** By first label: no two documents of a shard have the same. */
function unionOf({ nearest, matching, pinned }: Lists): Map<number, Entry> {
  const entries = new Map<number, Entry>();
  const entryOf = ({ collection, id, first }: Near | Matching | Pinned): Entry => {
    const known = entries.get(first);
    if (known !== undefined) return known;
    const made: Entry = {
      collection,
      id,
      first,
      near: null,
      lexical: null,
      isSemantic: false,
      isLexical: false,
      pinnedBy: null,
    };
    entries.set(first, made);
    return made;
  };
  for (const document of nearest) {
    const entry = entryOf(document);
    entry.near = document;
    entry.isSemantic = true;
  }
  for (const document of matching) {
    const entry = entryOf(document);
    entry.lexical = document;
    entry.isLexical = true;
  }
  for (const document of pinned) {
    const entry = entryOf(document);
    // Named by its id is named for certain.
    if (entry.pinnedBy !== 'id') entry.pinnedBy = document.pinnedBy;
  }
  return entries;
}

function bestChunk(
  store: ShardStore,
  { collection, id, first }: Entry,
  vector: Float32Array,
): { readonly chunk: number; readonly cosine: number } {
  const chunks = store.chunkCount(collection.row.number, { id, first });
  const compared = Math.min(chunks, chunksComparedMax);
  let best = { chunk: 0, cosine: -1 };
  for (let i = 0; i < compared; i++) {
    const chunk = Math.floor((i * chunks) / compared);
    const stored = store.vector(first + chunk);
    if (stored === null) continue;
    const cosine = Math.min(1, Math.max(-1, dotProduct(vector, stored)));
    if (cosine > best.cosine) best = { chunk, cosine };
  }
  return best;
}

function scoreByWords(entries: readonly Entry[], query: LexicalQuery): void {
  const unscored = entries.filter(({ lexical }) => lexical === null);
  for (const collection of new Set(unscored.map((entry) => entry.collection))) {
    const own = unscored.filter((entry) => entry.collection === collection);
    const labels = own.map(({ first }) => first);
    const scores = collection.words.lexical.score(query, labels);
    for (const [i, entry] of own.entries()) entry.lexical = scores[i] ?? null;
  }
}

function asHit(entry: Entry): ShardHit {
  const { collection, id, near, lexical, isSemantic, isLexical, pinnedBy } = entry;
  return {
    collection: collection.row.name,
    id,
    chunk: near?.chunk ?? 0,
    cosine: near?.cosine ?? null,
    lexicalScore: lexical?.score ?? null,
    coverage: lexical?.coverage ?? 0,
    isSemantic,
    isLexical,
    pinnedBy,
  };
}
