// The documents of one collection that hold the words of a query, best first. The lexical index proposes labels, the
// store disposes, as with vectors: what is not yet committed, or was just deleted, never shows.

import type { LexicalQuery, LexicalScore } from '../../lexical/lexical-query.ts';
import type { SearchedCollection } from './searched-collection.ts';
import type { ShardState } from './shard-state.ts';

export interface MatchingDocument extends LexicalScore {
  readonly id: string;
  /** The document's first label. */
  readonly first: number;
}

/** Where some of the best are not in the store (yet, or any more), so many times as many are asked for. */
const widening = 4;

export function matchingDocuments(
  state: ShardState,
  request: {
    readonly collection: SearchedCollection;
    readonly query: LexicalQuery;
    readonly limit: number;
    readonly giveWay: () => void;
  },
): MatchingDocument[] {
  const { collection, query, limit, giveWay } = request;
  const { lexical } = collection.words;
  const allows = allowedIn(collection);
  for (let wanted = limit; ; wanted *= widening) {
    const hits = lexical.search(query, { limit: wanted, allows, giveWay });
    const stored: MatchingDocument[] = [];
    for (const { label, score, coverage } of hits) {
      const row = state.store.label(collection.row.number, label);
      if (row !== undefined) stored.push({ id: row[0], first: label, score, coverage });
    }
    if (stored.length >= limit || hits.length < wanted) return stored.slice(0, limit);
  }
}

/** Null: any. */
function allowedIn({ selection, excluded }: SearchedCollection): ((firstLabel: number) => boolean) | null {
  if (selection === null && excluded.size === 0) return null;
  return (first) => !excluded.has(first) && (selection === null || selection.passes(first));
}
