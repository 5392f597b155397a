// Searching a shard. Synchronous from end to end: it runs between two insertions, and sees one state of the store.
//
// The index proposes labels, the store disposes: a label counts only while its row is there, so what was deleted, or is
// not yet committed, never shows. Several chunks of a document are one hit, the best. Where that leaves fewer documents
// than were asked for and exist, it asks for more, and at last scans everything.

import type { TaskContext } from '../../actor/actor.ts';
import { KmsError } from '../../base/errors.ts';
import type { DocumentKey } from '../../model/document.ts';
import type { CollectionRow } from '../../storage/document-record.ts';
import { checkVector } from '../../vector/checked-vector.ts';
import type { Neighbor } from '../../vector/top-k.ts';
import type { CollectionIndex } from './collection-index.ts';
import type { ShardHit, ShardQuery } from './index-messages.ts';
import { Fetcher } from './shard-reads.ts';
import type { ShardState } from './shard-state.ts';

/** A graph search for more neighbours than this costs more than it saves over a scan. */
const graphNeighborsMax = 4_096;
const widening = 4;
/** Vectors scanned between two polls: a quarter of a millisecond, one insertion. */
const scanUnit = 256;

interface Ask {
  readonly row: CollectionRow;
  readonly index: CollectionIndex;
  readonly query: readonly number[];
  /** Documents wanted. */
  readonly limit: number;
  readonly ef: number;
  readonly exclude: DocumentKey | null;
  readonly giveWay: () => void;
}

type Found = Omit<ShardHit, 'document' | 'snippet'>;

/** One list of hits a query, best first; ties by collection and id. */
export function searchShard(
  state: ShardState,
  query: ShardQuery,
  task: Pick<TaskContext, 'giveWay'>,
): ShardHit[][] {
  const { dimensions } = state.init;
  if (query.vectors.length !== query.queryCount * dimensions) {
    throw new KmsError('dimension_mismatch', 'the queries have another number of dimensions than the index', {
      facts: { expectedDimensions: dimensions, values: query.vectors.length, queries: query.queryCount },
    });
  }
  const lists: ShardHit[][] = [];
  const fetcher = query.withDocuments ? new Fetcher(state.store, query) : null;
  for (let i = 0; i < query.queryCount; i++) {
    if (i > 0) task.giveWay();
    // Its own array: whatever runs while this gives way has a query too.
    const vector = Array.from(query.vectors.subarray(i * dimensions, (i + 1) * dimensions));
    checkVector(vector, dimensions);
    const found = searchOne(state, query, { vector, giveWay: () => task.giveWay() });
    lists.push(
      found.map((hit) => {
        const fetched = fetcher?.fetch(hit, hit.chunk);
        return { ...hit, document: fetched?.document ?? null, snippet: fetched?.snippet ?? '' };
      }),
    );
  }
  return lists;
}

function searchOne(
  state: ShardState,
  query: ShardQuery,
  { vector, giveWay }: { readonly vector: readonly number[]; readonly giveWay: () => void },
): Found[] {
  const found: Found[] = [];
  for (const row of searchedCollections(state, query.collections)) {
    const index = state.indexes.get(row.name);
    if (index === undefined) continue;
    const ef = query.ef ?? state.init.efSearch;
    const ask = { row, index, query: vector, limit: query.limit, ef, exclude: query.exclude, giveWay };
    found.push(
      ...(query.isExact && !index.isExact ? scanCollection(state, ask) : searchCollection(state, ask)),
    );
  }
  found.sort(byCosine);
  return found.slice(0, query.limit);
}

function searchedCollections(state: ShardState, names: readonly string[]): CollectionRow[] {
  if (names.length === 0) return state.collections();
  const rows = [...new Set(names)].map((name) => state.store.collection(name));
  return rows.filter(
    (row) => row !== undefined && row.generation === state.init.generation,
  ) as CollectionRow[];
}

function searchCollection(state: ShardState, ask: Ask): Found[] {
  const { row, index, limit, exclude } = ask;
  const isOneExcluded = exclude?.collection === row.name && state.store.document(exclude) !== undefined;
  const existing = Math.min(limit, row.documents - (isOneExcluded ? 1 : 0));
  if (existing <= 0) return [];
  for (let k = limit + (isOneExcluded ? 1 : 0); ; k = Math.min(k * widening, index.size)) {
    const found = toDocuments(state, ask, index.candidates(ask.query, k, ask.ef));
    if (found.length >= existing) return found;
    // The tail answers exactly, so with it alone there is no more to be had; a graph may have parts it cannot reach.
    if (k >= index.size && index.isExact) return found;
    if (k >= index.size || k >= graphNeighborsMax) return scanCollection(state, ask);
  }
}

/** The live documents behind a list of labels: each once, with its best chunk; at most `limit`. */
function toDocuments(state: ShardState, ask: Ask, neighbors: Iterable<Neighbor>): Found[] {
  const { row, exclude, limit } = ask;
  const best = new Map<string, Found>();
  for (const { label, cosine } of neighbors) {
    if (best.size === limit) break;
    const labelRow = state.store.label(row.number, label);
    if (labelRow === undefined) continue;
    const [id, chunk] = labelRow;
    if (best.has(id) || (exclude?.collection === row.name && exclude.id === id)) continue;
    best.set(id, { collection: row.name, id, chunk, cosine });
  }
  return [...best.values()];
}

/** Reads every live vector of the collection from the store: exact, about 2 ms for 1,000 of 384 dimensions. */
function scanCollection(state: ShardState, ask: Ask): Found[] {
  const { store } = state;
  const neighbors: Neighbor[] = [];
  let next = 0;
  for (;;) {
    const labels = store.labelsFrom(ask.row.number, next, scanUnit);
    for (const label of labels) {
      const vector = store.vector(label);
      if (vector !== null) neighbors.push({ label, cosine: dot(ask.query, vector) });
    }
    const last = labels.at(-1);
    if (last === undefined || labels.length < scanUnit) break;
    next = last + 1;
    ask.giveWay();
  }
  neighbors.sort((a, b) => b.cosine - a.cosine || a.label - b.label);
  return toDocuments(state, ask, neighbors);
}

function dot(a: readonly number[], b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return Math.min(1, Math.max(-1, sum));
}

function byCosine(a: Found, b: Found): number {
  if (a.cosine !== b.cosine) return b.cosine - a.cosine;
  if (a.collection !== b.collection) return a.collection < b.collection ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}
