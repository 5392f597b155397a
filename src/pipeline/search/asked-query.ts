// A query that has been read, embedded and looked up: what the shards are asked for it, and together with which others.

import { noEvidence } from '../../ranking/candidate.ts';
import { fusionDepth } from '../../ranking/list-tops.ts';
import type { ShardQuery } from '../../stages/index/index-messages.ts';
import type { PageQuery } from '../../stages/index/page-messages.ts';
import type { QueryVectors } from './query-target.ts';
import type { QueryWords } from './query-words.ts';
import type { ReadQuery } from './read-query.ts';
import { isReordered } from './reorder-hits.ts';

export interface AskedQuery extends ReadQuery {
  /** Null: looked for by words alone. */
  readonly vectors: QueryVectors | null;
  /** Null: looked for by meaning alone. */
  readonly words: QueryWords | null;
}

/**
 * Documents of each list that are fused for pages beyond the usual depth: `limits.searchLimitMax`. The pages of one query
 * fit together only as long as its lists are of one depth: hence two depths and not `offset + limit`.
 */
const deepDepth = 1_000;

export function listDepth(asked: AskedQuery): number {
  const { offset, limit } = asked.query;
  const wanted = offset + limit;
  // The list of the shards is the answer: what is below its end would be thrown away. Further pages want one depth, as
  // the graph is searched the wider the more it is asked for, and a wider search may find another hit in between.
  if (isPlain(asked) && offset === 0) return limit;
  return wanted <= fusionDepth ? fusionDepth : deepDepth;
}

/** By meaning alone, in the order of the shards. */
export function isPlain({ words, mode, query }: AskedQuery): boolean {
  return words === null && mode !== 'lexical' && !isReordered(query);
}

/** Positions of the queries that one task of a shard can answer together: plain ones of one shape, and each other one alone. */
export function groupsOf(asked: readonly AskedQuery[]): number[][] {
  if (asked.length === 1) return [[0]];
  const groups = new Map<string, number[]>();
  for (const [position, each] of asked.entries()) {
    const key = isPlain(each) ? shapeOf(each) : `alone ${position}`;
    const group = groups.get(key) ?? [];
    group.push(position);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function shapeOf({ query, vectors, constraint }: AskedQuery): string {
  const { collections, offset, limit, ef, isExact, withVectors, omitBody, facets } = query;
  const shown = [offset, limit, withVectors, omitBody, facets];
  return JSON.stringify([collections, ef, isExact, ...shown, vectors?.exclude, constraint]);
}

/** `members` are of one group. */
export function shardQueryOf(members: readonly AskedQuery[], shardCount: number): ShardQuery {
  const first = members[0] as AskedQuery;
  const { collections, ef, isExact, facets, withVectors, omitBody } = first.query;
  return {
    vectors: joined(members.flatMap(({ vectors }) => vectors?.vectors ?? [])),
    queryCount: members.reduce((sum, member) => sum + rowCountOf(member), 0),
    rows: members.every(isPlain)
      ? []
      : members.flatMap((member) =>
          Array.from({ length: rowCountOf(member) }, () => ({
            lexical: member.words?.lexical ?? null,
            pins: member.words?.pins ?? null,
          })),
        ),
    collections,
    limit: listDepth(first),
    ef,
    isExact,
    exclude: first.vectors?.exclude ?? [],
    constraint: first.constraint,
    facets,
    withVectors,
    omitBody,
    page: shardCount === 1 && isOneRowEach(members) && !isReordered(first.query) ? pageQueryOf(first) : null,
  };
}

/** What the only shard needs to make the page itself; members of one group have the same. */
function pageQueryOf({ query, words }: AskedQuery): PageQuery {
  const { offset, limit, fusion } = query;
  const { evidence = noEvidence, marked = [] } = words ?? {};
  return { offset, limit, evidence, fusion, terms: marked };
}

/** A document query finds the same documents with each of its rows. */
function isOneRowEach(members: readonly AskedQuery[]): boolean {
  return members.every((member) => rowCountOf(member) === 1);
}

/** Rows of the shards' answers that are this query's. */
export function rowCountOf({ vectors }: AskedQuery): number {
  return vectors?.rowCount ?? 1;
}

function joined(vectors: readonly Float32Array[]): Float32Array {
  const first = vectors[0];
  // A view of a larger buffer would be cloned with all of that buffer on the way to the thread.
  if (vectors.length === 1 && first !== undefined && first.byteLength === first.buffer.byteLength)
    return first;
  const all = new Float32Array(vectors.reduce((sum, vector) => sum + vector.length, 0));
  let offset = 0;
  for (const vector of vectors) {
    all.set(vector, offset);
    offset += vector.length;
  }
  return all;
}
