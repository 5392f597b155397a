// The lexical index over 100,000 documents made from a seed: words by Zipf's law, titles of 6 and bodies of about 100
// words, and queries of ten words drawn by the same law, so that frequent ones are among them. Compared with scoring
// every document that holds one of the words.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnalyzedText } from '../src/lexical/analyzed-text.ts';
import { averageLength, halfSaturation, idfOf, termScore, weighFields } from '../src/lexical/bm25.ts';
import { LexicalIndex } from '../src/lexical/lexical-index.ts';
import type { LexicalQuery } from '../src/lexical/lexical-query.ts';
import { loadSegmentFile, type SegmentRow, writeSegmentFile } from '../src/lexical/segment-file.ts';
import { SpellingBudget } from '../src/lexical/spelling-budget.ts';
import { randomFrom, wholeBetween } from '../test/support/random.ts';
import { figure, quantile, report } from './bench-report.ts';

const documents = Number(process.env['KMS_BENCH_DOCUMENTS'] ?? 100_000);
const queries = 1_000;
const queryWords = 10;
const limit = 100;

const random = randomFrom(11);
const vocabularySize = 300_000;
/** Words with the most frequent left out, as stop words are: the first stands in about one document of five. */
const zipfOffset = 40;
const normaliser = Math.log((vocabularySize + zipfOffset) / zipfOffset);

function word(): string {
  const rank = Math.floor(zipfOffset * (Math.exp(random() * normaliser) - 1));
  // Scattered over the alphabet, and longer when rarer.
  return `${((rank * 2_654_435_761) % 4_294_967_296).toString(36)}${rank < 5_000 ? '' : 'en'}`;
}

