// What a search needs to know of each collection that it looks in, found out once for all queries of a task.

import type { DocumentKey } from '../../model/document.ts';
import type { CollectionRow } from '../../storage/document-record.ts';
import type { CollectionIndex } from './collection-index.ts';
import type { CollectionWords } from './collection-words.ts';
import { selectConstrained } from './constraint-selection.ts';
import type { Constraint } from './index-messages.ts';
import type { Selection } from './label-selection.ts';
import type { ShardState } from './shard-state.ts';
import { TextReads } from './text-reads.ts';

export interface SearchedCollection {
  readonly row: CollectionRow;
  readonly index: CollectionIndex;
  readonly words: CollectionWords;
  /** What every hit must pass; null: nothing was asked. */
  readonly selection: Selection | null;
  /** What the tests of all selections of this search may still read. */
  readonly reads: TextReads;
  /** First labels of the documents that are to be left out, and exist. */
  readonly excluded: ReadonlySet<number>;
}

/** Empty `collections`: all. One that this shard has never seen is left out. */
export function searchedCollections(
  state: ShardState,
  query: {
    readonly collections: readonly string[];
    readonly constraint: Constraint | null;
    readonly exclude: readonly DocumentKey[];
  },
  giveWay: () => void,
): SearchedCollection[] {
  const searched: SearchedCollection[] = [];
  const reads = new TextReads(giveWay, state.init.textBounds);
  for (const row of namedCollections(state, query.collections)) {
    const index = state.indexes.get(row.name);
    const words = state.words.get(row.name);
    if (index === undefined || words === undefined) continue;
    const { constraint } = query;
    const selection =
      constraint === null ? null : selectConstrained(state, { row, words, constraint, reads, giveWay });
    const excluded = excludedIn(state, row.name, query.exclude);
    searched.push({ row, index, words, selection, reads, excluded });
  }
  return searched;
}

export function namedCollections(state: ShardState, names: readonly string[]): CollectionRow[] {
  if (names.length === 0) return state.collections();
  const rows = [...new Set(names)].map((name) => state.store.collection(name));
  return rows.filter(
    (row) => row !== undefined && row.generation === state.init.generation,
  ) as CollectionRow[];
}

function excludedIn(
  state: ShardState,
  collection: string,
  keys: readonly DocumentKey[],
): ReadonlySet<number> {
  const firsts = new Set<number>();
  for (const key of keys) {
    if (key.collection !== collection) continue;
    const record = state.store.document(key);
    if (record !== undefined) firsts.add(record.labels.first);
  }
  return firsts;
}
