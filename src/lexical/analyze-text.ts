// A document's text as the lexical index takes it: each distinct term with how often it stands in the title and in the
// body. Queries go through the same pieces (analyze-query.ts), or a question could not meet its own words.

import type { AnalyzedText } from './analyzed-text.ts';
import { leadOf } from './lead.ts';
import { type TextPiece, visitPieces } from './text-pieces.ts';

/**
 * A body of 4 MiB of distinct words has more; no text that is written has. What follows, by some thousand words, is counted
 * into the length and not looked at, as each of its words would be new and cost microseconds.
 */
const termsMax = 32_768;
const countMax = 0xffff;

/** Gives memory for so many counts, to be overwritten. */
export type CountRoom = (values: number) => Uint16Array;

const ownRoom: CountRoom = (values) => new Uint16Array(values);

/**
 * Takes cleaned text. Stop words are left out unless the document has nothing else. Without a title, the body's lead
 * takes its place: who reports a problem without a heading says first what it is about. `onUnit` is called every ten
 * milliseconds or so.
 */
export function analyzeDocument(
  title: string,
  body: string,
  onUnit: () => void = () => {},
  room: CountRoom = ownRoom,
): AnalyzedText {
  const heading = title === '' ? leadOf(body) : title;
  const counter = new TermCounter();
  counter.countTitle(heading);
  counter.countBody(title === '' ? body.slice(heading.length) : body, onUnit);
  return counter.finish(room);
}

class TermCounter {
  readonly #slots = new Map<string, number>();
  #counts = new Uint16Array(256);
  #titleLength = 0;
  #bodyLength = 0;
  readonly #stopWords: { readonly title: string[]; readonly body: string[] } = { title: [], body: [] };

  countTitle(text: string): void {
    visitPieces(text, (piece) => {
      if (piece.kind === 'stop word') this.#keepStopWord(piece, this.#stopWords.title);
      else this.#titleLength += this.#countPiece(piece, 0);
    });
  }

  countBody(text: string, onUnit: () => void): void {
    const count = (piece: TextPiece) => {
      if (piece.kind === 'stop word') this.#keepStopWord(piece, this.#stopWords.body);
      else this.#bodyLength += this.#countPiece(piece, 1);
    };
    const isEnough = () => this.#slots.size === termsMax;
    const skipped = visitPieces(text, count, { onUnit, isEnough });
    this.#bodyLength += skipped;
  }

  finish(room: CountRoom): AnalyzedText {
    if (this.#slots.size === 0) {
      const { title, body } = this.#stopWords;
      for (const term of title) this.#countTerm(term, 0);
      for (const term of body) this.#countTerm(term, 1);
      this.#titleLength = title.length;
      this.#bodyLength = body.length;
    }
    const counts = room(2 * this.#slots.size);
    counts.set(this.#counts.subarray(0, counts.length));
    return {
      terms: [...this.#slots.keys()].join('\n'),
      counts,
      titleLength: this.#titleLength,
      bodyLength: this.#bodyLength,
    };
  }

  /** Kept only while there is nothing else: at most `termsMax` of them. */
  #keepStopWord(piece: TextPiece, kept: string[]): void {
    if (this.#slots.size === 0 && kept.length < termsMax) kept.push(piece.term);
  }

  /** A part counts once an identifier, however often it stands in it. Returns what the field's length grows by. */
  #countPiece(piece: TextPiece, field: 0 | 1): number {
    this.#countTerm(piece.term, field);
    for (const { term } of piece.parts) this.#countTerm(term, field);
    return 1;
  }

  #countTerm(term: string, field: 0 | 1): void {
    let slot = this.#slots.get(term);
    if (slot === undefined) {
      if (this.#slots.size === termsMax) return;
      slot = this.#slots.size;
      this.#slots.set(term, slot);
      if (2 * slot === this.#counts.length) this.#grow();
    }
    const index = 2 * slot + field;
    const count = this.#counts[index] as number;
    if (count < countMax) this.#counts[index] = count + 1;
  }

  #grow(): void {
    const grown = new Uint16Array(2 * this.#counts.length);
    grown.set(this.#counts);
    this.#counts = grown;
  }
}
