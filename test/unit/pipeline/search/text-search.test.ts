// What becomes of a text on its way to the shards and back.

import { expect, test } from 'vitest';
import { KmsError } from '../../../../src/base/errors.ts';
import type { Reranker, RerankReply } from '../../../../src/embedding/cross-encoder/reranker.ts';
import type { SearchedFacts } from '../../../../src/pipeline/flow-metrics.ts';
import { Synonyms } from '../../../../src/pipeline/understanding/synonyms.ts';
import type { ShardQuery, TermQuestion } from '../../../../src/stages/index/index-messages.ts';
import { idsOf, modelSearch, type ScoredDocument } from '../../../support/model-search.ts';
import { noMetrics } from '../../../support/model-space.ts';

const documents: ScoredDocument[] = [
  { id: 'near', cosine: 0.9, lexicalScore: 0 },
  { id: 'both', cosine: 0.7, lexicalScore: 8 },
  { id: 'worded', cosine: 0.1, lexicalScore: 9 },
  { id: 'CASE-77', cosine: -0.2, lexicalScore: 0 },
];
const frequencies = { printer: 2, blank: 2, err_tun_4711: 1 };
const outage = () => new KmsError('unavailable', 'the service is down');

type Model = ReturnType<typeof modelSearch>;

function shardQueryOf({ asked }: Model): ShardQuery {
  return asked().find(({ task }) => task === 'search')?.request as ShardQuery;
}

function questionsOf({ asked }: Model): TermQuestion[] {
  return asked().flatMap(({ task, request }) => (task === 'describeTerms' ? [request as TermQuestion] : []));
}

test('by meaning alone, one shard is asked once, and its documents come along', async () => {
  const model = modelSearch(documents);
  const answer = await model.search({ mode: 'semantic', limit: 2 });
  expect(idsOf(answer)).toEqual(['near', 'both']);
  expect(answer.hits.map(({ score, cosine }) => score - cosine)).toEqual([0, 0]);
  expect(model.asked().map(({ task }) => task)).toEqual(['search']);
});

test('by words alone, nothing is embedded, and hits are in the order of their words', async () => {
  const model = modelSearch(documents, { frequencies });
  const answer = await model.search({ mode: 'lexical', text: 'printer', withExplanation: true });
  expect(idsOf(answer)).toEqual(['worded', 'both']);
  expect(answer.hits.map(({ score }) => score)).toEqual([9, 8]);
  expect(answer.hits.map(({ cosine }) => cosine)).toEqual([0, 0]);
  expect(answer.explanation).toMatchObject({
    semanticCandidates: 0,
    lexicalCandidates: 2,
    semanticWeight: null,
  });
  expect(model.embed.calls).toEqual([]);
  expect(shardQueryOf(model).vectors).toHaveLength(0);
});

test('the terms are asked for while the text is embedded', async () => {
  let isEmbedded = false;
  const model = modelSearch(documents, { frequencies });
  const embed = model.embed.ref.ask;
  (model.embed.ref as { ask: unknown }).ask = async (...args: Parameters<typeof embed>) => {
    const reply = await embed(...args);
    // Once round the event loop: whatever is asked meanwhile has been asked by then.
    await new Promise((resolve) => setImmediate(resolve));
    expect(model.asked().map(({ task }) => task)).toEqual(['describeTerms']);
    isEmbedded = true;
    return reply;
  };
  await model.search({ text: 'printer' });
  expect(isEmbedded).toBe(true);
});

test('a text of several sentences is embedded with its first one, in one ask', async () => {
  const model = modelSearch(documents, { frequencies });
  const text = 'Printer prints blank pages. The toner is new.';
  await model.search({ text });
  expect(model.embed.calls.map(({ request }) => request)).toEqual([
    { texts: [text, 'Printer prints blank pages.'] },
  ]);
  const [x = 0, y = 0, z = 0, w = 0] = shardQueryOf(model).vectors;
  expect(Math.hypot(x, y, z, w)).toBeCloseTo(1, 6);
});

