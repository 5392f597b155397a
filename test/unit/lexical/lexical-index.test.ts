import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LexicalIndex, type LexicalIndexOptions } from '../../../src/lexical/lexical-index.ts';
import type { LexicalQuery, ScoredTerm } from '../../../src/lexical/lexical-query.ts';
import { loadSegmentFile, type SegmentRow, writeSegmentFile } from '../../../src/lexical/segment-file.ts';
import { unitOperationsMax } from '../../../src/lexical/work-unit.ts';
import {
  analyzed,
  type ModelDocument,
  randomDocument,
  scoreByFormula,
  vocabulary,
} from '../../support/lexical-model.ts';
import { randomFrom, wholeBetween } from '../../support/random.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const words = vocabulary(400);
const noWait = () => undefined;

/** Small bounds, so that a few hundred documents go through memtables, segments and merges. */
const small: LexicalIndexOptions = {
  memtable: { documentsMax: 40, postingsMax: 600 },
  merge: { factor: 3, documentsMax: 500, postingsMax: 10_000, postingsFloor: 200, removedShareMax: 0.25 },
};

/** An index with its model, and the rows that a store would hold. */
class Pair {
  index = new LexicalIndex(small);
  readonly live = new Map<number, ModelDocument>();
  readonly sequences = new Map<number, number>();
  rows: SegmentRow[] = [];
  readonly #random: () => number;
  readonly #folder: string;
  #nextLabel = 1;
  #sequence = 0;

  constructor(random: () => number, folder: string) {
    this.#random = random;
    this.#folder = folder;
  }

