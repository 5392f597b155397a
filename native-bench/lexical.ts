// The lexical index over documents made from a seed: words by Zipf's law, titles of 6 and bodies of about 100 words, and
// queries of ten words drawn by the same law, so that frequent ones are among them.

import type { AnalyzedText } from '../src/lexical/analyzed-text.ts';
import { LexicalIndex } from '../src/lexical/lexical-index.ts';
import type { LexicalQuery } from '../src/lexical/lexical-query.ts';
import { loadSegmentFile, type SegmentRow, writeSegmentFile } from '../src/lexical/segment-file.ts';
import { SpellingBudget } from '../src/lexical/spelling-budget.ts';
import { wholeBetween } from '../test/support/random.ts';
import { withFolder } from './bench-engine.ts';
import { EveryPosting, random, text, word } from './lexical-corpus.ts';
import { type BenchOutcome, type BenchSize, type Figure, figure } from './report/figure.ts';
import { quantile } from './report/statistics.ts';

export const about =
  'The index of words alone, on one thread: adding documents of about a hundred distinct words, searching ten words while ' +
  'documents come and go, saving and loading. Beside it: scoring every document that holds one of the words.';

const queryWords = 10;
const limit = 100;

export async function run(size: BenchSize): Promise<BenchOutcome> {
  const documents = Number(process.env['KMS_BENCH_DOCUMENTS'] ?? (size === 'full' ? 100_000 : 20_000));
  const texts = Array.from({ length: documents }, text);
  const queries = size === 'full' ? 1_000 : 400;
  const asked = Array.from({ length: queries }, () => Array.from({ length: queryWords }, word));
  const bench = new LexicalBench(texts);
  const adding = bench.addAll();
  const searching = bench.searchWhileAdding(asked);
  const saving = await bench.saveAndLoad(asked);
  const distinct = texts.reduce((sum, { counts }) => sum + counts.length / 2, 0) / documents;
  return {
    figures: [
      ...everyPostingScored(texts, asked, searching.busyP50Ms),
      ...searching.figures,
      ...adding,
      ...saving,
      figure('distinct words a document', distinct, ''),
    ],
  };
}

function queryFor(terms: readonly string[], index: LexicalIndex): LexicalQuery {
  const statistics = index.statistics(terms);
  const scored = terms.map((term, group) => {
    const documentFrequency = Math.max(1, statistics.documentFrequencies[group] as number);
    return { term, weight: 1, documentFrequency, group };
  });
  return { terms: scored, statistics };
}

interface Timing {
  /** With asking for the statistics. */
  readonly whole: number[];
  readonly search: number[];
}

function searchAll(index: LexicalIndex, asked: readonly string[][], between: () => void): Timing {
  const timing: Timing = { whole: [], search: [] };
  for (const terms of asked) {
    between();
    const askedMs = performance.now();
    const query = queryFor(terms, index);
    const startMs = performance.now();
    index.search(query, { limit, allows: null, giveWay: () => undefined });
    const endMs = performance.now();
    timing.whole.push(endMs - askedMs);
    timing.search.push(endMs - startMs);
  }
  return timing;
}

class LexicalBench {
  readonly #texts: readonly AnalyzedText[];
  readonly #index = new LexicalIndex();
  readonly #stepMs: number[] = [];
  #addMs = 0;
  #next = 0;

  constructor(texts: readonly AnalyzedText[]) {
    this.#texts = texts;
  }

