// Asks the engine every query of a set by one method, and keeps what the judges look at.

import type { KmsClient } from '../../src/grpc/client.ts';
import type { SearchRequest } from '../../src/grpc/generated/kms/v1/SearchRequest.ts';
import type { SearchResponse__Output } from '../../src/grpc/generated/kms/v1/SearchResponse.ts';
import { limits } from '../../src/model/limits.ts';
import type { Forecast } from './calibration.ts';
import { callTimeoutMs, idAttribute, type LoadedCollection, type OnProgress } from './eval-engine.ts';
import { inParallel } from './in-parallel.ts';
import type { JudgedQuery, RetrievalSet } from './judged-set.ts';
import type { Rankings } from './retrieval-metrics.ts';
import type { SearchMethod } from './search-methods.ts';

export interface AnsweredQuery {
  readonly query: JudgedQuery;
  readonly rankings: Rankings;
  /** What the engine said of its first hits, and what was true. */
  readonly forecasts: readonly Forecast[];
}

/** Searches of up to so many hits look at the same candidates (proto: SearchRequest.offset), so this is what users get. */
const shallowDepth = 100;
/** Confidence is judged where people look. */
const forecastDepth = 10;
/** Two for each core of a small machine. */
export const searchesUnderWay = 4;

/** Index-aligned with the set's queries. Unless `isDeep`, MAP counts only what the shallow search finds. */
export async function askQueries(
  client: KmsClient,
  set: RetrievalSet,
  loaded: LoadedCollection,
  { method, isDeep }: { readonly method: SearchMethod; readonly isDeep: boolean },
  onProgress: OnProgress,
): Promise<AnsweredQuery[]> {
  let done = 0;
  return inParallel(set.queries, searchesUnderWay, async (query) => {
    const request = { ...method.request, ...ownFilter(set, query), text: query.text };
    const { hits: shallow } = await search(client, loaded, { ...request, limit: shallowDepth });
    const isEnough = !isDeep || countRelevant(shallow, query) === query.gains.size;
    // Where every relevant document is found, MAP is known, and the second search would say the same.
    const { hits: deep } = isEnough
      ? { hits: shallow }
      : await search(client, loaded, { ...request, limit: limits.searchLimitMax });
    onProgress(++done, set.queries.length);
    return {
      query,
      rankings: { shallow: shallow.map(idOf), deep: deep.map(idOf) },
      forecasts: shallow
        .slice(0, forecastDepth)
        .map((hit) => ({ confidence: hit.confidence, isRelevant: query.gains.has(idOf(hit)) })),
    };
  });
}

/**
 * What leaves a query out of its own results where it stands in the corpus. A filter, not a look through the hits: the
 * query's own document, at the top of both lists, would be taken for evidence when they are fused.
 */
export function ownFilter(
  { excludesSelf }: RetrievalSet,
  { id }: JudgedQuery,
): Pick<SearchRequest, 'filter'> {
  if (!excludesSelf) return {};
  return { filter: { negated: { oneOf: { field: idAttribute, values: [{ stringValue: id }] } } } };
}

type Hit = SearchResponse__Output['hits'][number];
const idOf = (hit: Hit) => hit.document?.id ?? '';

function countRelevant(hits: readonly Hit[], { gains }: JudgedQuery): number {
  return hits.filter((hit) => gains.has(idOf(hit))).length;
}

/** One search of the collection; a text of nothing but blanks finds nothing. */
export async function search(
  client: KmsClient,
  { collection, commitSequence }: LoadedCollection,
  request: SearchRequest & { readonly text: string },
): Promise<Pick<SearchResponse__Output, 'hits' | 'explanation'>> {
  const text = firstBytes(request.text, limits.queryBytesMax);
  if (text.trim() === '') return { hits: [], explanation: null };
  return client.search(
    {
      querySyntax: 'QUERY_SYNTAX_PLAIN',
      ...request,
      text,
      collections: [collection],
      minCommitSequence: commitSequence,
      omitBody: true,
    },
    { timeoutMs: callTimeoutMs },
  );
}

/** Whole characters only. */
function firstBytes(text: string, bytesMax: number): string {
  if (Buffer.byteLength(text) <= bytesMax) return text;
  return new TextDecoder().decode(Buffer.from(text).subarray(0, bytesMax), { stream: true });
}
