// The documents of one collection nearest to a vector, by the cheapest way that gives as many as there are: graph and
// tail; those that pass a filter, within them; or a comparison with each that passes.
//
// The index proposes labels, the store disposes: a label counts only while its row is there, so what was deleted, or is
// not yet committed, never shows. Several chunks of a document are one hit, the best. Where that leaves fewer documents
// than were asked for and exist, it asks for more, and at last scans everything.

import type { FilterPlan } from '../../model/query.ts';
import type { Neighbor } from '../../vector/top-k.ts';
import { type ScannedDocument, scanExactly } from './exact-scan.ts';
import type { SearchedCollection } from './searched-collection.ts';
import type { ShardState } from './shard-state.ts';

export interface NearDocument extends ScannedDocument {
  readonly id: string;
}

export interface NearestRequest {
  readonly collection: SearchedCollection;
  readonly query: Float32Array;
  /** Documents wanted. */
  readonly limit: number;
  readonly ef: number;
  /** Compare with every vector, whatever it costs. */
  readonly isExact: boolean;
  readonly giveWay: () => void;
}

/** Best first; fewer than asked for only where fewer exist. */
export interface Nearest {
  readonly documents: readonly NearDocument[];
  readonly plan: FilterPlan;
}

/** A graph search for more neighbours than this costs more than it saves over a scan. */
const graphNeighborsMax = 4_096;
const widening = 4;
/**
 * Comparing with n passing vectors takes n × 1.2 µs. A graph search for the ones that pass meets `ef` / share of all
 * points: some 0.5 ms / share at the default width. Both take as long at n = 20 × √size; a little beyond it the scan is
 * slower and finds more (native-bench/filtered-search.ts: at 5 % of 100,000 the graph takes 9 ms for a recall of .97,
 * the scan 6 ms for all).
 */
const scannedLabelsPerRoot = 24;
/**
 * Points that a filtered search of a graph may look at. Where the passing ones lie far from the query it would wade
 * through all others first; past this the scan of those that pass is cheaper.
 */
const graphVisitsMax = 50_000;

export function nearestDocuments(state: ShardState, request: NearestRequest): Nearest {
  const { index, selection } = request.collection;
  const existing = existingDocuments(request);
  if (existing <= 0) return { documents: [], plan: selection === null ? 'none' : 'scan' };
  const { scannedLabelsMax = scannedLabelsPerRoot * Math.sqrt(index.size) } = state.init;
  const isScanned = (request.isExact && !index.isExact) || arePassingFew(request, scannedLabelsMax);
  const found = isScanned ? null : searchIndex(state, request, existing);
  const documents = found ?? scanCollection(state, request);
  if (selection === null) return { documents, plan: 'none' };
  if (isScanned || index.isExact) return { documents, plan: 'scan' };
  return { documents, plan: found === null ? 'fallback' : 'graph' };
}

/** How many documents the answer must have; where only an estimate is known, the limit. */
function existingDocuments({ collection, limit }: NearestRequest): number {
  const { row, selection, excluded } = collection;
  if (selection === null) return Math.min(limit, row.documents - excluded.size);
  if (!selection.isExact) return limit;
  const passingExcluded = [...excluded].filter((first) => selection.passes(first)).length;
  return Math.min(limit, selection.documents - passingExcluded);
}

function arePassingFew(
  { collection: { index, selection } }: NearestRequest,
  scannedLabelsMax: number,
): boolean {
  // Without a graph, the tail is compared with as a whole anyway.
  if (selection === null || selection.labels === null || index.isExact) return false;
  return selection.labels.count <= scannedLabelsMax;
}

/** Graph and tail; null where that does not give `existing` documents, and only a scan can tell whether they exist. */
function searchIndex(state: ShardState, request: NearestRequest, existing: number): NearDocument[] | null {
  const { collection, query, limit, ef, giveWay } = request;
  const { index, excluded } = collection;
  const test = collection.selection === null ? null : new BoundedTest(collection);
  const near = (k: number) =>
    collection.reads.within(() => index.candidates(query, k, ef, test?.allows ?? null));
  for (let k = limit + excluded.size; ; k = Math.min(k * widening, index.size)) {
    const found = liveDocuments(state, request, near(k));
    if (test?.isOver === true) return null;
    if (found.length >= existing) return found;
    // The tail answers exactly, so with it alone there is no more to be had; a graph may have parts it cannot reach.
    if (k >= index.size && index.isExact) return found;
    // Looked at before widening: one search in the graph cannot give way.
    if (k >= index.size || Math.min(k * widening, index.size) > graphNeighborsMax) return null;
    giveWay();
  }
}

/** A selection's test that lets everything through once it has been asked too often: hnswlib cannot be stopped. */
class BoundedTest {
  readonly allows: (label: number) => boolean;
  #visits = 0;
  #isOver = false;

  constructor({ selection, reads }: SearchedCollection) {
    this.allows = (label) => {
      this.#isOver ||= ++this.#visits > graphVisitsMax || reads.isOverWithin;
      return this.#isOver || selection?.passes(label) !== false;
    };
  }

  get isOver(): boolean {
    return this.#isOver;
  }
}

/** The live documents behind a list of labels: each once, with its best chunk; at most `limit`. */
function liveDocuments(
  state: ShardState,
  { collection, limit }: NearestRequest,
  neighbors: Iterable<Neighbor>,
): NearDocument[] {
  const { row, excluded } = collection;
  const best = new Map<number, NearDocument>();
  for (const { label, cosine } of neighbors) {
    if (best.size === limit) break;
    const labelRow = state.store.label(row.number, label);
    if (labelRow === undefined) continue;
    const [id, chunk] = labelRow;
    const first = label - chunk;
    if (best.has(first) || excluded.has(first)) continue;
    best.set(first, { id, first, chunk, cosine });
  }
  return [...best.values()];
}

function scanCollection(state: ShardState, request: NearestRequest): NearDocument[] {
  const { collection, query, limit, giveWay } = request;
  const { selection, excluded } = collection;
  const firsts = selection?.firsts ?? state.firstLabels(collection.row.number);
  const labels = selection?.labels ?? state.allLabels(collection.row.number);
  const isAsked = selection !== null && !selection.isExact;
  const allows =
    isAsked || excluded.size > 0
      ? (first: number) => !excluded.has(first) && (!isAsked || selection.passes(first))
      : null;
  const found = scanExactly(state, { query, limit, labels, firsts, allows, giveWay });
  return found.flatMap((document) => {
    const labelRow = state.store.label(collection.row.number, document.first);
    return labelRow === undefined ? [] : [{ id: labelRow[0], ...document }];
  });
}
