// Shards that answer searches by what their documents are declared to score: for tests of the way from lists to hits. Each
// document says its own cosine and BM25, so a test knows the right answer without a model or an index.

import type { KmsError } from '../../src/base/errors.ts';
import type { DocumentKey, StoredDocument } from '../../src/model/document.ts';
import { plainSearch, type SearchQuery } from '../../src/model/query.ts';
import type { CallOptions } from '../../src/pipeline/engine-api.ts';
import type { FlowMetrics } from '../../src/pipeline/flow-metrics.ts';
import type { SpaceAnswer } from '../../src/pipeline/search/group-search.ts';
import { shardOf } from '../../src/pipeline/shard-router.ts';
import type { LanguageParts } from '../../src/pipeline/space-search.ts';
import type { WeightParameters } from '../../src/ranking/fusion-weights.ts';
import type { EmbedTasks } from '../../src/stages/embed/embed-messages.ts';
import type {
  IndexTasks,
  ShardHit,
  ShardQuery,
  ShownDocument,
} from '../../src/stages/index/index-messages.ts';
import { ManualClock } from './manual-clock.ts';
import { modelActor, modelDimensions, modelStages, modelVector } from './model-actors.ts';
import { hitsOrPages } from './model-pages.ts';
import { letterSpace, modelSpace } from './model-space.ts';
import { storedDocument } from './stored-document.ts';

export interface ScoredDocument {
  readonly id: string;
  readonly cosine: number;
  /** 0: it holds none of the words. */
  readonly lexicalScore: number;
  readonly ageMs?: number;
  readonly attributes?: StoredDocument['attributes'];
  /** Of its best chunk, shape [modelDimensions], unit length. */
  readonly vector?: Float32Array;
  readonly title?: string;
}

export interface ModelSearchOptions {
  readonly shardCount?: number;
  /** Documents that hold each term; a term that is missing is in none. */
  readonly frequencies?: Readonly<Record<string, number>>;
  readonly suggestions?: Readonly<Record<string, string>>;
  readonly fields?: readonly string[];
  /** What the model answers instead of a vector. */
  readonly embedFault?: () => KmsError;
  readonly language?: Partial<LanguageParts>;
  /** Of the space's model; default: those of the default one. */
  readonly weights?: WeightParameters;
  readonly metrics?: FlowMetrics;
  readonly gone?: readonly string[];
}

const freeCall: CallOptions = { signal: new AbortController().signal, deadlineMs: null };

