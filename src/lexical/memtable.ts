// The newest documents of a collection: searchable the moment they are added, by postings that a search reads like
// those of a segment. Nothing is sorted but by arrival; that is done when it becomes a segment.

import { assert } from '../base/assert.ts';
import type { AnalyzedText } from './analyzed-text.ts';
import { weighFields } from './bm25.ts';
import { withRoom } from './growing.ts';
import { OrdinalSet } from './ordinal-set.ts';
import { codeOf, countOfCode, countOfPacked, overflowCode, overflowKey, packCounts } from './posting-code.ts';
import { PostingPool } from './posting-pool.ts';
import type { DocumentColumns, PostingSource, TermRange } from './posting-source.ts';
import { TermTable } from './term-table.ts';

export interface NewDocument {
  /** The document's first label. */
  readonly label: number;
  /** Its chunks have the labels from there. At least 1. */
  readonly labelCount: number;
  /** The commit that wrote it. */
  readonly sequence: number;
  readonly text: AnalyzedText;
}

export class Memtable implements PostingSource {
  /** The smallest commit sequence of a document in here; Infinity when there is none. */
  oldestSequence = Number.POSITIVE_INFINITY;
  /** Its numbers are the term numbers. */
  readonly termTable = new TermTable();
  /** Whether labels came in ascending order. */
  isAscending = true;
  weightedLengths = new Float64Array(0);
  columns = {
    labels: new Uint32Array(0),
    labelCounts: new Uint32Array(0),
    titleLengths: new Uint32Array(0),
    bodyLengths: new Uint32Array(0),
    termCounts: new Uint32Array(0),
  } satisfies DocumentColumns;
  /** Term numbers by the first UTF-16 unit. */
  readonly #byFirstUnit = new Map<number, number[]>();
  readonly #ordinalOf = new Map<number, number>();
  readonly #removed = new OrdinalSet(0);
  readonly #overflow = new Map<number, number>();
  readonly #pool = new PostingPool();
  #maxCounts = new Float64Array(0);
  #maxDensities = new Float64Array(0);
  #documents = 0;
  #postings = 0;
  #titleTokens = 0;
  #bodyTokens = 0;

  get ordinals(): Uint16Array {
    return this.#pool.ordinals;
  }

  get codes(): Uint8Array {
    return this.#pool.codes;
  }

  get documents(): number {
    return this.#documents;
  }

  get removed(): number {
    return this.#removed.size;
  }

  get titleTokens(): number {
    return this.#titleTokens;
  }

  get bodyTokens(): number {
    return this.#bodyTokens;
  }

  get postings(): number {
    return this.#postings;
  }

  get terms(): number {
    return this.termTable.count;
  }

  get bytes(): number {
    const arrays = [
      this.weightedLengths,
      ...Object.values(this.columns),
      this.#maxCounts,
      this.#maxDensities,
    ];
    const others = this.termTable.bytes + this.#pool.bytes;
    return arrays.reduce((sum, { byteLength }) => sum + byteLength, others);
  }