test('a hybrid search does without its vector while the model is down, and says so', async () => {
  const told: SearchedFacts[] = [];
  const metrics = { ...noMetrics, searched: (_mode: string, facts: SearchedFacts) => void told.push(facts) };
  const model = modelSearch(documents, { frequencies, embedFault: outage, metrics });
  const answer = await model.search({ text: 'printer', withExplanation: true });
  expect(idsOf(answer)).toEqual(['worded', 'both']);
  expect(answer.explanation).toMatchObject({ semanticCandidates: 0, understanding: { text: '' } });
  expect(told).toMatchObject([{ hits: 2, isDegraded: true }]);
});

test.each([
  ['a semantic search', { mode: 'semantic', text: 'printer' }, outage],
  ['a hybrid search without a word', { mode: 'hybrid', text: '?!' }, outage],
  [
    'a text that the model refuses',
    { mode: 'hybrid', text: 'printer' },
    () => new KmsError('invalid_argument', 'no'),
  ],
] as const)('%s fails with the reason of the model', async (_name, query, embedFault) => {
  const { search } = modelSearch(documents, { frequencies, embedFault });
  await expect(search(query)).rejects.toMatchObject({ code: embedFault().code });
});

test('a text without a word is looked for by meaning in mode hybrid, and not found in mode lexical', async () => {
  const { search } = modelSearch(documents);
  const hybrid = await search({ text: '?!' });
  expect(hybrid.hits.map(({ score, cosine }) => score - cosine)).toEqual([0, 0, 0, 0]);
  expect((await search({ text: '?!', mode: 'lexical' })).hits).toEqual([]);
});

test('a document that the query names by its id is on top', async () => {
  const { search } = modelSearch(documents, { frequencies });
  const answer = await search({ text: 'what became of CASE-77?' });
  expect(idsOf(answer)[0]).toBe('CASE-77');
  expect(answer.hits.map(({ isPinned }) => isPinned)).toEqual([true, false, false, false]);
});

test('a document that the query names is a confident hit, whatever its scores', async () => {
  const { search } = modelSearch(documents, { frequencies });
  const named = await search({ text: 'what became of CASE-77?' });
  expect(named.hits[0]?.confidence).toBeGreaterThanOrEqual(0.9);
  const described = await search({ text: 'what became of it?' });
  expect(described.hits.find(({ document }) => document.id === 'CASE-77')?.confidence).toBeLessThan(0.1);
});

test('the shards are asked for rare identifiers, and not for common ones', async () => {
  const rare = modelSearch(documents, { frequencies });
  await rare.search({ text: 'printer says ERR_TUN_4711' });
  expect(shardQueryOf(rare).rows[0]?.pins?.identifiers).toEqual(['err_tun_4711']);
  const common = modelSearch(documents, { frequencies: { err_tun_4711: 500 } });
  await common.search({ text: 'printer says ERR_TUN_4711' });
  expect(shardQueryOf(common).rows[0]?.pins?.identifiers).toEqual([]);
});

test.each(['semantic', 'lexical', 'hybrid'] as const)('operators are conditions in mode %s', async (mode) => {
  const model = modelSearch(documents, { frequencies, fields: ['state'] });
  const text = 'printer "blank pages" -toner state:open http://x';
  const answer = await model.search({ text, mode, syntax: 'auto', withExplanation: true });
  const { constraint } = shardQueryOf(model);
  expect(constraint).toMatchObject({
    filter: { type: 'in', field: 'state', values: ['open'] },
    phrases: [{ text: 'blank pages' }],
    excludedTerms: ['toner'],
  });
  expect(answer.explanation?.understanding).toMatchObject({
    phrases: ['blank pages'],
    excluded: ['toner'],
    filter: constraint?.filter,
  });
  expect(answer.filterPlan).toBe('scan');
});

test('a field of the text narrows the filter of the request', async () => {
  const model = modelSearch(documents, { frequencies, fields: ['state'] });
  const filter = { type: 'exists', field: 'product' } as const;
  await model.search({ text: 'printer state:open', syntax: 'auto', filter });
  expect(shardQueryOf(model).constraint?.filter).toMatchObject({
    type: 'and',
    filters: [filter, { field: 'state' }],
  });
});