export function modelSearch(documents: readonly ScoredDocument[], options: ModelSearchOptions = {}) {
  const { shardCount = 1, gone = [] } = options;
  const embed = modelActor<EmbedTasks>('embed', {
    embedQueries: ({ texts }) => {
      if (options.embedFault !== undefined) throw options.embedFault();
      const vectors = new Float32Array(texts.length * modelDimensions);
      for (const [i, text] of texts.entries()) vectors.set(modelVector(text), i * modelDimensions);
      return { vectors, cacheHits: 0, tokens: 0, failures: [] };
    },
  });
  const byId = new Map(documents.map((document) => [document.id, document]));
  const shownAs = (id: string, matchedTerms: readonly string[]): ShownDocument | null => {
    const found = byId.get(id);
    if (found === undefined || gone.includes(id)) return null;
    return { document: stored(found), snippet: `about ${id}`, highlights: [], matchedTerms };
  };
  const shards = Array.from({ length: shardCount }, (_, shard) => {
    const own = documents.filter(({ id }) => shardOf(keyOf(id), shardCount) === shard);
    return modelActor<IndexTasks>(`index-${shard}`, {
      search: (query) => ({
        ...hitsOrPages(
          Array.from({ length: query.queryCount }, (_row, row) => searchRow(own, query, row)),
          query,
          ({ id }) => shownAs(id, query.page?.terms ?? []),
        ),
        filterPlan: query.constraint === null ? 'none' : 'scan',
        passing: query.constraint === null ? null : own.length,
        facets: [],
      }),
      describeTerms: ({ terms, misspelt, fields }) => ({
        statistics: {
          // The first shard speaks for all: the sums are the same however many there are.
          documents: shard === 0 ? 1_000 : 0,
          titleTokens: shard === 0 ? 5_000 : 0,
          bodyTokens: shard === 0 ? 100_000 : 0,
          documentFrequencies: terms.map((term) => (shard === 0 ? (options.frequencies?.[term] ?? 0) : 0)),
        },
        suggestions: misspelt.map((term) => {
          const suggested = options.suggestions?.[term];
          return suggested === undefined ? [] : [{ term: suggested, documentFrequency: 7, distance: 1 }];
        }),
        fieldsExist: fields.map((field) => (options.fields ?? []).includes(field)),
      }),
      fetch: ({ keys, terms, withChunk }) => ({
        documents: keys.map(({ id }) => {
          const shown = shownAs(id, terms);
          if (shown === null || withChunk !== true) return shown;
          return { ...shown, chunk: { text: `text of ${id}`, vector: byId.get(id)?.vector ?? null } };
        }),
      }),
    });
  });
  const { search } = modelSpace(letterSpace('letters'), modelStages(), {
    embed,
    shards,
    language: options.language ?? {},
    clock: new ManualClock({ epochMs: modelEpochMs }),
    ...(options.weights === undefined ? {} : { weights: options.weights }),
    ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
  });
  return {
    embed,
    shards,
    search: async (
      query: Partial<SearchQuery> & { readonly text?: string },
      call: CallOptions = freeCall,
    ): Promise<SpaceAnswer> => {
      const { text = 'words', ...more } = query;
      const target = { type: 'text', text } as const;
      const asked: SearchQuery = {
        ...plainSearch,
        mode: 'hybrid',
        collections: [],
        limit: 10,
        target,
        ...more,
      };
      const [answer] = await search.searchBatch([asked], call);
      return answer as SpaceAnswer;
    },
    /** What the shards were asked, one after the other. */
    asked: () => shards.flatMap((shard) => shard.calls.map(({ task, request }) => ({ task, request }))),
  };
}

export function idsOf({ hits }: SpaceAnswer): string[] {
  return hits.map(({ document }) => document.id);
}

function keyOf(id: string): DocumentKey {
  return { collection: 'cases', id };
}

/** As a shard does: the best of each list, the pinned ones, each once. */
function searchRow(own: readonly ScoredDocument[], query: ShardQuery, row: number): ShardHit[] {
  const { limit, rows } = query;
  const hasVector = query.vectors.length > 0;
  const { lexical = null, pins = null } = rows[row] ?? {};
  const best = (score: (document: ScoredDocument) => number) =>
    [...own].sort((a, b) => score(b) - score(a) || (a.id < b.id ? -1 : 1)).slice(0, limit);
  const semantic = new Set(hasVector ? best(({ cosine }) => cosine) : []);
  const holding = ({ lexicalScore }: ScoredDocument) => lexicalScore > 0;
  const matching = new Set(lexical === null ? [] : best(({ lexicalScore }) => lexicalScore).filter(holding));
  const pinned = new Set(own.filter(({ id }) => pins?.ids.includes(id)));
  return [...new Set([...semantic, ...matching, ...pinned])].map((document) => ({
    ...keyOf(document.id),
    cosine: hasVector ? document.cosine : null,
    lexicalScore: lexical === null ? null : document.lexicalScore,
    coverage: lexical === null ? 0 : Math.min(1, document.lexicalScore / 20),
    isSemantic: semantic.has(document),
    isLexical: matching.has(document),
    pinnedBy: pinned.has(document) ? 'id' : null,
    chunk: 0,
  }));
}

/** The model's wall clock stands at 1970 plus a year. */
export const modelEpochMs = 365 * 86_400_000;

function stored({ id, ageMs = 0, attributes = {}, title = '' }: ScoredDocument): StoredDocument {
  return storedDocument({ ...keyOf(id), title, attributes, updateTimeMs: modelEpochMs - ageMs });
}
