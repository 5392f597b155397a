// What a support engineer relies on when searching, through the whole engine: its threads, its model, its store.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SearchRequest } from '../../../src/grpc/generated/kms/v1/SearchRequest.ts';
import type { SearchResponse__Output } from '../../../src/grpc/generated/kms/v1/SearchResponse.ts';
import { type EngineInProcess, startEngine } from '../../support/engine-in-process.ts';

const dayS = 86_400;
const nowS = Math.floor(Date.now() / 1000);

interface Case {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly state?: string;
  readonly priority?: number;
  readonly ageDays?: number;
}

const cases: readonly Case[] = [
  {
    id: 'CASE-1001',
    title: 'VPN tunnel drops',
    body: 'The tunnel closes after ten minutes. The log says ERR_TUN_4711.',
    state: 'resolved',
    priority: 2,
  },
  {
    id: 'CASE-1002',
    title: 'No remote access',
    body: 'Colleagues who work from home are thrown out of the company network again and again.',
    state: 'open',
    priority: 1,
  },
  {
    id: 'CASE-1003',
    title: 'Remote connection is unstable',
    body: 'The secure connection to the company network breaks off every few minutes.',
    state: 'open',
    priority: 3,
  },
  {
    id: 'CASE-2001',
    title: 'Printer prints blank pages',
    body: 'The printer in the hall prints nothing but blank pages since the toner was changed.',
    state: 'open',
    priority: 3,
    ageDays: 400,
  },
  {
    id: 'CASE-2002',
    title: 'Printer prints blank pages',
    body: 'The printer in the hall prints nothing but blank pages since the toner was replaced.',
    state: 'resolved',
    priority: 3,
    ageDays: 1,
  },
  {
    id: 'CASE-2003',
    title: 'Pages come out blank',
    body: 'A new cartridge helped: the sheets were white because the seal was still on it.',
    state: 'resolved',
    priority: 2,
    ageDays: 30,
  },
  {
    id: 'CASE-3001',
    title: 'Mailbox is full',
    body: 'No new messages arrive because the mailbox has no room left.',
    state: 'open',
    priority: 2,
  },
  {
    id: 'CASE-3002',
    title: 'Cluster node is not ready',
    body: 'The kubernetes node reports memory pressure and evicts pods.',
    state: 'open',
    priority: 1,
  },
  {
    id: 'CASE-3003',
    title: 'Server stops',
    body: 'The server stops with ENOSPC because the disk is full.',
    state: 'resolved',
    priority: 1,
  },
];

const filterOf = (field: string, stringValue: string) => ({ oneOf: { field, values: [{ stringValue }] } });

let folder: string;
let engine: EngineInProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kms-test-'));
  const synonyms = join(folder, 'synonyms.yaml');
  writeFileSync(synonyms, 'version: 1\ncollections:\n  "*":\n    - {from: k8s, to: [kubernetes]}\n');
  engine = await startEngine(join(folder, 'data'), { KMS_SYNONYMS_FILE: synonyms, KMS_SHARDS: '2' });
  const documents = cases.map(({ id, title, body, state = 'open', priority = 1, ageDays = 0 }) => ({
    id,
    title,
    body,
    attributes: { state: { stringValue: state }, priority: { numberValue: priority } },
    updateTime: { seconds: nowS - ageDays * dayS, nanos: 0 },
  }));
  const { results } = await engine.client.batchUpsertDocuments({ documents });
  expect(results.map(({ outcome }) => outcome)).toEqual(cases.map(() => 'OUTCOME_INDEXED'));
});