test('what names no attribute is text, and asked for nothing where nothing looks like a field', async () => {
  const model = modelSearch(documents, { frequencies });
  const text = 'error: printer state:open';
  await model.search({ text, syntax: 'auto' });
  expect(shardQueryOf(model).constraint).toBeNull();
  expect(model.embed.calls[0]?.request).toEqual({ texts: [text] });
  const plain = modelSearch(documents, { frequencies });
  await plain.search({ text: 'printer', syntax: 'auto' });
  expect(questionsOf(plain).map(({ fields }) => fields)).toEqual([[]]);
});

test('a text of operators alone is refused by field', async () => {
  const { search } = modelSearch(documents, { fields: ['state'] });
  const refused = search({ text: 'state:open', syntax: 'auto' });
  await expect(refused).rejects.toMatchObject({ code: 'invalid_argument', violations: [{ field: 'text' }] });
});

test('a word that no document holds is replaced by a near one, which is told', async () => {
  const model = modelSearch(documents, { frequencies, suggestions: { printr: 'printer' } });
  const answer = await model.search({ text: 'Printr blank', withSpelling: true, withExplanation: true });
  expect(answer.correctedText).toBe('printer blank');
  const { terms, corrections } = answer.explanation?.understanding ?? {};
  expect(corrections).toEqual([{ from: 'Printr', to: 'printer' }]);
  expect(terms?.map(({ term, kind }) => [term, kind])).toEqual([
    ['blank', 'word'],
    ['printer', 'correction'],
  ]);
  expect(
    shardQueryOf(model)
      .rows[0]?.lexical?.terms.map(({ term }) => term)
      .sort(),
  ).toEqual(['blank', 'printer']);
});

test('a word that is known, or spelling that is not wanted, replaces nothing', async () => {
  const known = modelSearch(documents, { frequencies: { printr: 1 }, suggestions: { printr: 'printer' } });
  expect((await known.search({ text: 'printr', withSpelling: true })).correctedText).toBe('');
  const unwanted = modelSearch(documents, { suggestions: { printr: 'printer' } });
  expect((await unwanted.search({ text: 'printr' })).correctedText).toBe('');
  expect(questionsOf(unwanted)[0]?.misspelt).toEqual([]);
});

test('a synonym is looked for at a low weight, as the same piece of the query', async () => {
  const synonyms = new Synonyms([{ collection: '*', from: ['k8s'], to: ['kubernetes'], weight: 0.3 }]);
  const known = { k8s: 5, kubernet: 50, pod: 7 };
  const model = modelSearch(documents, { frequencies: known, language: { synonyms } });
  const answer = await model.search({ text: 'k8s pod', withSynonyms: true, withExplanation: true });
  const terms = shardQueryOf(model).rows[0]?.lexical?.terms ?? [];
  const byTerm = new Map(terms.map((term) => [term.term, term]));
  expect(byTerm.get('kubernet')).toMatchObject({ documentFrequency: 50 });
  expect(byTerm.get('kubernet')?.weight).toBeLessThanOrEqual(0.3);
  expect(byTerm.get('kubernet')?.group).toBe(byTerm.get('k8s')?.group);
  expect(byTerm.get('pod')?.group).not.toBe(byTerm.get('k8s')?.group);
  expect(answer.explanation?.understanding.terms.map(({ kind }) => kind)).toContain('synonym');
  expect(questionsOf(model)).toHaveLength(1);
  await model.search({ text: 'k8s pod' });
  expect(questionsOf(model)[1]?.terms).not.toContain('kubernet');
});

function rerankerOf(
  reply: (texts: readonly string[]) => RerankReply,
): Reranker & { readonly texts: string[][] } {
  const texts: string[][] = [];
  const rerank = async (request: { readonly texts: readonly string[] }) => {
    texts.push([...request.texts]);
    return reply(request.texts);
  };
  return { texts, rerank, close: async () => undefined };
}

