// From queries that are read and embedded to their answers: ask the shards → fuse the lists, pin → reorder → read the
// documents of the page. Queries that one task of a shard can answer walk together.

import type { Clock } from '../../base/clock.ts';
import type { Reranker } from '../../embedding/cross-encoder/reranker.ts';
import { mergeFacets } from '../../filtering/merge-facets.ts';
import type {
  FilterPlan,
  RerankOutcome,
  SearchAnswer,
  SearchExplanation,
  SearchHit,
} from '../../model/query.ts';
import { noEvidence } from '../../ranking/candidate.ts';
import { type ListedHit, listHits } from '../../ranking/listed-hits.ts';
import { readPages } from '../../stages/index/flat-pages.ts';
import type { ShardAnswer, ShardHit } from '../../stages/index/index-messages.ts';
import type { ShardPage } from '../../stages/index/page-messages.ts';
import type { CallOptions } from '../engine-api.ts';
import type { FlowMetrics } from '../flow-metrics.ts';
import { type AskedQuery, listDepth, rowCountOf, shardQueryOf } from './asked-query.ts';
import { type FusedHits, fuseHits, type RankedHit } from './ranked-hit.ts';
import {
  applyPriors,
  applyRerank,
  collapseHits,
  diversifyHits,
  isReordered,
  type KnownHit,
  needsChunks,
  rerankTimeMs,
  textsToRerank,
  windowOf,
} from './reorder-hits.ts';
import type { ShardPanel } from './shard-panel.ts';
import { hitsOfPage, showHits } from './show-hits.ts';
import { StageTimes } from './stage-times.ts';

export interface GroupSearchParts {
  readonly panel: ShardPanel;
  readonly reranker: Reranker | null;
  readonly clock: Clock;
  readonly metrics: FlowMetrics;
  /** Of the batch: what it did before. */
  readonly before: Pick<StageTimes, 'of' | 'elapsedMs'>;
}

/** An answer but for what the batch around it knows. */
export type SpaceAnswer = Omit<SearchAnswer, 'searchId'>;

interface Ranked extends FusedHits {
  readonly listed: readonly ListedHit<ShardHit>[];
}

interface Page {
  readonly hits: readonly RankedHit[];
  readonly rerank: RerankOutcome;
}

/** What a filter cost at the worst of the shards. */
const plans: readonly FilterPlan[] = ['none', 'scan', 'graph', 'fallback'];

/** Index-aligned. */
export async function searchGroup(
  members: readonly AskedQuery[],
  parts: GroupSearchParts,
  call: CallOptions,
): Promise<SpaceAnswer[]> {
  const { panel } = parts;
  const times = new StageTimes(parts);
  const answers = await times.during('index', () => panel.search(shardQueryOf(members, panel.count), call));
  const pages = answers[0]?.pages ?? null;
  const found =
    pages === null
      ? await fromLists(members, answers, { ...parts, times }, call)
      : times.within('rank', () => fromPages(members, readPages(pages)));
  const filterPlan = worstOf(answers);
  const timings = {
    embedMs: parts.before.of('embed'),
    searchMs: times.of('index'),
    rankMs: times.of('rank'),
    rerankMs: times.of('rerank'),
    fetchMs: times.of('fetch'),
    totalMs: parts.before.elapsedMs(),
  };
  return members.map((member, i) => {
    const { hits, rerank, lists } = found[i] as Found;
    return {
      filterPlan,
      timings,
      hits,
      facets: member.query.facets.map((request, at) =>
        mergeFacets(
          answers.flatMap(({ facets }) => facets[at] ?? []),
          request,
        ),
      ),
      rerank,
      correctedText: member.words?.correctedText ?? '',
      explanation: member.query.withExplanation ? explain(member, lists(), answers) : null,
    };
  });
}

function worstOf(answers: readonly ShardAnswer[]): FilterPlan {
  const worst = answers.reduce((at, { filterPlan }) => Math.max(at, plans.indexOf(filterPlan)), 0);
  return plans[worst] ?? 'none';
}

/** What one query came to. */
interface Found {
  readonly hits: readonly SearchHit[];
  readonly rerank: RerankOutcome;
  /** Asked only for an explanation. */
  readonly lists: () => ListFacts;
}

type ListFacts = Pick<ShardPage, 'semanticWeight' | 'semanticCandidates' | 'lexicalCandidates'>;

/** The one shard has fused its lists and read the documents. */
function fromPages(members: readonly AskedQuery[], pages: readonly ShardPage[]): Found[] {
  return members.map((member, i) => {
    const page = pages[i] as ShardPage;
    return { hits: hitsOfPage(page.hits, member), rerank: 'none', lists: () => page };
  });
}

