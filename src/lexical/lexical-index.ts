// The words of one collection in one shard, in the manner of Lucene: new documents in a memtable, older ones in
// immutable segments that are merged in the background. Derived from the store and rebuilt from it at will; nothing
// here is the truth.
//
// A document lives through: memtable (searchable at once) → segment → segment file → larger segments. It is known by
// its first label, which is never that of another text: an update is a new label and the removal of the old one.

import { assert } from '../base/assert.ts';
import { IndexParts, type MemtableLimits, memtableDefaults, mergeDefaults } from './index-parts.ts';
import type { LexicalHit, LexicalQuery, LexicalScore, TermStatistics } from './lexical-query.ts';
import { searchSource } from './max-score.ts';
import type { NewDocument } from './memtable.ts';
import type { MergeLimits } from './merge-policy.ts';
import type { PostingSource } from './posting-source.ts';
import { planQuery } from './query-plan.ts';
import type { Segment } from './segment.ts';
import type { UnsavedChange } from './segment-set.ts';
import { querySource, type SourceQuery, scoreDocument } from './source-query.ts';
import { type Suggestion, suggestWords } from './spelling.ts';
import type { SpellingBudget } from './spelling-budget.ts';
import { TopHits } from './top-hits.ts';

export interface LexicalIndexOptions {
  /** A memtable becomes a segment at so many documents or postings, whichever comes first. */
  readonly memtable?: MemtableLimits;
  readonly merge?: Partial<MergeLimits>;
}

export interface LexicalStats {
  /** Live ones. */
  readonly documents: number;
  /** Removed ones that no merge has dropped yet. */
  readonly removed: number;
  readonly segments: number;
  /** Distinct terms, summed over segments. */
  readonly terms: number;
  readonly postings: number;
  /** In memory. */
  readonly bytes: number;
  /** The most operations a step has done; at most `unitOperationsMax`. */
  readonly stepOperationsMost: number;
}

/** Hits whose coverage is found out between two looks at who else waits. */
const hitsPerUnit = 256;

export class LexicalIndex {
  readonly #parts: IndexParts;
  #labelMost = -1;
  /** Under way; more than one when a search gives way to another. */
  #searches = 0;