afterAll(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

function search(text: string, more: SearchRequest = {}): Promise<SearchResponse__Output> {
  return engine.client.search({ text, limit: 100, ...more });
}

function idsOf({ hits }: SearchResponse__Output): string[] {
  return hits.map(({ document }) => document?.id ?? '');
}

function hitOf({ hits }: SearchResponse__Output, id: string) {
  const hit = hits.find(({ document }) => document?.id === id);
  expect(hit, `${id} is a hit`).toBeDefined();
  return hit as NonNullable<typeof hit>;
}

test('the case with the very error code comes first, and paraphrases are found as well', async () => {
  const text = 'connection to the company network breaks off with ERR_TUN_4711';
  const found = await search(text);
  expect(idsOf(found)[0]).toBe('CASE-1001');
  expect(found.hits[0]?.pinned).toBe(true);
  expect(found.hits[0]?.matchedTerms).toEqual(['ERR_TUN_4711']);
  expect(idsOf(found).slice(1, 3).sort()).toEqual(['CASE-1002', 'CASE-1003']);
  const byMeaning = await search(text, { mode: 'SEARCH_MODE_SEMANTIC' });
  expect(idsOf(byMeaning)[0]).not.toBe('CASE-1001');
  const byWords = await search('thrown out of the VPN', { mode: 'SEARCH_MODE_LEXICAL' });
  expect(idsOf(byWords)).toEqual(expect.arrayContaining(['CASE-1001', 'CASE-1002']));
});

test('a hit shows where the words of the query stand in it', async () => {
  const { snippet, highlights, matchedTerms } = hitOf(await search('printers with blank page'), 'CASE-2001');
  expect(matchedTerms.sort()).toEqual(['blank', 'page', 'printers']);
  const marked = highlights.map(({ start, end }) => snippet.slice(start, end).toLowerCase());
  expect(new Set(marked)).toEqual(new Set(['printer', 'blank', 'pages']));
});

test('a phrase must stand in each hit, in any mode', async () => {
  for (const mode of ['SEARCH_MODE_SEMANTIC', 'SEARCH_MODE_LEXICAL', 'SEARCH_MODE_HYBRID'] as const) {
    const found = await search('"blank pages" printer', { mode });
    expect(idsOf(found).sort()).toEqual(['CASE-2001', 'CASE-2002']);
    expect(idsOf(await search('"pages blank" printer', { mode }))).toEqual([]);
  }
});

test('an excluded word is in no hit', async () => {
  for (const mode of ['SEARCH_MODE_SEMANTIC', 'SEARCH_MODE_HYBRID'] as const) {
    const found = idsOf(await search('blank pages -printer', { mode }));
    expect(found[0]).toBe('CASE-2003');
    expect(found).toHaveLength(cases.length - 2);
    expect(found).not.toContain('CASE-2001');
  }
});

test('a field of the text and the filter of the request are one condition', async () => {
  const typed = await search('network state:open', { explain: true });
  const asked = await search('network', { filter: filterOf('state', 'open') });
  expect(idsOf(typed)).toEqual(idsOf(asked));
  expect(idsOf(typed).sort()).toEqual(['CASE-1002', 'CASE-1003', 'CASE-2001', 'CASE-3001', 'CASE-3002']);
  expect(typed.explanation?.understanding?.filter).not.toBeNull();
  const both = await search('network priority:>=3', { filter: filterOf('state', 'open') });
  expect(idsOf(both).sort()).toEqual(['CASE-1003', 'CASE-2001']);
  expect(both.filterPlan).toBe('FILTER_PLAN_SCAN');
});

test('values are counted among the documents that pass the filter', async () => {
  const { facets } = await search('network', {
    filter: filterOf('state', 'resolved'),
    facets: [{ field: 'priority', limit: 10 }],
  });
  const counts = facets[0]?.values.map(({ value, documents }) => [value?.numberValue, Number(documents)]);
  expect(counts).toEqual([
    [2, 2],
    [1, 1],
    [3, 1],
  ]);
});

test('a case that is named by its id comes first', async () => {
  const found = await search('is CASE-3001 the same problem as the blank pages?');
  expect(idsOf(found)[0]).toBe('CASE-3001');
  expect(found.hits.map(({ pinned }) => pinned)).toEqual(cases.map((_, i) => i === 0));
});

test('a mistyped word is corrected, and that is told; an error code never is', async () => {
  const found = await search('prnter is blank', { mode: 'SEARCH_MODE_LEXICAL', explain: true });
  expect(found.correctedText).toBe('printer is blank');
  expect(found.explanation?.understanding?.corrections).toMatchObject([{ from: 'prnter', to: 'printer' }]);
  expect(hitOf(found, 'CASE-2001').matchedTerms).toContain('printer');
  const asWritten = await search('prnter is blank', { mode: 'SEARCH_MODE_LEXICAL', noSpelling: true });
  expect(asWritten.correctedText).toBe('');
  expect((await search('ERR_TUN_4712', { mode: 'SEARCH_MODE_LEXICAL' })).correctedText).toBe('');
});

test('a synonym of the dictionary is found, and counts for less than the word itself', async () => {
  const found = await search('k8s', { mode: 'SEARCH_MODE_LEXICAL' });
  expect(idsOf(found)).toEqual(['CASE-3002']);
  expect(found.hits[0]?.matchedTerms).toEqual(['kubernetes']);
  const itself = await search('kubernetes', { mode: 'SEARCH_MODE_LEXICAL' });
  expect(found.hits[0]?.lexicalScore).toBeLessThan(itself.hits[0]?.lexicalScore ?? 0);
  expect(idsOf(await search('k8s', { mode: 'SEARCH_MODE_LEXICAL', noSynonyms: true }))).toEqual([]);
});

test('near-duplicates become one hit that names them', async () => {
  const text = 'printer prints blank pages';
  const apart = idsOf(await search(text));
  expect(apart.slice(0, 2).sort()).toEqual(['CASE-2001', 'CASE-2002']);
  const found = await search(text, { collapse: { similarityMin: 0.9 } });
  expect(found.hits).toHaveLength(cases.length - 1);
  expect(found.hits[0]?.duplicates).toMatchObject([{ collection: 'cases', id: apart[1] }]);
});

test('hits that differ come before those that repeat', async () => {
  const text = 'printer prints blank pages';
  const plain = idsOf(await search(text));
  const diverse = idsOf(await search(text, { diversity: { lambda: 0.3 } }));
  expect(diverse[0]).toBe(plain[0]);
  expect(diverse[1]).not.toBe(plain[1]);
  expect(diverse.sort()).toEqual(plain.sort());
});

test('of two equal cases the newer one comes first where that is wanted', async () => {
  const text = 'printer prints blank pages since the toner was changed';
  expect(idsOf(await search(text))[0]).toBe('CASE-2001');
  const recency = { halfLife: { seconds: 30 * dayS, nanos: 0 }, weight: 0.5 };
  const found = await search(text, { recency, explain: true });
  expect(idsOf(found)[0]).toBe('CASE-2002');
  expect(hitOf(found, 'CASE-2001').explanation?.prior).toBeCloseTo(0.5, 2);
  expect(hitOf(found, 'CASE-2003').explanation?.prior).toBeCloseTo(0.75, 2);
});

test('cases that pass a boost come higher', async () => {
  const text = 'printer prints blank pages since the toner was changed';
  const boosts = [{ filter: filterOf('state', 'resolved'), factor: 1.5 }];
  const found = await search(text, { boosts, explain: true });
  expect(idsOf(found)[0]).toBe('CASE-2002');
  expect(hitOf(found, 'CASE-2002').explanation?.prior).toBe(1.5);
});

test('the explanation gives each hit its rank in each list, and these fit together', async () => {
  const { hits, explanation } = await search('printer in the company network', { explain: true });
  const ranks = hits.map((hit) => hit.explanation);
  expect(ranks.map((each) => each?.fusedRank)).toEqual(hits.map((_, i) => i + 1));
  const semantic = ranks.map((each) => each?.semanticRank ?? 0);
  expect([...semantic].sort((a, b) => a - b)).toEqual(cases.map((_, i) => i + 1));
  const lexical = hits.filter((hit) => (hit.explanation?.lexicalRank ?? 0) > 0);
  const byRank = [...lexical].sort(
    (a, b) => (a.explanation?.lexicalRank ?? 0) - (b.explanation?.lexicalRank ?? 0),
  );
  const scores = byRank.map(({ lexicalScore }) => lexicalScore);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
  expect(explanation).toMatchObject({
    semanticCandidates: cases.length,
    lexicalCandidates: lexical.length,
  });
  for (const hit of hits) {
    expect(hit.lexicalScore > 0).toBe((hit.explanation?.coverage ?? 0) > 0);
    expect(hit.confidence).toBeGreaterThanOrEqual(0);
    expect(hit.confidence).toBeLessThanOrEqual(1);
  }
});

test('pages laid end to end are the whole list', async () => {
  for (const mode of ['SEARCH_MODE_SEMANTIC', 'SEARCH_MODE_LEXICAL', 'SEARCH_MODE_HYBRID'] as const) {
    const text = 'printer in the company network';
    const whole = idsOf(await search(text, { mode }));
    const pages: string[] = [];
    for (let offset = 0; offset < cases.length; offset += 2)
      pages.push(...idsOf(await search(text, { mode, offset, limit: 2 })));
    expect(pages).toEqual(whole);
  }
});

test('examples of what is wanted and what is not turn the search, and are no hits themselves', async () => {
  const positive = [{ id: 'CASE-2001' }, { id: 'CASE-1003' }];
  const { hits } = await engine.client.findSimilar({ positive, limit: 3 });
  const wanted = hits.map(({ document }) => document?.id);
  expect(wanted).toContain('CASE-2002');
  expect(wanted).toContain('CASE-1002');
  const turned = await engine.client.findSimilar({ positive, negative: [{ id: 'CASE-2002' }], limit: 3 });
  const ids = turned.hits.map(({ document }) => document?.id);
  expect(ids[0]).toBe('CASE-1002');
  expect(ids).not.toContain('CASE-2002');
});

test('searches of several kinds go together in one batch, each answered as if it were alone', async () => {
  const requests: SearchRequest[] = [
    { text: 'blank pages', mode: 'SEARCH_MODE_SEMANTIC', limit: 3 },
    { text: 'blank pages', limit: 3 },
    { text: 'network', mode: 'SEARCH_MODE_LEXICAL', limit: 3 },
    { text: 'disk is full', mode: 'SEARCH_MODE_SEMANTIC', limit: 3 },
    { text: 'network', limit: 3, filter: filterOf('state', 'open') },
  ];
  const { responses } = await engine.client.batchSearch({ requests });
  const alone = await Promise.all(requests.map((request) => engine.client.search(request)));
  expect(responses.map(idsOf)).toEqual(alone.map(idsOf));
});
