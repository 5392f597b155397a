// Searching a shard: a list by vector, a list by words, and the documents that the query names, joined so that every hit
// has all its scores. Synchronous from end to end: it runs between two units of other work, and sees one state of the store.

import type { TaskContext } from '../../actor/actor.ts';
import { KmsError } from '../../base/errors.ts';
import { joinFacets } from '../../filtering/merge-facets.ts';
import type { LexicalQuery } from '../../lexical/lexical-query.ts';
import type { Facet, FacetRequest } from '../../model/filter.ts';
import type { FilterPlan } from '../../model/query.ts';
import { checkVector } from '../../vector/checked-vector.ts';
import { everyDocument } from './constraint-selection.ts';
import { countValues } from './facet-counts.ts';
import { writePages } from './flat-pages.ts';
import type { RowQuery, ShardAnswer, ShardHit, ShardQuery } from './index-messages.ts';
import { joinLists, type Matching, type Near, type Pinned } from './joined-lists.ts';
import { matchingDocuments } from './matching-documents.ts';
import { nearestDocuments } from './nearest-documents.ts';
import type { ShardPage } from './page-messages.ts';
import { pinnedDocuments } from './pinned-documents.ts';
import { type SearchedCollection, searchedCollections } from './searched-collection.ts';
import { pageOf } from './shard-page.ts';
import { Fetcher } from './shard-reads.ts';
import type { ShardState } from './shard-state.ts';

/** One query of a task. */
interface Ask {
  readonly vector: Float32Array | null;
  readonly row: RowQuery;
  readonly query: ShardQuery;
  readonly collections: readonly SearchedCollection[];
  readonly giveWay: () => void;
}

const noWords: RowQuery = { lexical: null, pins: null };
/** From the one that costs nothing to the one that costs most: what is told when collections differ. */
const plansByCost: readonly FilterPlan[] = ['none', 'scan', 'graph', 'fallback'];

export function searchShard(
  state: ShardState,
  query: ShardQuery,
  task: Pick<TaskContext, 'giveWay'>,
): ShardAnswer {
  checkShape(query, state.init.dimensions);
  const giveWay = () => task.giveWay();
  const collections = searchedCollections(state, query, giveWay);
  const { page = null } = query;
  const { withVectors, omitBody } = query;
  const shown = { withVectors, omitBody, terms: page?.terms ?? [] };
  const fetcher = new Fetcher(state, shown, giveWay);
  const hits: ShardHit[][] = [];
  const pages: ShardPage[] = [];
  let plan: FilterPlan = 'none';
  for (let i = 0; i < query.queryCount; i++) {
    if (i > 0) giveWay();
    const vector = vectorOf(query, i, state.init.dimensions);
    const row = query.rows[i] ?? noWords;
    const one = searchOne(state, { vector, row, query, collections, giveWay });
    const { found } = one;
    plan = costlier(plan, one.plan);
    if (page === null) hits.push(found);
    else pages.push(pageOf(found, { page, depth: query.limit, isOneList: isOneList(row), fetcher }));
  }
  const facets = query.facets.map((request) => facetOf(state, { request, collections, giveWay }));
  for (const { selection } of collections) selection?.throwFault();
  const passing = passingOf(query, collections);
  return { hits, pages: page === null ? null : writePages(pages), filterPlan: plan, passing, facets };
}

/** Whether only the list by vector is asked for. */
function isOneList({ lexical, pins }: RowQuery): boolean {
  return lexical === null && pins === null;
}

function checkShape({ vectors, queryCount, rows }: ShardQuery, dimensions: number): void {
  if (vectors.length !== 0 && vectors.length !== queryCount * dimensions) {
    throw new KmsError('dimension_mismatch', 'the queries have another number of dimensions than the index', {
      facts: { expectedDimensions: dimensions, values: vectors.length, queries: queryCount },
    });
  }
  if (rows.length !== 0 && rows.length !== queryCount) {
    throw new KmsError('invalid_argument', 'each query has words, or none has', {
      facts: { rows: rows.length, queries: queryCount },
    });
  }
}