  /** The label must not be here yet. */
  add({ label, labelCount, sequence, text }: NewDocument): void {
    assert(!this.#ordinalOf.has(label), `label ${label} enters once`);
    const ordinal = this.#documents++;
    const weightedLength = weighFields({ title: text.titleLength, body: text.bodyLength });
    if (ordinal > 0 && label < (this.columns.labels[ordinal - 1] as number)) this.isAscending = false;
    const termCount = this.#addPostings(ordinal, weightedLength, text);
    this.#addColumns(ordinal, { label, labelCount, termCount, text });
    this.weightedLengths = withRoom(this.weightedLengths, ordinal + 1);
    this.weightedLengths[ordinal] = weightedLength;
    this.#ordinalOf.set(label, ordinal);
    this.#postings += termCount;
    this.#titleTokens += text.titleLength;
    this.#bodyTokens += text.bodyLength;
    this.oldestSequence = Math.min(this.oldestSequence, sequence);
  }

  find(term: string): number {
    return this.termTable.find(term, 0, term.length);
  }

  start(term: number): number {
    return this.#pool.start(term);
  }

  end(term: number): number {
    return this.#pool.start(term) + this.#pool.count(term);
  }

  maxCount(term: number): number {
    return this.#maxCounts[term] as number;
  }

  maxDensity(term: number): number {
    return this.#maxDensities[term] as number;
  }

  overflow(term: number, ordinal: number): number {
    return this.#overflow.get(overflowKey(term, ordinal)) ?? 0;
  }

  isRemoved(ordinal: number): boolean {
    return this.#removed.has(ordinal);
  }

  ordinalOf(label: number): number {
    return this.#ordinalOf.get(label) ?? -1;
  }

  remove(label: number): boolean {
    const ordinal = this.#ordinalOf.get(label);
    if (ordinal === undefined) return false;
    // The label may come again: a transaction that was given up gives its labels back.
    this.#ordinalOf.delete(label);
    this.#removed.add(ordinal);
    return true;
  }

  termsBeginningWith(unit: number, lengths: { readonly min: number; readonly max: number }): TermRange {
    const { units, offsets } = this.termTable;
    const numbers = (this.#byFirstUnit.get(unit) ?? []).filter((number) => {
      const length = (offsets[number + 1] as number) - (offsets[number] as number);
      return length >= lengths.min && length <= lengths.max;
    });
    const rangeUnits = new Uint16Array(numbers.length * lengths.max);
    const rangeOffsets = new Uint32Array(numbers.length + 1);
    let at = 0;
    for (const [place, number] of numbers.entries()) {
      const end = offsets[number + 1] as number;
      for (let i = offsets[number] as number; i < end; i++) rangeUnits[at++] = units[i] as number;
      rangeOffsets[place + 1] = at;
    }
    return {
      units: rangeUnits,
      offsets: rangeOffsets,
      isSorted: false,
      sharedUnits: new Uint8Array(numbers.length),
      from: 0,
      to: numbers.length,
      documentFrequencyAt: (place) => this.#pool.count(numbers[place] as number),
    };
  }

  /** Returns the number of distinct terms. */
  #addPostings(ordinal: number, weightedLength: number, { terms, counts }: AnalyzedText): number {
    if (terms === '') return 0;
    let distinct = 0;
    let start = 0;
    for (let i = 0; start <= terms.length; i += 2) {
      const lineEnd = terms.indexOf('\n', start);
      const end = lineEnd < 0 ? terms.length : lineEnd;
      const title = counts[i] as number;
      const body = counts[i + 1] as number;
      const from = start;
      start = end + 1;
      if (title + body === 0) continue;
      const number = this.termTable.findOrAdd(terms, from, end);
      if (number === this.#pool.terms) this.#addTerm(number, terms.charCodeAt(from));
      const code = codeOf(title, body);
      let count = countOfCode[code] as number;
      if (code === overflowCode) {
        const packed = packCounts(title, body);
        this.#overflow.set(overflowKey(number, ordinal), packed);
        count = countOfPacked(packed);
      }
      this.#pool.append(number, ordinal, code);
      if (count > (this.#maxCounts[number] as number)) this.#maxCounts[number] = count;
      const density = count / weightedLength;
      if (density > (this.#maxDensities[number] as number)) this.#maxDensities[number] = density;
      distinct++;
    }
    return distinct;
  }

  #addTerm(term: number, firstUnit: number): void {
    const alike = this.#byFirstUnit.get(firstUnit);
    if (alike === undefined) this.#byFirstUnit.set(firstUnit, [term]);
    else alike.push(term);
    this.#pool.addTerm();
    this.#maxCounts = withRoom(this.#maxCounts, term + 1);
    this.#maxDensities = withRoom(this.#maxDensities, term + 1);
  }

  #addColumns(
    ordinal: number,
    row: { label: number; labelCount: number; termCount: number; text: AnalyzedText },
  ): void {
    const { labels, labelCounts, titleLengths, bodyLengths, termCounts } = this.columns;
    if (ordinal >= labels.length) {
      this.columns = {
        labels: withRoom(labels, ordinal + 1),
        labelCounts: withRoom(labelCounts, ordinal + 1),
        titleLengths: withRoom(titleLengths, ordinal + 1),
        bodyLengths: withRoom(bodyLengths, ordinal + 1),
        termCounts: withRoom(termCounts, ordinal + 1),
      };
    }
    this.columns.labels[ordinal] = row.label;
    this.columns.labelCounts[ordinal] = row.labelCount;
    this.columns.titleLengths[ordinal] = row.text.titleLength;
    this.columns.bodyLengths[ordinal] = row.text.bodyLength;
    this.columns.termCounts[ordinal] = row.termCount;
  }
}