  add(isOutOfOrder: boolean): void {
    const label = isOutOfOrder ? this.#nextLabel + wholeBetween(this.#random, 5, 40) : this.#nextLabel;
    if (this.sequences.has(label)) return;
    if (!isOutOfOrder) this.#nextLabel += wholeBetween(this.#random, 1, 4);
    const document = randomDocument(this.#random, label, { words, termsMax: 30 });
    this.live.set(label, document);
    this.sequences.set(label, ++this.#sequence);
    this.#enter(document);
  }

  removeOne(): void {
    const label = [...this.live.keys()][Math.floor(this.#random() * this.live.size)];
    if (label === undefined) return;
    this.live.delete(label);
    this.index.remove(label);
  }

  step(count: number): void {
    for (let i = 0; i < count && this.index.hasWork; i++) this.index.step();
  }

  /** As a stage does: file, then row, then the rows that are replaced. */
  async save(): Promise<void> {
    const change = this.index.takeUnsaved();
    if (change === null) return;
    const { id, segment, replaces } = change;
    if (this.#random() < 0.2) {
      this.index.notSaved(change);
      return;
    }
    const names = { id, file: `${id}.lex`, analyzerVersion: 1 };
    const row = segment === null ? [] : [await writeSegmentFile(this.#folder, segment, names)];
    // What happens while it is being written.
    this.step(wholeBetween(this.#random, 0, 50));
    this.rows = [...this.rows.filter((other) => !replaces.includes(other.id)), ...row];
    this.index.saved(change);
  }

  /** Starts anew from the rows, and what the log still has to tell. */
  async restart(): Promise<void> {
    const { oldestUnsaved } = this.index;
    this.index = new LexicalIndex(small);
    for (const row of this.rows) {
      const segment = await loadSegmentFile(this.#folder, row, { progress: noWait });
      this.index.adopt(row.id, segment, (label) => this.live.has(label));
    }
    for (const document of this.live.values()) {
      const sequence = this.sequences.get(document.label) as number;
      if (sequence >= oldestUnsaved) this.#enter(document);
      else expect(this.index.has(document.label)).toBe(true);
    }
  }

  #enter(document: ModelDocument): void {
    const { label, labelCount } = document;
    this.index.add({
      label,
      labelCount,
      sequence: this.sequences.get(label) as number,
      text: analyzed(document),
    });
  }
}

function randomQuery(random: () => number, index: LexicalIndex): LexicalQuery {
  const terms = Array.from({ length: wholeBetween(random, 1, 12) }, () =>
    random() < 0.05 ? 'unknown' : (words[Math.floor(random() ** 2 * words.length)] as string),
  );
  const statistics = index.statistics(terms);
  const scored = terms.map(
    (term, i): ScoredTerm => ({
      term,
      weight: random() < 0.5 ? 1 : 0.1 + random(),
      documentFrequency: Math.max(1, statistics.documentFrequencies[i] as number),
      group: wholeBetween(random, 0, 6),
    }),
  );
  return { terms: scored, statistics };
}

function expectSameHits({ index, live }: Pick<Pair, 'index' | 'live'>, random: () => number): void {
  const query = randomQuery(random, index);
  const allows = random() < 0.3 ? (label: number) => label % 3 === 0 : null;
  const limit = wholeBetween(random, 1, 60);
  const truth = [...live.values()]
    .map((document) => ({ label: document.label, ...scoreByFormula(document, query) }))
    .filter(({ label, score }) => score > 0 && (allows?.(label) ?? true))
    .sort((a, b) => b.score - a.score || a.label - b.label);
  const hits = index.search(query, { limit, allows, giveWay: noWait });
  expect(hits.length).toBe(Math.min(limit, truth.length));
  for (const [i, hit] of hits.entries()) {
    const expected = truth[i] as (typeof truth)[0];
    expect(Math.abs(hit.score - expected.score)).toBeLessThan(1e-9 * expected.score);
    const own = scoreByFormula(live.get(hit.label) as ModelDocument, query);
    expect(Math.abs(hit.score - own.score)).toBeLessThan(1e-9 * own.score);
    expect(hit.coverage).toBeCloseTo(own.coverage, 9);
    expect(allows?.(hit.label) ?? true).toBe(true);
  }
  for (const [i, hit] of hits.entries()) {
    const next = hits[i + 1];
    if (next === undefined) break;
    expect(hit.score > next.score || (hit.score === next.score && hit.label < next.label)).toBe(true);
  }
  // To the last bit, or a page of hits would not go on where the other ended.
  const asked = hits.map(({ label }) => label);
  expect(index.score(query, asked)).toEqual(hits.map(({ score, coverage }) => ({ score, coverage })));
  const others = [...live.keys()].slice(0, 20);
  for (const [i, { score }] of index.score(query, others).entries()) {
    expect(score).toBeCloseTo(scoreByFormula(live.get(others[i] as number) as ModelDocument, query).score, 9);
  }
}

function expectSameContent({ index, live }: Pick<Pair, 'index' | 'live'>): void {
  expect(index.documents).toBe(live.size);
  for (const term of [words[0], words[3], words[50], words[399]] as string[]) {
    const visited: [number, number][] = [];
    index.forEachLabel(term, (label, labelCount) => visited.push([label, labelCount]));
    const holders = [...live.values()].filter((document) => document.terms.has(term));
    expect(visited.sort(([a], [b]) => a - b)).toEqual(
      holders
        .map(({ label, labelCount }) => [label, labelCount])
        .sort(([a], [b]) => (a as number) - (b as number)),
    );
  }
}

const action = fc.record({
  type: fc.constantFrom(
    'add' as const,
    'add' as const,
    'add' as const,
    'addOutOfOrder' as const,
    'remove' as const,
    'step' as const,
    'seal' as const,
    'save' as const,
    'restart' as const,
  ),
  count: fc.integer({ min: 1, max: 60 }),
});

test('a search finds what scoring every document finds, whatever was added, removed, sealed, merged and loaded', async () => {
  const folder = temporaryFolder();
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 40 }), fc.nat(), async (actions, seed) => {
      const random = randomFrom(seed);
      const pair = new Pair(random, folder);
      for (const { type, count } of actions) {
        if (type === 'add') for (let i = 0; i < count; i++) pair.add(false);
        else if (type === 'addOutOfOrder') for (let i = 0; i < count; i++) pair.add(random() < 0.5);
        else if (type === 'remove') for (let i = 0; i < count; i++) pair.removeOne();
        else if (type === 'step') pair.step(count);
        else if (type === 'seal') pair.index.sealForSnapshot();
        else if (type === 'save') await pair.save();
        else await pair.restart();
        expectSameHits(pair, random);
      }
      expectSameContent(pair);
      expect(pair.index.stats().stepOperationsMost).toBeLessThanOrEqual(unitOperationsMax);
    }),
    { numRuns: 60 },
  );
});

test('documents that come in any order are found in segments of thousands', () => {
  const random = randomFrom(17);
  const index = new LexicalIndex({ memtable: { documentsMax: 1_500, postingsMax: 1_000_000 } });
  const labels = Array.from({ length: 7_000 }, (_, i) => i + 1);
  for (let i = labels.length - 1; i > 0; i--) {
    const other = wholeBetween(random, 0, i);
    [labels[i], labels[other]] = [labels[other] as number, labels[i] as number];
  }
  const live = new Map<number, ModelDocument>();
  for (const [sequence, label] of labels.entries()) {
    const document = randomDocument(random, label, { words: words.slice(0, 20), termsMax: 12 });
    live.set(label, document);
    index.add({ label, labelCount: document.labelCount, sequence, text: analyzed(document) });
    if (sequence % 4 === 0) {
      const removed = labels[wholeBetween(random, 0, sequence)] as number;
      live.delete(removed);
      index.remove(removed);
    }
    if (sequence % 50 === 0 && index.hasWork) index.step();
    if (sequence % 1_000 === 0) expectSameHits({ index, live }, random);
  }
  index.sealForSnapshot();
  while (index.step());
  const { segments, stepOperationsMost } = index.stats();
  expect(segments).toBeLessThan(5);
  expect(stepOperationsMost).toBeLessThanOrEqual(unitOperationsMax);
  for (let i = 0; i < 50; i++) expectSameHits({ index, live }, random);
  expectSameContent({ index, live });
});

test('an addition is there at once, comes once, and may be taken back and come again', () => {
  const index = new LexicalIndex(small);
  const text = { terms: 'disk\nfull', counts: Uint16Array.of(1, 0, 0, 2), titleLength: 1, bodyLength: 2 };
  const find = () => {
    const statistics = index.statistics(['disk']);
    const terms = [{ term: 'disk', weight: 1, documentFrequency: 1, group: 0 }];
    return index
      .search({ terms, statistics }, { limit: 9, allows: null, giveWay: noWait })
      .map((hit) => hit.label);
  };
  index.add({ label: 7, labelCount: 2, sequence: 1, text });
  index.add({ label: 7, labelCount: 2, sequence: 1, text });
  expect([find(), index.documents, index.has(7)]).toEqual([[7], 1, true]);
  index.remove(7);
  index.remove(7);
  index.remove(8);
  expect([find(), index.documents, index.has(7)]).toEqual([[], 0, false]);
  index.add({ label: 7, labelCount: 2, sequence: 2, text });
  index.sealForSnapshot();
  expect(index.isSealing).toBe(true);
  while (index.step());
  expect([find(), index.documents, index.stats().removed, index.isSealing]).toEqual([[7], 1, 0, false]);
});

test('a document counts as unsaved until the row of its segment is written', () => {
  const index = new LexicalIndex(small);
  const text = { terms: 'disk', counts: Uint16Array.of(0, 1), titleLength: 0, bodyLength: 1 };
  index.add({ label: 1, labelCount: 1, sequence: 11, text });
  index.add({ label: 2, labelCount: 1, sequence: 12, text });
  expect([index.oldestUnsaved, index.takeUnsaved()]).toEqual([11, null]);
  index.sealForSnapshot();
  while (index.step());
  const change = index.takeUnsaved();
  if (change === null) throw new Error('there is nothing to save');
  index.add({ label: 3, labelCount: 1, sequence: 13, text });
  expect([index.oldestUnsaved, index.takeUnsaved()]).toEqual([11, null]);
  index.notSaved(change);
  expect([index.oldestUnsaved, index.takeUnsaved()]).toEqual([11, change]);
  index.saved(change);
  expect([index.oldestUnsaved, index.takeUnsaved()]).toEqual([13, null]);
});

test('rows whose documents are all gone are given up', () => {
  const index = new LexicalIndex(small);
  const text = { terms: 'disk', counts: Uint16Array.of(0, 1), titleLength: 0, bodyLength: 1 };
  index.add({ label: 1, labelCount: 1, sequence: 1, text });
  index.sealForSnapshot();
  while (index.step());
  const first = index.takeUnsaved();
  if (first === null) throw new Error('there is nothing to save');
  index.saved(first);
  index.remove(1);
  while (index.step());
  const second = index.takeUnsaved();
  expect(second).toMatchObject({ segment: null, replaces: [first.id] });
  if (second !== null) index.notSaved(second);
  expect(index.takeUnsaved()).toMatchObject({ segment: null, replaces: [first.id] });
  expect([index.takeUnsaved(), index.stats().segments]).toEqual([null, 0]);
});

test('of documents that score alike those with the smallest labels are found', () => {
  const random = randomFrom(23);
  const index = new LexicalIndex(small);
  const text = { terms: 'disk\nfull', counts: Uint16Array.of(1, 0, 0, 2), titleLength: 1, bodyLength: 2 };
  const live = new Set<number>();
  for (let sequence = 1; sequence <= 300; sequence++) {
    const label = wholeBetween(random, 1, 10_000);
    index.add({ label, labelCount: 1, sequence, text });
    live.add(label);
    if (random() < 0.3) index.step();
    const statistics = index.statistics(['disk', 'full']);
    const terms = ['disk', 'full'].map((term, group) => ({ term, weight: 1, documentFrequency: 1, group }));
    const hits = index.search({ terms, statistics }, { limit: 7, allows: null, giveWay: noWait });
    expect(hits.map((hit) => hit.label)).toEqual([...live].sort((a, b) => a - b).slice(0, 7));
  }
});

test('however long the documents and however few the idle moments, few full memtables wait', () => {
  const memtable = { documentsMax: 1_000, postingsMax: 20_000 };
  // Never merged: segments tell what has been sealed.
  const index = new LexicalIndex({ memtable, merge: { factor: 1_000, postingsFloor: 0 } });
  const termsPerDocument = 2_000;
  for (let label = 0; label < 300; label++) {
    const terms = Array.from({ length: termsPerDocument }, (_, i) => `w${label % 7}x${i}`);
    const counts = new Uint16Array(2 * termsPerDocument).fill(1);
    const text = {
      terms: terms.join('\n'),
      counts,
      titleLength: termsPerDocument,
      bodyLength: termsPerDocument,
    };
    index.add({ label, labelCount: 1, sequence: label, text });
    const full = Math.floor((label + 1) / (memtable.postingsMax / termsPerDocument));
    expect(full - index.stats().segments).toBeLessThanOrEqual(2);
  }
});