test('the cross-encoder orders the first hits, and the pinned ones stay above them', async () => {
  const scores: Record<string, number> = { near: 0.1, both: 0.2, worded: 0.9, 'CASE-77': 0 };
  const reranker = rerankerOf((texts) => ({
    type: 'done',
    scores: Float32Array.from(texts, (text) => scores[text.replace('text of ', '')] ?? 0),
  }));
  const { search } = modelSearch(documents, { frequencies, language: { reranker } });
  const text = 'printer of CASE-77';
  const answer = await search({ text, rerank: { budgetMs: 200 }, withExplanation: true });
  expect(answer.rerank).toBe('done');
  expect(idsOf(answer)).toEqual(['CASE-77', 'worded', 'both', 'near']);
  expect(answer.hits.map(({ explanation }) => explanation?.rerankedRank)).toEqual([1, 2, 3, 4]);
  expect(answer.hits[1]?.explanation?.rerankScore).toBeCloseTo(0.9, 6);
});

test.each(['over_budget', 'unavailable'] as const)(
  'reranking that is %s leaves the fused order',
  async (type) => {
    const reranker = rerankerOf(() => ({ type }));
    const fused = await modelSearch(documents, { frequencies }).search({ text: 'printer' });
    const { search } = modelSearch(documents, { frequencies, language: { reranker } });
    const answer = await search({ text: 'printer', rerank: { budgetMs: 200 } });
    expect(answer.rerank).toBe(type);
    expect(idsOf(answer)).toEqual(idsOf(fused));
  },
);

test('without a cross-encoder reranking is unavailable, and without a wish for it there is none', async () => {
  const { search } = modelSearch(documents, { frequencies });
  expect((await search({ text: 'printer', rerank: { budgetMs: 200 } })).rerank).toBe('unavailable');
  expect((await search({ text: 'printer' })).rerank).toBe('none');
});

test('at most fifty hits are read by the cross-encoder, whatever the page', async () => {
  const many = Array.from({ length: 90 }, (_, i) => ({ id: `d${i}`, cosine: 1 - i / 100, lexicalScore: 0 }));
  const reranker = rerankerOf((texts) => ({ type: 'done', scores: new Float32Array(texts.length) }));
  const { search } = modelSearch(many, { language: { reranker } });
  const answer = await search({ mode: 'semantic', rerank: { budgetMs: 200 }, limit: 80 });
  expect(reranker.texts[0]).toHaveLength(50);
  expect(idsOf(answer)).toEqual(many.slice(0, 80).map(({ id }) => id));
});

test('a hit that is deleted while it is looked at is left out', async () => {
  const { search } = modelSearch(documents, { frequencies, gone: ['both'] });
  const recency = { halfLifeMs: 1_000, weight: 0.5 };
  expect(idsOf(await search({ text: 'printer', recency, limit: 3 })).sort()).toEqual([
    'CASE-77',
    'near',
    'worded',
  ]);
  expect(idsOf(await search({ text: 'printer' }))).not.toContain('both');
});

test('a caller that has gone, or whose time is over, gets no answer by words alone', async () => {
  const { search } = modelSearch(documents, { frequencies, embedFault: outage });
  await expect(
    search({ text: 'printer' }, { signal: AbortSignal.abort(), deadlineMs: null }),
  ).rejects.toThrow();
  const { signal } = new AbortController();
  const late = search({ text: 'printer' }, { signal, deadlineMs: -1 });
  await expect(late).rejects.toMatchObject({ code: 'unavailable' });
});

test('reranking leaves the caller time to read the documents', async () => {
  const budgets: number[] = [];
  const rerank = async ({ budgetMs }: { readonly budgetMs: number }) => {
    budgets.push(budgetMs);
    return { type: 'over_budget' } as const;
  };
  const reranker: Reranker = { rerank, close: async () => undefined };
  const { search } = modelSearch(documents, { frequencies, language: { reranker } });
  const { signal } = new AbortController();
  await search({ text: 'printer', rerank: { budgetMs: 200 } }, { signal, deadlineMs: 50 });
  await search({ text: 'printer', rerank: { budgetMs: 200 } }, { signal, deadlineMs: 100 });
  await search({ text: 'printer', rerank: { budgetMs: 200 } }, { signal, deadlineMs: 5_000 });
  await search({ text: 'printer', rerank: { budgetMs: 200 } }, { signal, deadlineMs: 4 });
  expect(budgets).toEqual([45, 90, 200, 0]);
});