function vectorOf({ vectors }: ShardQuery, i: number, dimensions: number): Float32Array | null {
  if (vectors.length === 0) return null;
  const vector = vectors.subarray(i * dimensions, (i + 1) * dimensions);
  checkVector(vector, dimensions);
  return vector;
}

function searchOne(state: ShardState, ask: Ask): { readonly found: ShardHit[]; readonly plan: FilterPlan } {
  const { row, vector } = ask;
  const { nearest, plan } = vector === null ? nothingNear(ask) : nearestOfAll(state, ask, vector);
  if (isOneList(row)) return { found: nearest.map(asHit), plan };
  const matching = row.lexical === null ? [] : matchingOfAll(state, ask, row.lexical);
  const pinned: Pinned[] = [];
  for (const collection of ask.collections) {
    if (row.pins === null) break;
    for (const each of pinnedDocuments(state, collection, row.pins)) pinned.push({ collection, ...each });
  }
  ask.giveWay();
  const lists = { nearest, matching, pinned };
  return { found: joinLists(state, { vector, lexical: row.lexical }, lists), plan };
}

interface NearestOfAll {
  readonly nearest: Near[];
  readonly plan: FilterPlan;
}

/** By words alone. Whatever holds them is met, and what does not pass is left out: no graph has a part in it. */
function nothingNear({ collections }: Ask): NearestOfAll {
  return { nearest: [], plan: collections.some(({ selection }) => selection !== null) ? 'scan' : 'none' };
}

/** Best first; ties by collection and id. */
function nearestOfAll(
  state: ShardState,
  { query, collections, giveWay }: Ask,
  vector: Float32Array,
): NearestOfAll {
  const { limit, isExact } = query;
  const ef = query.ef ?? state.init.efSearch;
  const nearest: Near[] = [];
  let plan: FilterPlan = 'none';
  for (const collection of collections) {
    const request = { collection, query: vector, limit, ef, isExact, giveWay };
    const answer = nearestDocuments(state, request);
    plan = costlier(plan, answer.plan);
    for (const { id, first, chunk, cosine } of answer.documents)
      nearest.push({ collection, id, first, chunk, cosine });
  }
  nearest.sort((a, b) => b.cosine - a.cosine || byKey(a, b));
  return { nearest: nearest.slice(0, limit), plan };
}

function matchingOfAll(state: ShardState, ask: Ask, lexical: LexicalQuery): Matching[] {
  const { limit } = ask.query;
  const { giveWay } = ask;
  const matching: Matching[] = [];
  for (const collection of ask.collections) {
    const found = matchingDocuments(state, { collection, query: lexical, limit, giveWay });
    for (const { id, first, score, coverage } of found) {
      matching.push({ collection, id, first, score, coverage });
    }
  }
  matching.sort((a, b) => b.score - a.score || byKey(a, b));
  return matching.slice(0, limit);
}

function byKey(a: Near | Matching, b: Near | Matching): number {
  const [left, right] = [a.collection.row.name, b.collection.row.name];
  if (left !== right) return left < right ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

function asHit({ collection, id, chunk, cosine }: Near): ShardHit {
  return {
    collection: collection.row.name,
    id,
    chunk,
    cosine,
    lexicalScore: null,
    coverage: 0,
    isSemantic: true,
    isLexical: false,
    pinnedBy: null,
  };
}

function costlier(a: FilterPlan, b: FilterPlan): FilterPlan {
  return plansByCost.indexOf(a) >= plansByCost.indexOf(b) ? a : b;
}

/** Of all values, so that what is cut off at the end is cut after shards have been added up. */
function facetOf(
  state: ShardState,
  question: {
    readonly request: FacetRequest;
    readonly collections: readonly SearchedCollection[];
    readonly giveWay: () => void;
  },
): Facet {
  const { field } = question.request;
  const parts = question.collections.map(({ row, selection }) =>
    countValues({
      reader: state.store.attributes,
      collection: row.number,
      field,
      selection: selection ?? everyDocument(state, row.number),
      giveWay: question.giveWay,
    }),
  );
  return joinFacets(parts, field);
}

function passingOf({ constraint }: ShardQuery, collections: readonly SearchedCollection[]): number | null {
  if (constraint === null) return null;
  return collections.reduce((sum, { selection }) => sum + (selection?.documents ?? 0), 0);
}