  constructor(options: LexicalIndexOptions = {}) {
    this.#parts = new IndexParts(options.memtable ?? memtableDefaults, {
      ...mergeDefaults,
      ...options.merge,
    });
  }

  /** Live documents. */
  get documents(): number {
    return this.#parts.sources.reduce((sum, { documents, removed }) => sum + documents - removed, 0);
  }

  /** Whether `step` has something to do. */
  get hasWork(): boolean {
    return this.#parts.hasWork;
  }

  /** Whether a full memtable waits to become a segment, or `sealForSnapshot` has asked for one. */
  get isSealing(): boolean {
    return this.#parts.isSealing;
  }

  /** The smallest commit sequence of a document that is in no saved segment; Infinity when all are. */
  get oldestUnsaved(): number {
    return this.#parts.oldestUnsaved;
  }

  has(label: number): boolean {
    return label <= this.#labelMost && this.#parts.sources.some((source) => source.ordinalOf(label) >= 0);
  }

  /**
   * Makes the document searchable. One that is here already stays as it is, so a log may be replayed. When background
   * steps do not keep up it does one itself. Not to be called by what `giveWay` lets in: a search may be reading.
   */
  add(document: NewDocument): void {
    assert(this.#searches === 0, 'nothing is added while a search gives way');
    if (this.has(document.label)) return;
    this.#parts.add(document);
    this.#labelMost = Math.max(this.#labelMost, document.label);
  }

  /** By first label. An unknown one: nothing. */
  remove(label: number): void {
    this.#parts.remove(label);
  }

  /** Index-aligned with the terms; removed documents count until they are merged away. */
  statistics(terms: readonly string[]): TermStatistics {
    const documentFrequencies = new Array<number>(terms.length).fill(0);
    let [documents, titleTokens, bodyTokens] = [0, 0, 0];
    for (const source of this.#parts.sources) {
      documents += source.documents;
      titleTokens += source.titleTokens;
      bodyTokens += source.bodyTokens;
      for (const [i, term] of terms.entries()) {
        const number = source.find(term);
        if (number < 0) continue;
        documentFrequencies[i] =
          (documentFrequencies[i] as number) + source.end(number) - source.start(number);
      }
    }
    return { documents, titleTokens, bodyTokens, documentFrequencies };
  }

  /**
   * The best `limit` documents that hold a term and are allowed, best first, ties by label; exactly those that scoring
   * every document would give. `allows` must not throw. `giveWay` is called between units of work of about 0.3 ms.
   */
  search(
    query: LexicalQuery,
    options: {
      readonly limit: number;
      readonly allows: ((label: number) => boolean) | null;
      readonly giveWay: () => void;
    },
  ): LexicalHit[] {
    const { limit, allows, giveWay } = options;
    if (limit <= 0) return [];
    this.#searches++;
    try {
      const queries = this.#queriesOf(query);
      const top = new TopHits(limit);
      for (const [place, sourceQuery] of queries.entries()) {
        searchSource(sourceQuery, top, { place, allows, giveWay });
        giveWay();
      }
      return top.sorted().map(({ label, score, source, ordinal }, i) => {
        if (i % hitsPerUnit === hitsPerUnit - 1) giveWay();
        return { label, score, coverage: scoreDocument(queries[source] as SourceQuery, ordinal).coverage };
      });
    } finally {
      this.#searches--;
    }
  }

  /** Index-aligned with the labels; 0 for a label that is not here. */
  score(query: LexicalQuery, labels: readonly number[]): LexicalScore[] {
    const queries = this.#queriesOf(query);
    return labels.map((label) => {
      for (const sourceQuery of queries) {
        const ordinal = sourceQuery.source.ordinalOf(label);
        if (ordinal >= 0) return scoreDocument(sourceQuery, ordinal);
      }
      return { score: 0, coverage: 0 };
    });
  }

  /** Visits the live documents that hold the term, in no order. */
  forEachLabel(term: string, visit: (label: number, labelCount: number) => void): void {
    for (const source of this.#parts.sources) {
      const number = source.find(term);
      if (number < 0) continue;
      const { labels, labelCounts } = source.columns;
      const end = source.end(number);
      for (let place = source.start(number); place < end; place++) {
        const ordinal = source.ordinals[place] as number;
        if (!source.isRemoved(ordinal)) visit(labels[ordinal] as number, labelCounts[ordinal] as number);
      }
    }
  }

  /** Words of the index near a mistyped one, most frequent first; some of them once the budget is spent. See spelling.ts. */
  suggest(term: string, limit: number, budget: SpellingBudget): Suggestion[] {
    return suggestWords(this.#parts.sources, { term, limit, budget });
  }

  /** One unit of sealing or merging, some 0.3 ms. Returns whether there is more to do. */
  step(): boolean {
    return this.#parts.step();
  }

  /** Asks for what is in memory only to become a segment; `step` does it. */
  sealForSnapshot(): void {
    this.#parts.seal();
  }

  /** What to make durable next; tell its end by `saved` or `notSaved`. Null: nothing that is not under way. */
  takeUnsaved(): UnsavedChange | null {
    return this.#parts.segments.takeUnsaved();
  }

  /** The change is on disk: its row is, and the rows it replaces are gone. */
  saved(change: UnsavedChange): void {
    this.#parts.segments.saved(change);
  }

  /** The change came to nothing; it will be given again. */
  notSaved(change: UnsavedChange): void {
    this.#parts.segments.notSaved(change);
  }

  /** Takes in a segment from its file, at start, before documents are added. `isLive`: by first label. */
  adopt(id: number, segment: Segment, isLive: (label: number) => boolean): void {
    const { labels } = segment.columns;
    for (const label of labels) if (!isLive(label)) segment.remove(label);
    this.#labelMost = Math.max(this.#labelMost, labels[labels.length - 1] ?? -1);
    this.#parts.adopt(id, segment);
  }

  stats(): LexicalStats {
    const sources = this.#parts.sources;
    const sum = (of: (source: PostingSource) => number) =>
      sources.reduce((total, source) => total + of(source), 0);
    const removed = sum((source) => source.removed);
    return {
      documents: sum((source) => source.documents) - removed,
      removed,
      segments: this.#parts.segments.slots.length,
      terms: sum((source) => source.terms),
      postings: sum((source) => source.postings),
      bytes: sum((source) => source.bytes),
      stepOperationsMost: this.#parts.unit.operationsMost,
    };
  }

  #queriesOf(query: LexicalQuery): SourceQuery[] {
    const plan = planQuery(query);
    const queries = this.#parts.sources.map((source) => querySource(source, plan));
    return queries.filter(({ terms }) => terms.length > 0);
  }
}