  addAll(): Figure[] {
    const documents = this.#texts.length;
    while (this.#next < documents) {
      this.#add();
      if (this.#next % 2 === 1 && this.#index.hasWork) this.#step();
    }
    while (this.#index.hasWork) this.#step();
    const wholeMs = this.#addMs + this.#stepMs.reduce((sum, ms) => sum + ms, 0);
    return [
      figure('adding a document', (1_000 * this.#addMs) / documents, 'us'),
      figure('documents a second, sealing and merging included', documents / (wholeMs / 1_000), '1/s'),
    ];
  }

  searchWhileAdding(asked: readonly string[][]): { figures: Figure[]; busyP50Ms: number } {
    const documents = this.#texts.length;
    const warm = searchAll(this.#index, asked, () => undefined);
    const idle = searchAll(this.#index, asked, () => undefined);
    const busy = searchAll(this.#index, asked, () => {
      for (let i = 0; i < 10; i++) {
        this.#add();
        this.#index.remove(wholeBetween(random, 0, documents - 1));
        if (this.#index.hasWork) this.#step();
      }
    });
    const stats = this.#index.stats();
    const p50 = (samples: readonly number[]) => quantile(samples, 0.5);
    const p99 = (samples: readonly number[]) => quantile(samples, 0.99);
    const figures = [
      figure('ten words, first time: p99', p99(warm.whole), 'ms'),
      figure('ten words, idle: p50', p50(idle.whole), 'ms'),
      figure('ten words, idle: p99', p99(idle.whole), 'ms'),
      figure('ten words, idle: p50 of asking for the statistics', p50(idle.whole) - p50(idle.search), 'ms'),
      figure('ten words while adding: p50', p50(busy.whole), 'ms'),
      figure('ten words while adding: p99', p99(busy.whole), 'ms', '< 10'),
      figure('a background step: p50', p50(this.#stepMs), 'ms'),
      figure('a background step: p99', p99(this.#stepMs), 'ms'),
      figure('a background step: longest', Math.max(...this.#stepMs), 'ms'),
      figure('segments', stats.segments, ''),
      figure('bytes a document in memory', stats.bytes / (stats.documents + stats.removed), 'B'),
      figure('bytes a posting in memory', stats.bytes / stats.postings, 'B'),
    ];
    return { figures, busyP50Ms: p50(busy.whole) };
  }

  async saveAndLoad(asked: readonly string[][]): Promise<Figure[]> {
    return await withFolder(async (folder) => {
      const rows = await saveAll(this.#index, folder);
      const startMs = performance.now();
      const loaded = new LexicalIndex();
      for (const row of rows) {
        const segment = await loadSegmentFile(folder, row, { progress: () => undefined });
        loaded.adopt(row.id, segment, () => true);
      }
      const loadMs = performance.now() - startMs;
      const fileBytes = rows.reduce((sum, { bytes }) => sum + bytes, 0);
      const suggestUs = asked.slice(0, 200).map(([first = '']) => suggestionUs(loaded, first));
      return [
        figure(`loading ${loaded.documents} documents`, loadMs, 'ms'),
        figure('bytes a document on disk', fileBytes / loaded.documents, 'B'),
        figure('a correction of a word: p50', quantile(suggestUs, 0.5), 'us'),
        figure('a correction of a word: p99', quantile(suggestUs, 0.99), 'us'),
      ];
    });
  }

  #add(): void {
    const label = this.#next++;
    const text = this.#texts[label % this.#texts.length] as AnalyzedText;
    const startMs = performance.now();
    this.#index.add({ label, labelCount: 1, sequence: label, text });
    this.#addMs += performance.now() - startMs;
  }

  #step(): void {
    const startMs = performance.now();
    this.#index.step();
    this.#stepMs.push(performance.now() - startMs);
  }
}

function suggestionUs(index: LexicalIndex, word: string): number {
  const typed = word.replace(/\d/g, 'x');
  const startMs = performance.now();
  index.suggest(`${typed.slice(0, 2)}q${typed.slice(3)}`, 5, new SpellingBudget(() => undefined));
  return 1_000 * (performance.now() - startMs);
}

async function saveAll(index: LexicalIndex, folder: string): Promise<SegmentRow[]> {
  index.sealForSnapshot();
  while (index.step());
  const rows: SegmentRow[] = [];
  for (let change = index.takeUnsaved(); change !== null; change = index.takeUnsaved()) {
    if (change.segment !== null) {
      const names = { id: change.id, file: `${change.id}.lex`, analyzerVersion: 1 };
      rows.push(await writeSegmentFile(folder, change.segment, names));
    }
    index.saved(change);
  }
  return rows;
}

/** Also compares the scores: an index that is fast and wrong would otherwise win. */
function everyPostingScored(
  texts: readonly AnalyzedText[],
  asked: readonly string[][],
  busyP50Ms: number,
): Figure[] {
  const every = new EveryPosting();
  const fresh = new LexicalIndex();
  for (const [label, text] of texts.entries()) {
    every.add(text);
    fresh.add({ label, labelCount: 1, sequence: label, text });
  }
  const everyMs: number[] = [];
  for (const terms of asked.slice(0, 100)) {
    const query = queryFor(terms, fresh);
    const startMs = performance.now();
    const truth = every.search(query, limit);
    everyMs.push(performance.now() - startMs);
    const hits = fresh.search(query, { limit, allows: null, giveWay: () => undefined });
    for (const [i, { score }] of hits.entries()) {
      if (Math.abs(score - (truth[i] as number)) > 1e-9 * score) throw new Error(`hit ${i} is another one`);
    }
  }
  const everyP50Ms = quantile(everyMs, 0.5);
  return [
    figure('ten words while adding / every posting scored: p50', busyP50Ms / everyP50Ms, 'ratio', '<= 0.2'),
    figure('every posting scored: p50', everyP50Ms, 'ms'),
    figure('every posting scored: p99', quantile(everyMs, 0.99), 'ms'),
  ];
}
