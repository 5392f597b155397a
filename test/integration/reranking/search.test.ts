// What a reranking model and a dictionary of synonyms do to searches of the whole engine.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EngineInProcess, startEngine } from '../../support/engine-in-process.ts';
import { expectedScore, writeSmallCrossEncoder } from '../../support/small-cross-encoder.ts';

/** Any title has the same worth to the model; no words that it knows. */
const title = 'case';
const documents = [
  { id: 'a', title, body: 'printer printer printer' },
  { id: 'b', title, body: 'printer router router' },
  { id: 'c', title, body: 'printer jam jam' },
  { id: 'd', title, body: 'printer router jam' },
  { id: 'e', title, body: 'a sheet is stuck in the tray' },
];

let dataDir: string;
let engine: EngineInProcess;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'kms-test-'));
  const folder = join(dataDir, 'cross-encoder');
  writeSmallCrossEncoder(folder, { worths: { paper: Number.NaN } });
  const synonyms = join(dataDir, 'synonyms.yaml');
  writeFileSync(synonyms, 'version: 1\ncollections: {cases: [[jam, stuck sheet]]}\n');
  const env = { KMS_RERANK_FOLDER: folder, KMS_SYNONYMS_FILE: synonyms };
  engine = await startEngine(join(dataDir, 'data'), env);
  // The model gives no number for a text with paper: what it says of the rest is of no use then.
  const broken = documents.map(({ id, body }) => ({
    id,
    title,
    body: `${body} paper`,
    collection: 'broken',
  }));
  const { results } = await engine.client.batchUpsertDocuments({ documents: [...documents, ...broken] });
  expect(results.every(({ outcome }) => outcome === 'OUTCOME_INDEXED')).toBe(true);
});

afterAll(async () => {
  await engine?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const budget = { seconds: '10', nanos: 0 };
const idsOf = (hits: readonly { document: { id: string } | null }[]) => hits.map((hit) => hit.document?.id);

describe('reranking', () => {
  it('puts the hits into the model’s order, and shows each one’s score', async () => {
    const query = { text: 'printer', collections: ['cases'], explain: true };
    const fused = await engine.client.search(query);
    expect(fused.rerank).toBe('RERANK_OUTCOME_NONE');
    const { hits, rerank } = await engine.client.search({ ...query, rerank: { budget } });
    expect(rerank).toBe('RERANK_OUTCOME_DONE');
    const scoreOf = (body: string) => expectedScore(['printer'], [title, ...body.split(' ')]);
    const expected = [...documents].sort((a, b) => scoreOf(b.body) - scoreOf(a.body)).map(({ id }) => id);
    expect(idsOf(hits)).toEqual(expected);
    expect(idsOf(fused.hits)).not.toEqual(expected);
    for (const [i, { document, explanation }] of hits.entries()) {
      expect(explanation?.rerankedRank).toBe(i + 1);
      const body = documents.find(({ id }) => id === document?.id)?.body ?? '';
      expect(explanation?.rerankScore).toBeCloseTo(scoreOf(body), 5);
    }
  });

  it('leaves the fused order, and says so, when the model fails', async () => {
    const query = { text: 'printer', collections: ['broken'] };
    const fused = await engine.client.search(query);
    const { hits, rerank } = await engine.client.search({ ...query, rerank: { budget } });
    expect(rerank).toBe('RERANK_OUTCOME_UNAVAILABLE');
    expect(idsOf(hits)).toEqual(idsOf(fused.hits));
  });

  it('is unavailable without a model, and the search goes on', async () => {
    const other = await startEngine(join(dataDir, 'without'));
    try {
      await other.client.batchUpsertDocuments({ documents });
      const { hits, rerank } = await other.client.search({ text: 'printer', rerank: { budget } });
      expect(rerank).toBe('RERANK_OUTCOME_UNAVAILABLE');
      expect(hits.length).toBeGreaterThan(0);
    } finally {
      await other.stop();
    }
  });
});

describe('synonyms', () => {
  it('are looked for at a low weight in their collection, unless the caller wants none', async () => {
    const query = { text: 'jam', mode: 'SEARCH_MODE_LEXICAL', explain: true } as const;
    const { hits, explanation } = await engine.client.search({ ...query, collections: ['cases'] });
    expect(idsOf(hits).sort()).toEqual(['c', 'd', 'e']);
    expect(idsOf(hits).at(-1)).toBe('e');
    expect(explanation?.understanding?.terms.filter(({ kind }) => kind === 'synonym')).toMatchObject([
      { term: 'stuck', surface: 'stuck sheet', weight: 0.15 },
      { term: 'sheet', surface: 'stuck sheet', weight: 0.15 },
    ]);
    const without = await engine.client.search({ ...query, collections: ['cases'], noSynonyms: true });
    expect(idsOf(without.hits).sort()).toEqual(['c', 'd']);
    const elsewhere = await engine.client.search({ ...query, collections: ['broken'] });
    expect(idsOf(elsewhere.hits).sort()).toEqual(['c', 'd']);
  });
});

describe('a start', () => {
  it('with a folder or a file that cannot be used is refused, and leaves the data folder free', async () => {
    const folder = join(dataDir, 'next');
    for (const name of ['KMS_RERANK_FOLDER', 'KMS_SYNONYMS_FILE'])
      await expect(startEngine(folder, { [name]: join(dataDir, 'nothing') })).rejects.toMatchObject({
        code: 'invalid_argument',
      });
    const engineAfter = await startEngine(folder);
    await engineAfter.stop();
  });
});