function text(): AnalyzedText {
  const [titleLength, bodyLength] = [6, wholeBetween(random, 60, 140)];
  const counts = new Map<string, [number, number]>();
  for (let i = 0; i < titleLength + bodyLength; i++) {
    const term = word();
    const pair = counts.get(term) ?? [0, 0];
    pair[i < titleLength ? 0 : 1]++;
    counts.set(term, pair);
  }
  const packed = Uint16Array.from([...counts.values()].flat());
  return { terms: [...counts.keys()].join('\n'), counts: packed, titleLength, bodyLength };
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

/** Postings in plain arrays, all of them scored: what an index without bounds does. */
class EveryPosting {
  readonly #postings = new Map<string, { document: number; title: number; body: number }[]>();
  readonly #lengths: number[] = [];

  add({ terms, counts, titleLength, bodyLength }: AnalyzedText): void {
    const document = this.#lengths.push(weighFields({ title: titleLength, body: bodyLength })) - 1;
    for (const [i, term] of terms.split('\n').entries()) {
      const list = this.#postings.get(term) ?? [];
      list.push({ document, title: counts[2 * i] as number, body: counts[2 * i + 1] as number });
      this.#postings.set(term, list);
    }
  }

  search({ terms, statistics }: LexicalQuery): number[] {
    const average = averageLength(statistics);
    const scores = new Map<number, number>();
    for (const { term, documentFrequency } of terms) {
      const idf = idfOf(statistics.documents, documentFrequency);
      for (const { document, title, body } of this.#postings.get(term) ?? []) {
        const half = halfSaturation(this.#lengths[document] as number, average);
        const score = termScore(idf, weighFields({ title, body }), half);
        scores.set(document, (scores.get(document) ?? 0) + score);
      }
    }
    return [...scores]
      .sort(([a, scoreA], [b, scoreB]) => scoreB - scoreA || a - b)
      .slice(0, limit)
      .map(([, score]) => score);
  }
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

const texts = Array.from({ length: documents }, text);
const distinct = texts.reduce((sum, { counts }) => sum + counts.length / 2, 0) / documents;
const asked = Array.from({ length: queries }, () => Array.from({ length: queryWords }, word));
console.log(`${documents} documents of ${distinct.toFixed(0)} distinct words`);

const index = new LexicalIndex();
const stepMs: number[] = [];
let addMs = 0;
function add(label: number): void {
  const startMs = performance.now();
  index.add({ label, labelCount: 1, sequence: label, text: texts[label % documents] as AnalyzedText });
  addMs += performance.now() - startMs;
}
function step(): void {
  const startMs = performance.now();
  index.step();
  stepMs.push(performance.now() - startMs);
}
for (let label = 0; label < documents; label++) {
  add(label);
  if (label % 2 === 0 && index.hasWork) step();
}
const addUs = (1_000 * addMs) / documents;
while (index.hasWork) step();
const addedAndMergedMs = addMs + stepMs.reduce((sum, ms) => sum + ms, 0);

const warm = searchAll(index, asked, () => undefined);
const idle = searchAll(index, asked, () => undefined);
let next = documents;
const busy = searchAll(index, asked, () => {
  for (let i = 0; i < 10; i++) {
    add(next++);
    index.remove(wholeBetween(random, 0, documents - 1));
    if (index.hasWork) step();
  }
});
const stats = index.stats();

const folder = mkdtempSync(join(tmpdir(), 'kms-bench-'));
const rows = await saveAll(index, folder);
const loadStartMs = performance.now();
const loaded = new LexicalIndex();
for (const row of rows) {
  const segment = await loadSegmentFile(folder, row, { progress: () => undefined });
  loaded.adopt(row.id, segment, () => true);
}
const loadMs = performance.now() - loadStartMs;
const fileBytes = rows.reduce((sum, { bytes }) => sum + bytes, 0);
rmSync(folder, { recursive: true });

const suggestUs = asked.slice(0, 200).map(([first = '']) => {
  const typed = first.replace(/\d/g, 'x');
  const startMs = performance.now();
  loaded.suggest(`${typed.slice(0, 2)}q${typed.slice(3)}`, 5, new SpellingBudget(() => undefined));
  return 1_000 * (performance.now() - startMs);
});

const every = new EveryPosting();
for (let label = 0; label < documents; label++) every.add(texts[label] as AnalyzedText);
const fresh = new LexicalIndex();
for (let label = 0; label < documents; label++) {
  fresh.add({ label, labelCount: 1, sequence: label, text: texts[label] as AnalyzedText });
}
const everyMs: number[] = [];
for (const terms of asked.slice(0, 100)) {
  const query = queryFor(terms, fresh);
  const startMs = performance.now();
  const truth = every.search(query);
  everyMs.push(performance.now() - startMs);
  const hits = fresh.search(query, { limit, allows: null, giveWay: () => undefined });
  for (const [i, { score }] of hits.entries()) {
    if (Math.abs(score - (truth[i] as number)) > 1e-9 * score) throw new Error(`hit ${i} is another one`);
  }
}

report('lexical', [
  figure('adding a document', addUs, 'us', '< 40'),
  figure('documents a second, sealing and merging included', documents / (addedAndMergedMs / 1_000), '1/s'),
  figure('a background step: p50', quantile(stepMs, 0.5), 'ms'),
  figure('a background step: p99', quantile(stepMs, 0.99), 'ms', '< 1'),
  figure('a background step: longest', Math.max(...stepMs), 'ms'),
  figure('ten words, first time: p99', quantile(warm.whole, 0.99), 'ms', '< 10'),
  figure('ten words, idle: p50', quantile(idle.whole, 0.5), 'ms', '< 1'),
  figure('ten words, idle: p99', quantile(idle.whole, 0.99), 'ms', '< 10'),
  figure('  of it statistics: p50', quantile(idle.whole, 0.5) - quantile(idle.search, 0.5), 'ms'),
  figure('ten words while adding: p50', quantile(busy.whole, 0.5), 'ms', '< 1'),
  figure('ten words while adding: p99', quantile(busy.whole, 0.99), 'ms', '< 10'),
  figure('every posting scored: p50', quantile(everyMs, 0.5), 'ms'),
  figure('every posting scored: p99', quantile(everyMs, 0.99), 'ms'),
  figure('segments', stats.segments, ''),
  figure('bytes a document in memory', stats.bytes / (stats.documents + stats.removed), 'B'),
  figure('bytes a posting in memory', stats.bytes / stats.postings, 'B'),
  figure('bytes a document on disk', fileBytes / loaded.documents, 'B'),
  figure(`loading ${loaded.documents} documents`, loadMs, 'ms', '< 300'),
  figure('a correction of a word: p50', quantile(suggestUs, 0.5), 'us'),
  figure('a correction of a word: p99', quantile(suggestUs, 0.99), 'us', '< 1000'),
]);