async function fromLists(
  members: readonly AskedQuery[],
  answers: readonly ShardAnswer[],
  parts: GroupSearchParts & { readonly times: StageTimes },
  call: CallOptions,
): Promise<Found[]> {
  const { panel, times } = parts;
  const ranked = await times.during('rank', () => rankRows(members, answers));
  const pages = await Promise.all(
    members.map((member, i) => pageOf(member, ranked[i] as Ranked, parts, call)),
  );
  const hits = await times.during('fetch', () =>
    Promise.all(members.map((member, i) => showHits((pages[i] as Page).hits, member, panel, call))),
  );
  return members.map((_, i) => ({
    hits: hits[i] ?? [],
    rerank: (pages[i] as Page).rerank,
    lists: () => factsOf(ranked[i] as Ranked),
  }));
}

function factsOf({ listed, semanticWeight }: Ranked): ListFacts {
  const count = (rank: 'semanticRank' | 'lexicalRank') =>
    listed.filter(({ candidate }) => candidate[rank] !== null).length;
  return {
    semanticWeight,
    semanticCandidates: count('semanticRank'),
    lexicalCandidates: count('lexicalRank'),
  };
}

function rankRows(members: readonly AskedQuery[], answers: readonly ShardAnswer[]): Ranked[] {
  let row = 0;
  return members.map((member) => {
    const end = row + rowCountOf(member);
    const hits = answers.flatMap((answer) => answer.hits.slice(row, end).flat());
    row = end;
    const listed = listHits(hits, listDepth(member));
    const evidence = member.words?.evidence ?? noEvidence;
    return { listed, ...fuseHits(listed, { evidence, fusion: member.query.fusion }) };
  });
}

/** The hits of the page that was asked for, after whatever may reorder them. */
async function pageOf(
  member: AskedQuery,
  { hits }: Ranked,
  parts: GroupSearchParts & { readonly times: StageTimes },
  call: CallOptions,
): Promise<Page> {
  const { query } = member;
  const end = query.offset + query.limit;
  if (!isReordered(query)) return { hits: hits.slice(query.offset, end), rerank: 'none' };
  const { clock, times } = parts;
  const wanted = { window: windowOf(query, listDepth(member)), withChunk: needsChunks(query) };
  const known = await times.during('fetch', () => withFacts(hits, wanted, parts.panel, call));
  const weighed = await times.during('rank', () => applyPriors(known, query, clock.epochMs()));
  const reranked = await rerankHits(weighed, member, parts, call);
  const ordered = await times.during('rank', () => {
    const { collapse, diversity } = query;
    const collapsed =
      collapse === null ? reranked.hits : collapseHits(reranked.hits, collapse.similarityMin, query);
    return diversity === null ? collapsed : diversifyHits(collapsed, diversity.lambda);
  });
  return { hits: ordered.slice(query.offset, end).map(({ ranked }) => ranked), rerank: reranked.outcome };
}

/** The documents of the first hits, and the chunks that matched; a hit that was deleted meanwhile is left out. */
async function withFacts(
  hits: readonly RankedHit[],
  { window, withChunk }: { readonly window: number; readonly withChunk: boolean },
  panel: ShardPanel,
  call: CallOptions,
): Promise<KnownHit[]> {
  const first = hits.slice(0, window);
  const keys = first.map(({ hit: { collection, id, chunk } }) => ({ collection, id, chunk }));
  const facts = await panel.fetch(keys, { omitBody: true, withChunk }, call);
  const known = first.flatMap((ranked, i): KnownHit[] => {
    const found = facts[i] ?? null;
    return found === null ? [] : [{ ranked, facts: found }];
  });
  return [...known, ...hits.slice(window).map((ranked): KnownHit => ({ ranked, facts: null }))];
}

async function rerankHits(
  hits: readonly KnownHit[],
  { query, text }: AskedQuery,
  { reranker, times, clock }: GroupSearchParts & { readonly times: StageTimes },
  call: CallOptions,
): Promise<{ readonly hits: readonly KnownHit[]; readonly outcome: RerankOutcome }> {
  const { rerank } = query;
  if (rerank === null) return { hits, outcome: 'none' };
  if (reranker === null || text === null) return { hits, outcome: 'unavailable' };
  const leftMs = call.deadlineMs === null ? null : call.deadlineMs - clock.nowMs();
  const budgetMs = rerankTimeMs(rerank.budgetMs, leftMs);
  const texts = textsToRerank(hits);
  const reply = await times.during('rerank', () =>
    reranker.rerank({ query: text, texts, budgetMs, signal: call.signal }),
  );
  if (reply.type !== 'done') return { hits, outcome: reply.type };
  return { hits: applyRerank(hits, reply.scores), outcome: 'done' };
}

function explain(
  { text, vectors, words, phrases, excluded, filter }: AskedQuery,
  { semanticWeight, semanticCandidates, lexicalCandidates }: ListFacts,
  answers: readonly ShardAnswer[],
): SearchExplanation {
  const passing = answers.flatMap((answer) => answer.passing ?? []);
  return {
    understanding: {
      text: vectors === null ? '' : (text ?? ''),
      terms: words?.terms ?? [],
      phrases,
      excluded,
      filter,
      corrections: words?.corrections ?? [],
    },
    semanticWeight,
    filteredDocuments: passing.length === 0 ? null : passing.reduce((sum, each) => sum + each, 0),
    semanticCandidates,
    lexicalCandidates,
  };
}
